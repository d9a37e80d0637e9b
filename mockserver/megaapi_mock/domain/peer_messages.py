"""What one instance owes another: written with its change, carried over when that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .contacts import Contact
from .group import Group, group_bytes
from .jid import Jid
from .media import Media


@dataclass(frozen=True, slots=True)
class PeerMessage:
    """A message on its way; it keeps its id, and its media the keys they were sent under."""

    id: str
    content: bytes
    author: Contact
    group: Jid | None = None
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class PeerAck:
    """A message has come to the phone of `person`; with a reason: it waits, and why."""

    id: str
    person: Jid
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GroupUpdate:
    """Somebody changed a group: `group` as it is now, and what was done to it.

    `action` is add, remove, promote, demote or update; `changes` are webhook fields of an update.
    `announced`: a webhook reports it.
    """

    group: Group
    author: Jid
    action: str
    people: tuple[Jid, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """From instance to instance. `address` is whose phone it is for, `time` when it arrives."""

    sender: str
    to: str
    address: Jid
    time: float
    content: PeerMessage | PeerAck | GroupUpdate


def failed_ack(envelope: Envelope) -> Envelope | None:
    """The answer to a message that failed at the other instance; None for everything else."""
    message = envelope.content
    if not isinstance(message, PeerMessage):
        return None
    reason = f"our own bug: {envelope.to} could not take it, see the log"
    ack = PeerAck(message.id, envelope.address, reason)
    return Envelope(envelope.to, envelope.sender, message.author.jid, envelope.time, ack)


def envelope_bytes(_number: int, envelope: Envelope) -> int:
    """How much memory it takes while it waits for its phone."""
    content = envelope.content
    if isinstance(content, PeerMessage):
        return len(content.content) + len(content.author.name)
    if isinstance(content, GroupUpdate):
        return group_bytes(content.group.jid, content.group)
    return len(content.reason or "")
