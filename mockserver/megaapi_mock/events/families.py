"""The kinds of events: what one kind alone can be asked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Literal, cast

from .addresses import Person, person
from .content import object_at, string_at
from .event import Event
from .payloads import Webhook

AckState = Literal["error", "pending", "server", "delivered", "read", "played"]
CONNECTED = "phone_connected"
_STATES: Mapping[int, AckState] = {
    0: "error",
    1: "pending",
    2: "server",
    3: "delivered",
    4: "read",
    5: "played",
}


class MessageEvent(Event):
    """Something that was written in a chat: by a person, by the account's own phone, by the API."""

    @property
    def id(self) -> str:
        """The message's id (`key.id`): what to quote, forward or delete, and unique per chat."""
        return str(self._key["id"])


class AckEvent(Event):
    """A receipt: how far a message has come that the account sent (`id` is that message's)."""

    @property
    def id(self) -> str:
        """The id of the message that the receipt is for, as the send answered it."""
        return str(self._key["id"])

    @property
    def status(self) -> int:
        """2 server, 3 delivered, 4 read, 5 played, 0 failed."""
        return int(object_at(self._fields, "update")["status"])

    @property
    def state(self) -> AckState | None:
        """The status by its name; None for a number that nobody knows."""
        return _STATES.get(self.status)

    @property
    def reader(self) -> Person:
        """Whose phone it is about, in groups, where the event tells."""
        names = ("participant", "participantPn", "participantLid")
        return person(*(self._key.get(each) for each in names))


class ConnectionEvent(Event):
    """News about the connection of the instance."""

    @property
    def is_connected(self) -> bool:
        """Whether the phone is linked now."""
        return self.message == CONNECTED

    @property
    def message(self) -> str | None:
        """What the gateway says: `phone_connected`, `Number disconnected from api`, `logout`."""
        return string_at(self._fields, "message")

    @property
    def close_reason(self) -> int | str | None:
        """Why a connection was closed for a moment, where that is told."""
        reason = self._fields.get("closeReason")
        return reason if isinstance(reason, int | str) else None


class QrCodeEvent(Event):
    """A QR code to be scanned: the next one is there in 20 seconds."""

    @property
    def data_uri(self) -> str:
        """The picture as a page's `<img src>` takes it."""
        return str(self._fields["qrcode"])

    @property
    def png(self) -> bytes | None:
        """The picture; None where it cannot be read."""
        try:
            return base64.b64decode(self.data_uri.partition(",")[2], validate=True) or None
        except (binascii.Error, ValueError):
            return None


class CallEvent(Event):
    """Somebody calls; the gateway cannot take calls."""

    @property
    def webhook(self) -> Webhook | None:
        """The payload with its type, where it keeps the contract. A call that came without a
        messageType has one here, so that it can be told from the others; `raw` has none.
        """
        if self.problems or self.message_type is not None:
            return super().webhook
        typed: Any = {**self.raw, "messageType": "call"}
        return cast(Webhook, typed)

    @property
    def id(self) -> str:
        """The call's id."""
        return str(self._data["id"])

    @property
    def status(self) -> str:
        """offer, ringing, accept, reject, timeout or terminate."""
        return str(self._data["status"])

    @property
    def sender(self) -> Person:
        """Whoever calls."""
        return person(self._data.get("from"))

    @property
    def is_group(self) -> bool:
        """Whether it is a call to a group; `sender` is who began it."""
        return self._data.get("isGroup") is True or super().is_group

    @property
    def is_video(self) -> bool:
        """Whether it is a video call."""
        return self._data.get("isVideo") is True

    @property
    def _data(self) -> Mapping[str, Any]:
        return object_at(self._fields, "data")

    @property
    def _chat_address(self) -> Any:
        return self._data.get("groupJid") or self._data.get("chatId")


class _AboutChat(Event):
    """An event whose `id` is the chat it is about."""

    @property
    def id(self) -> None:
        """None: it is about no message."""
        return None

    @property
    def _chat_address(self) -> Any:
        return self._fields.get("id")


class PresenceEvent(_AboutChat):
    """Who is online, writes, or records, in a chat."""

    @property
    def presences(self) -> Mapping[str, str]:
        """What everybody does, by address: available, unavailable, composing, recording, paused."""
        everybody = object_at(self._fields, "presences")
        states = {jid: _state(each) for jid, each in everybody.items()}
        return {jid: state for jid, state in states.items() if state is not None}


class GroupParticipantsEvent(_AboutChat):
    """People came into a group, left it, or have another role."""

    @property
    def action(self) -> str:
        """add, remove, promote, demote or modify."""
        return str(self._fields["action"])

    @property
    def participants(self) -> tuple[str, ...]:
        """The addresses of those it happened to."""
        return tuple(each for each in self._fields["participants"] if isinstance(each, str))

    @property
    def sender(self) -> Person:
        """Whoever did it."""
        return person(self._fields.get("author"), self._fields.get("authorPn"))


class GroupUpdateEvent(_AboutChat):
    """A group has another name, description or setting."""

    @property
    def changes(self) -> Mapping[str, Any]:
        """What is new: any of subject, desc, announce, restrict, ephemeralDuration."""
        names = ("subject", "desc", "announce", "restrict", "ephemeralDuration")
        return {name: self._fields[name] for name in names if name in self._fields}

    @property
    def sender(self) -> Person:
        """Whoever did it."""
        return person(self._fields.get("author"))


class UnknownEvent(Event):
    """A payload that is none of the contract's events, or lacks what its event cannot be without.

    What it has can be asked all the same: a message of a kind that came after the contract still
    has its sender and its chat.
    """

    def __init__(self, raw: Any, message_type: str | None, reason: str) -> None:
        super().__init__(raw, message_type)
        self.reason = reason
        """Why nobody knows what it is, in a sentence."""

    @property
    def webhook(self) -> None:
        """None: it has no type."""
        return None


def _state(presence: Any) -> str | None:
    return string_at(presence, "lastKnownPresence") if isinstance(presence, dict) else None
