"""What a caller sets in an event: only known fields, unless forced; and a plain `text`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..domain.content import kind_named
from ..domain.json_path import require_path
from ..domain.message import content_key
from ..errors import ControlRefused
from ..handlers.file_check import is_path
from .payloads import Payloads

# So many fields are named to somebody who gives a text to what has none.
FIELDS_NAMED = 4


def overrides_of(payloads: Payloads, event: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths into the event's payload with their values.

    `text` beside `event` stands for the place where such an event has its text. ControlRefused
    names a field the event does not know; `"force": true` sets it all the same.
    """
    sample = payloads.samples.sample(event)
    values_by_path = body.get("set", {})
    overrides = dict(values_by_path)
    place = text_path(sample)
    if "text" in body:
        if place is None:
            paths = _settable(sample)
            if not paths:
                raise ControlRefused(400, f"text: {event} has no text")
            raise ControlRefused(400, f"text: {event} has no text; use set for {paths}")
        overrides = {place: body["text"], **overrides}
    # Where a sample has its text there is a field for it.
    for path, value in values_by_path.items():
        require_path(path)
        if body.get("force"):
            continue
        mistake = payloads.fields.mistake(event, path, value, sample)
        if mistake is not None:
            hint = ' (did you mean "text" beside "event"?)' if path == "text" and place else ""
            raise ControlRefused(400, f'set: {mistake}{hint}; "force": true sets it anyway')
    return overrides


def _settable(payload: Mapping[str, Any]) -> str:
    """A few plain fields of a message, by the paths that `set` takes; empty where it has none."""
    content = payload.get("message")
    name = content_key(content) if isinstance(content, dict) else None
    fields = content[name] if name and isinstance(content, dict) else None
    if not isinstance(fields, dict):
        return ""
    plain = [field for field, value in fields.items() if isinstance(value, str | int | float)]
    return ", ".join(f"message.{name}.{field}" for field in plain[:FIELDS_NAMED])


def text_path(payload: Mapping[str, Any]) -> str | None:
    """Where a payload has the text or caption of its message; None when it has none."""
    content, path = payload.get("message"), "message"
    while isinstance(content, dict):
        name = content_key(content) or ""
        kind = kind_named(name)
        if kind.editable:
            return f"{path}.{name}.{kind.words}".rstrip(".")
        if name == "protocolMessage" and "editedMessage" in content[name]:
            content, path = content[name]["editedMessage"], f"{path}.{name}.editedMessage"
            continue
        if not kind.wraps:
            return None
        content, path = content[name].get("message"), f"{path}.{name}.message"
    return None


# A file as base64, in lines or in one, or as a data URI.
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]*={0,2}\s*")
# Which base64 of a file hardly ever looks like: a word, or several.
_WORDS = re.compile(r"[A-Za-z]?[a-z]{4,30}|null|none|None|NaN|\S+ .*")


def require_file(media: str) -> None:
    """ControlRefused for what is not a file: base64 and data URIs are; the mock reads no paths.

    A decoder takes any letters, so that a mistake would become a few bytes of nonsense.
    """
    if media.strip().lower().startswith(("http://", "https://")):
        raise ControlRefused(
            400,
            f"media: {media[:80]!r} is an address: the mock fetches nothing for a contact, send "
            "the bytes of the file as base64 or as a data URI",
        )
    require_no_path(media)
    if media.startswith("data:"):
        return
    if _WORDS.fullmatch(media.strip()) or not _BASE64.fullmatch(media):
        raise ControlRefused(
            400,
            f"media: {media[:80]!r} is neither base64 nor a data URI: send the bytes of a file so, "
            "or leave media out for a stand-in",
        )


def require_no_path(media: str) -> None:
    """ControlRefused for the path of a file: the mock reads none, and base64 takes any letters."""
    if is_path(media.strip(), from_root=True):
        raise ControlRefused(
            400,
            f"media: {media[:80]!r} is the path of a file: the mock reads no files, send its bytes "
            "as base64 or as a data URI",
        )
