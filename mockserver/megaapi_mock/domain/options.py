"""What a sent message lets its reader choose: rows, buttons, answers of a poll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ..errors.names import quoted
from .content import POLLS
from .message import content_key, unwrap


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; `index` counts from 1 among the buttons on show."""

    id: str
    title: str
    index: int
    description: str | None = None

    def is_called(self, name: str) -> bool:
        """Whether this is the option with this id or title."""
        return name in (self.id, self.title)

    def __str__(self) -> str:
        return (
            quoted(self.id) if self.id == self.title else f"{quoted(self.id)} ({self.title[:100]})"
        )


def options_of(content: Mapping[str, Any]) -> list[Option]:
    """Everything this content lets its reader choose; buttons that open something do not count."""
    inner = unwrap(content)
    kind = content_key(inner) or ""
    part = inner.get(kind)
    if not isinstance(part, dict):
        return []
    reader = {
        "listMessage": _rows,
        "buttonsMessage": _buttons,
        "interactiveMessage": _quick_replies,
        "templateMessage": _template_buttons,
    }.get(kind, _answers if kind in POLLS else _none)
    return list(reader(part))


def _none(_part: Mapping[str, Any]) -> Iterator[Option]:
    return iter(())


def _dicts(part: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list; contents can come from outside, where anything may stand for one."""
    items = part.get(name) if isinstance(part, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _rows(part: Mapping[str, Any]) -> Iterator[Option]:
    rows = [row for section in _dicts(part, "sections") for row in _dicts(section, "rows")]
    for index, row in enumerate(rows, 1):
        title = str(row.get("title", ""))
        yield Option(str(row.get("rowId", title)), title, index, row.get("description"))


def _buttons(part: Mapping[str, Any]) -> Iterator[Option]:
    for index, button in enumerate(_dicts(part, "buttons"), 1):
        text = button.get("buttonText")
        title = str(text.get("displayText", "")) if isinstance(text, dict) else ""
        yield Option(str(button.get("buttonId", title)), title, index)


def _quick_replies(part: Mapping[str, Any]) -> Iterator[Option]:
    for index, button in enumerate(_dicts(part.get("nativeFlowMessage"), "buttons"), 1):
        parameters = _parameters(button.get("buttonParamsJson"))
        if button.get("name") == "quick_reply":
            title = str(parameters.get("display_text", ""))
            yield Option(str(parameters.get("id", title)), title, index)


def _parameters(text: Any) -> dict[str, Any]:
    try:
        parameters = orjson.loads(text) if isinstance(text, str) else {}
    except orjson.JSONDecodeError:
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _template_buttons(part: Mapping[str, Any]) -> Iterator[Option]:
    for place, button in enumerate(_dicts(part.get("hydratedTemplate"), "hydratedButtons"), 1):
        reply = button.get("quickReplyButton")
        if isinstance(reply, dict):
            title = str(reply.get("displayText", ""))
            yield Option(str(reply.get("id", title)), title, place)


def _answers(part: Mapping[str, Any]) -> Iterator[Option]:
    for index, option in enumerate(_dicts(part, "options"), 1):
        name = str(option.get("optionName", ""))
        yield Option(name, name, index)
