"""One message of one chat, its content and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ..codec import BODY_SHOWN, shown_body
from .content import SIDE_KEYS, TEXTS, WRAPPERS
from .jid import Jid
from .message_states import DELIVERED

Content = dict[str, Any]


# Not frozen: that would take three times as long to make, and every send makes four.
@dataclass(slots=True, unsafe_hash=True)
class Message:
    """`content` is protobuf JSON in bytes: a hundred thousand of them must fit in memory.

    Nobody changes one: a message that has come further is another one (`with_state`).
    """

    id: str
    time: float
    chat: Jid
    remote_jid: str
    sender: Jid
    from_me: bool
    type: str
    content: bytes
    state: str
    reason: str | None = None
    deleted: str | None = None
    # Numbers the messages of all instances in the order they came; others move it, so that it is
    # shown only where messages are put in an order.
    arrival: int = 0
    # That one of ours came to a phone stays true when it stops later.
    reached: bool = False

    def with_state(self, state: str, reason: str | None = None) -> Message:
        """The same message, further on."""
        # Written out: dataclasses.replace takes 7 us, three times for every send.
        return Message(
            self.id,
            self.time,
            self.chat,
            self.remote_jid,
            self.sender,
            self.from_me,
            self.type,
            self.content,
            state,
            reason,
            self.deleted,
            self.arrival,
            self.reached or state == DELIVERED,
        )


def message_bytes(_id: str, message: Message) -> int:
    """How much memory it takes: the content, the addresses, and why it stays where it is."""
    addresses = len(message.chat) + len(message.remote_jid) + len(message.sender)
    return len(message.content) + addresses + len(message.reason or "")


def message_json(instance: str, message: Message) -> Content:
    """A message with its instance, as lists show it; content is cut at 64 KiB and marked."""
    cut_fields: Content = {}
    if len(message.content) <= BODY_SHOWN:
        content = orjson.loads(message.content)
    else:
        cut_fields = shown_body(message.content)
        content = cut_fields.pop("body")
    return {
        "instance": instance,
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


def content_key(content: Mapping[str, Any]) -> str | None:
    """The one key that says what kind of message this is; None when there is no content."""
    for key, value in content.items():
        if key not in SIDE_KEYS and value is not None:
            return key
    return None


def unwrap(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content inside ephemeral, view-once, caption and edit wrappers, however deep."""
    key = content_key(content)
    while key in WRAPPERS:
        inner = content[key].get("message") if isinstance(content[key], dict) else None
        if not isinstance(inner, dict):
            return {}
        content, key = inner, content_key(inner)
    return content


def key_of(message: Message) -> Content:
    """How a message about a message names it; in groups with its author."""
    key: Content = {"remoteJid": message.chat, "fromMe": message.from_me, "id": message.id}
    if message.chat.group:
        key["participant"] = message.sender
    return key


def edited_content(before: Content, edited: Content) -> Content:
    """The content after an edit: its text or caption is another one, all else stays."""
    text = edited.get("conversation")
    for part in edited.values():
        if isinstance(part, dict):
            text = part.get("text", part.get("caption", text))
    inner = unwrap(before)
    name = content_key(inner)
    if not isinstance(text, str) or name is None or not isinstance(inner, dict):
        return before
    if name == "conversation":
        inner[name] = text
    elif isinstance(inner[name], dict):
        inner[name]["text" if name in TEXTS else "caption"] = text
    return before


UNKNOWN = "is unknown here; the gateway looks nothing up"
