"""A message as the control API lists it."""

from __future__ import annotations

from typing import Any

from ..domain.message import Message
from .exchange import shown_body

Json = dict[str, Any]


def message_json(entry: tuple[str, Message]) -> Json:
    """A message with its instance; content is cut at 64 KiB and marked, as every body is."""
    key, message = entry
    document = {"instance": key, **message.as_json()}
    content = shown_body(message.content)
    return {**document, "content": content.pop("body"), **content}
