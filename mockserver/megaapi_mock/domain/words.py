"""What a message says: its text, caption, title or question."""

from __future__ import annotations

from typing import Any

from .content import kind_named
from .json_path import value_on_path
from .message import content_key, unwrap


def words_of(content: Any) -> str | None:
    """The text, caption, title or question of a content object; None when it has none."""
    inner = unwrap(content) if isinstance(content, dict) else {}
    kind = content_key(inner) or ""
    if kind == "protocolMessage":
        # The new text, or caption, of what is edited.
        part = inner[kind]
        return words_of(part.get("editedMessage")) if isinstance(part, dict) else None
    path = kind_named(kind).words
    if path is None:
        return None
    value = value_on_path(inner[kind], path)
    return value if isinstance(value, str) else None
