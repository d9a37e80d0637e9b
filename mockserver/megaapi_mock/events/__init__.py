"""Webhooks of megaAPI for whoever receives them: `parse(payload)` says what happened.

Needs nothing but this package and Python itself. The types of the JSON are in `payloads`, and as
TypeScript in `megaapi.d.ts` beside it.
"""

from .addresses import Chat, ChatKind, Person
from .content import Choice, ChoiceKind, Media, MediaKind
from .event import Contact, Event, Location, Poll, PollVote, Reaction
from .families import (
    Ack,
    AckState,
    Call,
    Connection,
    GroupParticipants,
    GroupUpdate,
    Message,
    Presence,
    QrCode,
    Unknown,
)
from .parsing import AnyEvent, parse
from .payloads import MessageType, Webhook
from .problems import Problem

__all__ = [
    "Ack",
    "AckState",
    "AnyEvent",
    "Call",
    "Chat",
    "ChatKind",
    "Choice",
    "ChoiceKind",
    "Connection",
    "Contact",
    "Event",
    "GroupParticipants",
    "GroupUpdate",
    "Location",
    "Media",
    "MediaKind",
    "Message",
    "MessageType",
    "Person",
    "Poll",
    "PollVote",
    "Presence",
    "Problem",
    "QrCode",
    "Reaction",
    "Unknown",
    "Webhook",
    "parse",
]
