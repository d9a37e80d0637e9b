"""Contents of messages that are made for one recipient and for many, and what is odd about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Unusable
from . import uploads
from .call import Call, Json, present


def list_content(call: Call) -> Json:
    """A list; the request's text is its description, its description the footer."""
    data = call.data
    question(call, _list_problem(data["sections"]), call.profile["empty_list"])
    require_shown(call, "text", "buttonText")
    part: Json = {
        "title": data.get("title"),
        "description": data["text"],
        "buttonText": data["buttonText"],
        "listType": "SINGLE_SELECT",
        "sections": [_section(section) for section in data["sections"]],
        "footerText": data.get("description"),
    }
    return {"listMessage": present(part)}


def question(call: Call, problem: str | None, status: str) -> None:
    """What nobody knows the gateway to refuse: said beside the answer, or refused."""
    if problem is None:
        return
    if call.strict or status == "500":
        raise Unusable(problem)
    call.note(f"{problem}; sent all the same")


def require_shown(call: Call, *fields: str, buttons: Sequence[str] = ()) -> None:
    """Say which texts that a phone shows are blank; what the gateway does then nobody knows."""
    blank = [field for field in fields if _is_blank(call.data.get(field))]
    blank += [
        f"{field} of button {number}"
        for number, button in enumerate(call.data["buttons"] if buttons else (), 1)
        for field in buttons
        if _is_blank(button.get(field))
    ]
    if blank:
        verb = "is" if len(blank) == 1 else "are"
        problem = f"{', '.join(blank[:5])} {verb} blank: a phone shows nothing there"
        question(call, problem, "200")


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _list_problem(sections: list[Json]) -> str | None:
    if not sections:
        return "sections is empty: a list needs a row to choose"
    bare = [str(number) for number, section in enumerate(sections, 1) if not section["rows"]]
    if bare:
        return f"section {', '.join(bare)} has no rows: nothing to choose there"
    nameless = [
        f"row {number} of section {section_number}"
        for section_number, section in enumerate(sections, 1)
        for number, row in enumerate(section["rows"], 1)
        if not row["title"].strip()
    ]
    return f"{', '.join(nameless[:5])} has no title: nothing to read there" if nameless else None


def _section(section: Mapping[str, Any]) -> Json:
    rows = [
        present({name: row.get(name) for name in ("title", "description", "rowId")})
        for row in section["rows"]
    ]
    return present({"title": section.get("title"), "rows": rows})


def media_kind(call: Call) -> tuple[str, str]:
    type_ = call.data["type"]
    kind = uploads.kind_of(type_)
    if kind is not None:
        return type_, kind
    reason = f"type {type_!r} is not a media type: image, video, audio, ptt, ptv, document, sticker"
    if call.profile["unknown_media_type"] == "500":
        raise Unusable(reason)
    call.note(f"{reason}; sent as a document")
    return "document", "document"
