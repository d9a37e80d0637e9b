"""What stands in the content object of a message: its words, its kind, its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.message import content_key, unwrap
from ..domain.words import words_of
from ..errors.frames import between_test_and_refusal

__tracebackhide__ = between_test_and_refusal
__all__ = ("brief", "kind_of", "path_of_media", "words_of")

# Letters of a text that one line of a report shows.
SHOWN = 200


def kind_of(content: Any) -> str:
    """The name of the content inside its wrappers; empty when there is none."""
    return content_key(_inner(content)) or ""


def path_of_media(content: Any) -> str | None:
    """Where the file of this content is kept (`directPath`); None when it carries none."""
    part = _inner(content).get(kind_of(content))
    path = part.get("directPath") if isinstance(part, dict) else None
    return path if isinstance(path, str) else None


def brief(value: Any) -> str:
    """The value on one line, without its middle when that would be long."""
    text = repr(value)
    if len(text) <= SHOWN:
        return text
    half = SHOWN // 2
    return f"{text[:half]} [... {len(text) - 2 * half} more letters ...] {text[-half:]}"


def _inner(content: Any) -> Mapping[str, Any]:
    return unwrap(content) if isinstance(content, dict) else {}
