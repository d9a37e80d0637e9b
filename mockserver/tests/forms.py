"""Whether two JSON documents have one form: the same fields, kinds of values, and fixed words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Fields whose values are words of the protocol, not somebody's data.
WORDS = frozenset({"message", "status", "listType", "headerType", "type", "admin", "buttonId"})
_KINDS = (
    ("device jid", r"\d+:\d+@s\.whatsapp\.net"),
    ("jid", r"\d+@s\.whatsapp\.net"),
    ("group jid", r"[\d-]+@g\.us"),
    ("message id", r"(3EB0|BAE5)[0-9A-F]{12,18}"),
    ("digits", r"\d+"),
    ("data uri", r"data:[a-z]+/[a-z]+;base64,[A-Za-z0-9+/=]*"),
    ("url", r"https?://.*"),
    ("path", r"/v/.*"),
    ("base64", r"[A-Za-z0-9+/]{40,}={0,2}"),
)


def differences(recorded: Any, answered: Any, at: str = "", word: bool = False) -> set[str]:
    """Where the two differ in form, as dotted paths; a list's elements share one path."""
    if _kind(recorded) != _kind(answered):
        return {at}
    if isinstance(recorded, dict):
        return set(_in_object(recorded, answered, at))
    if isinstance(recorded, list):
        pairs = zip(recorded, answered, strict=False)
        found = {path for one, other in pairs for path in differences(one, other, at, word)}
        return found if len(recorded) == len(answered) else {*found, at}
    return {at} if word and recorded != answered else set()


def _in_object(recorded: dict[str, Any], answered: dict[str, Any], at: str) -> Iterator[str]:
    for name in {**recorded, **answered}:
        path = f"{at}.{name}" if at else name
        if name not in recorded or name not in answered:
            yield path
        else:
            yield from differences(recorded[name], answered[name], path, name in WORDS)


def _kind(value: Any) -> str:
    """The JSON type; whole numbers apart from others, texts by what they are made of."""
    if not isinstance(value, str):
        return type(value).__name__
    for kind, pattern in _KINDS:
        if re.fullmatch(pattern, value, re.DOTALL):
            return kind
    return "empty text" if not value else "text"
