"""How many bytes an instance's rows take, closely enough to keep its memory within bounds.

Counted are the texts that come from outside; what is always there is bounded by the number of rows.
"""

from __future__ import annotations

from .event import DelayedEvent
from .group import Group
from .jid import Jid
from .media import Media
from .message import Message
from .peer_messages import Envelope, GroupUpdate, PeerMessage

# A participant with its JID, in Python objects (measured with CPython 3.11).
PARTICIPANT = 250


def message_bytes(_id: str, message: Message) -> int:
    """The content, the addresses, and why it stays where it is."""
    addresses = len(message.chat) + len(message.remote_jid) + len(message.sender)
    return len(message.content) + addresses + len(message.reason or "")


def media_bytes(path: str, media: Media) -> int:
    """What is known of a file; its bytes have a budget of their own."""
    return len(path) + len(media.mimetype) + len(media.kind)


def presence_bytes(chat: str, shown: tuple[str, float]) -> int:
    """Where it is shown, and what."""
    return len(chat) + len(shown[0])


def delayed_bytes(_number: int, event: DelayedEvent) -> int:
    """What is told when the socket is open again."""
    return len(event.name) + len(event.facts)


def group_bytes(_jid: Jid, group: Group) -> int:
    """Subject, description, and everybody in it."""
    return len(group.subject) + len(group.description or "") + PARTICIPANT * len(group.participants)


def envelope_bytes(_number: int, envelope: Envelope) -> int:
    """A message that waits for its phone, or what happened to a group meanwhile."""
    content = envelope.content
    if isinstance(content, PeerMessage):
        return len(content.content) + len(content.author.name)
    if isinstance(content, GroupUpdate):
        return group_bytes(content.group.jid, content.group)
    return len(content.reason or "")
