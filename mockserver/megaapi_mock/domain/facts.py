"""Values that replace those of an event's sample: one type for each family of events.

Nobody changes one. They are not frozen: that would take three times as long to make, and every send
makes four.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(slots=True)
class NoFacts:
    """The name of the event says all there is to say."""


@dataclass(slots=True)
class OwnMessage:
    """The instance's own message, announced: its key, its content, and when it was sent."""

    key: Json
    message: Json
    timestamp: int


@dataclass(slots=True)
class InboundMessage:
    """A message from outside; `name` and `verified` are its author's, `overrides` a test's."""

    key: Json
    message: Json
    timestamp: int
    name: str
    verified: str | None = None
    overrides: Json = field(default_factory=dict)


@dataclass(slots=True)
class Receipt:
    """How far a message has come; `status` as message.ack says it."""

    key: Json
    status: int


@dataclass(slots=True)
class QrCode:
    """The text of a QR code."""

    code: str


@dataclass(slots=True)
class ConnectionText:
    """What the gateway says of its connection, in words."""

    text: str


@dataclass(slots=True)
class Fields:
    """Fields at the top of the payload, as calls, presence and changes of groups have them."""

    fields: Json
    overrides: Json = field(default_factory=dict)


@dataclass(slots=True)
class EmittedPayload:
    """A payload that a test wants told as it is, with its overrides."""

    sample: Json
    overrides: Json = field(default_factory=dict)


Facts = (
    NoFacts
    | OwnMessage
    | InboundMessage
    | Receipt
    | QrCode
    | ConnectionText
    | Fields
    | EmittedPayload
)
