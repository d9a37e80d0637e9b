"""Webhooks of megaAPI for whoever receives them: `parse(payload)` says what happened.

Needs nothing but this package and Python itself. The types of the JSON are in `payloads`, and as
TypeScript in `megaapi.d.ts` beside it.
"""

from ..domain.jid import ChatKind
from .addresses import Chat, Person
from .content import Choice, ChoiceKind, Media, MediaKind
from .event import Contact, Event, Location, Poll, PollVote, Reaction
from .families import (
    AckEvent,
    AckState,
    CallEvent,
    ConnectionEvent,
    GroupParticipantsEvent,
    GroupUpdateEvent,
    MessageEvent,
    PresenceEvent,
    QrCodeEvent,
    UnknownEvent,
)
from .parsing import AnyEvent, parse
from .payloads import MessageType, Webhook
from .problems import Problem

__all__ = [
    "AckEvent",
    "AckState",
    "AnyEvent",
    "CallEvent",
    "Chat",
    "ChatKind",
    "Choice",
    "ChoiceKind",
    "ConnectionEvent",
    "Contact",
    "Event",
    "GroupParticipantsEvent",
    "GroupUpdateEvent",
    "Location",
    "Media",
    "MediaKind",
    "MessageEvent",
    "MessageType",
    "Person",
    "Poll",
    "PollVote",
    "PresenceEvent",
    "Problem",
    "QrCodeEvent",
    "Reaction",
    "UnknownEvent",
    "Webhook",
    "parse",
]
