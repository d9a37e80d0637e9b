"""A message as the control API lists it."""

from __future__ import annotations

from typing import Any

import orjson

from ..domain.message import Message
from .exchange import BODY_SHOWN, shown_body

Json = dict[str, Any]


def message_json(entry: tuple[str, Message]) -> Json:
    """A message with its instance; content is cut at 64 KiB and marked, as every body is."""
    key, message = entry
    cut_fields: Json = {}
    if len(message.content) <= BODY_SHOWN:
        content = orjson.loads(message.content)
    else:
        cut_fields = shown_body(message.content)
        content = cut_fields.pop("body")
    return {
        "instance": key,
        "id": message.id,
        "time": message.time,
        "chat": message.chat,
        "sender": message.sender,
        "from_me": message.from_me,
        "type": message.type,
        "content": content,
        "state": message.state,
        "reason": message.reason,
        "deleted": message.deleted,
        **cut_fields,
    }
