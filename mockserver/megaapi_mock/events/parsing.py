"""From a webhook's JSON to an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .families import (
    AckEvent,
    CallEvent,
    ConnectionEvent,
    GroupParticipantsEvent,
    GroupUpdateEvent,
    MessageEvent,
    PresenceEvent,
    QrCodeEvent,
    UnknownEvent,
)
from .payloads import TYPES
from .problems import Problem, problems_of

AnyEvent = (
    MessageEvent
    | AckEvent
    | ConnectionEvent
    | QrCodeEvent
    | CallEvent
    | PresenceEvent
    | GroupParticipantsEvent
    | GroupUpdateEvent
    | UnknownEvent
)
_Known = type[
    MessageEvent
    | AckEvent
    | ConnectionEvent
    | QrCodeEvent
    | CallEvent
    | PresenceEvent
    | GroupParticipantsEvent
    | GroupUpdateEvent
]


@dataclass(frozen=True, slots=True)
class _Family:
    """Events of one kind, and the fields that they cannot be without."""

    kind: _Known
    essential: tuple[str, ...]


_KEY = ("key", "key.remoteJid", "key.id")
_MESSAGE = _Family(MessageEvent, (*_KEY, "key.fromMe", "message"))
# All others are messages.
_FAMILIES: Mapping[str, _Family] = {
    "message.ack": _Family(AckEvent, (*_KEY, "update", "update.status")),
    "connection_update": _Family(ConnectionEvent, ()),
    "qrcode_update": _Family(QrCodeEvent, ("qrcode",)),
    "call": _Family(CallEvent, ("data", "data.from", "data.id", "data.status")),
    "presence.update": _Family(PresenceEvent, ("id", "presences")),
    "group-participants.update": _Family(GroupParticipantsEvent, ("id", "participants", "action")),
    "groups.update": _Family(GroupUpdateEvent, ("id",)),
}
# So many problems of one payload are kept.
PROBLEMS_MOST = 50
_SHOWN_MOST = 60


def parse(payload: object) -> AnyEvent:
    """The event that a webhook's JSON is, as `json.loads` or a framework gives it.

    Never raises: what is not an event of the contract is an `UnknownEvent`, with the reason. An
    event that leaves the contract elsewhere than where it cannot do without has `problems`.
    """
    if not isinstance(payload, dict):
        return UnknownEvent(payload, None, _not_an_object(payload))
    kind = payload.get("messageType")
    if kind is None and payload.get("type") == "call":
        # The server that the gateway descends from sends calls without a messageType.
        return _event(payload, "call", None)
    if kind is None:
        return UnknownEvent(payload, None, "messageType is missing, so that no event can be named")
    if not isinstance(kind, str):
        return UnknownEvent(payload, None, "messageType is not a string")
    if kind not in TYPES:
        name = kind if len(kind) <= _SHOWN_MOST else f"{kind[:_SHOWN_MOST]}..."
        return UnknownEvent(
            payload, kind, f"messageType {name!r} is that of no event of the contract"
        )
    return _event(payload, kind, kind)


def _event(payload: dict[str, Any], kind: str, message_type: str | None) -> AnyEvent:
    family = _FAMILIES.get(kind, _MESSAGE)
    problems: list[Problem] = []
    typed = payload if message_type == kind else {**payload, "messageType": kind}
    for problem in problems_of(typed, TYPES[kind]):
        if problem.field in family.essential and not problem.is_new_value:
            return UnknownEvent(payload, message_type, str(problem))
        problems.append(problem)
    return family.kind(payload, message_type, tuple(islice(problems, PROBLEMS_MOST)))


def _not_an_object(payload: object) -> str:
    if isinstance(payload, str | bytes | bytearray):
        return "the payload is text, not a JSON object: give it as json.loads(body)"
    return "the payload is not a JSON object"
