"""The life of a connection: QR code or pairing code, linked, dropped, linked again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from ..codec import dumps
from ..errors import AlreadyLoggedIn, ControlRefused
from .contacts import Contact
from .event import DelayedEvent
from .message_states import HALTS
from .sizes import delayed_bytes
from .undo_table import UndoTable

if TYPE_CHECKING:
    from .instance import Instance

DISCONNECTED, QR, PAIRING, CONNECTING, CONNECTED = (
    "disconnected",
    "qr",
    "pairing",
    "connecting",
    "connected",
)
UNLINKED_BY = ("phone", "gateway", "ban")
# Told by the gateway itself, whether its socket is open or not.
_OWN_EVENTS = frozenset({"connected", "disconnected", "qrcode"})
# What WhatsApp keeps for nobody whose socket is down.
_FLEETING = "presence"


@dataclass(frozen=True, slots=True)
class Connection:
    """`session` survives a restart and a drop by the gateway, not a logout."""

    state: str = DISCONNECTED
    session: bool = False
    series: int = 0
    qr_index: int = 0
    pairing_code: str | None = None
    pairing_number: str | None = None
    links: int = 0
    banned: bool = False

    @property
    def qr_name(self) -> str:
        """Tells every QR code ever shown from every other."""
        return f"{self.series}-{self.qr_index}"


class Linking:
    """Connect and disconnect; every change is an event the webhooks may tell."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        # WhatsApp keeps these while a restarted socket is down.
        self.delayed: UndoTable[int, DelayedEvent] = UndoTable(size_of=delayed_bytes)

    @property
    def connection(self) -> Connection:
        """Where the instance is in its life."""
        return self._instance.connection

    @property
    def connected(self) -> bool:
        """Whether a phone is linked right now; all that REST shows of the state."""
        return self.connection.state == CONNECTED

    @property
    def restarting(self) -> bool:
        """Whether a phone is linked and the socket opens again by itself."""
        return self.connection.state == CONNECTING

    @property
    def has_phone(self) -> bool:
        """Whether a phone is linked, be the socket open or opening again."""
        return self.connected or self.restarting

    def delays(self, name: str, facts: dict[str, Any]) -> bool:
        """Whether this is told only when the socket is open again; then it is kept."""
        if self.connection.state != CONNECTING or name in _OWN_EVENTS:
            return False
        if name != _FLEETING:
            number = self._instance.count("delayed")
            self.delayed.put(number, DelayedEvent(name, self._instance.now, dumps(facts)))
        return True

    def show_qr(self) -> str:
        """The text of the QR code on show; opens a series of five when none is open."""
        self._refuse_when_linked("a QR code is shown only while no phone is linked")
        if self.connection.state != QR:
            series = self.connection.series + 1
            self._set(state=QR, series=series, qr_index=0, pairing_number=None)
            self._next_qr()
        return self.qr_text()

    def qr_text(self) -> str:
        """What WhatsApp puts into the code: a reference and three keys, here all made up."""
        key, name = self._instance.key, self.connection.qr_name
        kinds = (f"qr {name} {part}" for part in range(3))
        parts = (self._instance.ids.raw(key, kind, 0, 32).hex() for kind in kinds)
        return f"2@TEST-{key}-{name}," + ",".join(parts)

    def pair(self, phone: str, custom_code: str | None = None) -> str:
        """A code to type on that number's phone: the caller's own, or eight characters of ours."""
        self._refuse_when_linked("a pairing code is given only while no phone is linked")
        number = self._instance.count("pairing")
        code = custom_code or self._instance.ids.pairing_code(self._instance.key, number)
        self._instance.cancel("qr")
        self._set(state=PAIRING, pairing_code=code, pairing_number=phone)
        return code

    def link(self, number: str | None = None) -> None:
        """The phone scans the QR code or types the pairing code; a restart is over at once.

        ControlRefused when it is linked already, or when nobody can have the number.
        """
        if self.connected:
            raise ControlRefused(409, f"{self._instance.key} is linked already: unlink it first")
        number = number or self.connection.pairing_number
        if number is not None and number != self._instance.number:
            self._take_over(number)
        self._instance.cancel("qr", "reconnect")
        self._set(session=True, banned=False, links=self.connection.links + 1)
        self._open()

    def logout(self) -> bool:
        """End the session; whether there was one to end."""
        was_linked = self.connection.session or self.connected
        self._close(keep_session=False)
        return was_linked

    def unlink(self, by: str) -> None:
        """The link ends without the customer asking: by the phone, the gateway, or a ban."""
        # A socket that opens again after a restart can be lost like an open one.
        if not self.has_phone:
            raise ControlRefused(409, f"{self._instance.key} is not linked: link it first")
        self._close(keep_session=by == "gateway", banned=by == "ban")

    def restart(self) -> None:
        """A new socket: the session is kept; without one a new series of QR codes begins."""
        if not self.connection.session:
            self._instance.cancel("qr")
            self._set(state=QR, series=self.connection.series + 1, qr_index=0)
            self._next_qr()
            return
        self._instance.cancel("qr", "reconnect")
        self._set(state=CONNECTING)
        slow = self._instance.fault_effects.restart_seconds
        usual = self._instance.rules.restart_seconds
        self._instance.schedule(usual if slow is None else slow, "reconnect")

    def reconnect(self) -> None:
        """The restarted socket is open again."""
        if self.connection.state == CONNECTING:
            self._open()

    def next_qr(self) -> None:
        """Twenty seconds are over: the next code, or the end of the series."""
        if self.connection.state != QR:
            return
        if self.connection.qr_index >= self._instance.rules.qr_series:
            self._set(state=DISCONNECTED)
        else:
            self._next_qr()

    def owner(self) -> Contact | None:
        """The person whose phone this is; None while no number is known."""
        number = self._instance.number
        return self._instance.directory.owner(number) if number else None

    def _take_over(self, number: str) -> None:
        """Another phone is linked from now on, with its groups and its owner's name."""
        instance, before = self._instance, self.owner()
        owner = instance.directory.require_owner(number)
        instance.number = number
        self._forget_delayed()
        # Whatever was said of this person before: it is who has the instance now.
        instance.reach.forget_person(owner.jid)
        name = instance.roll.name(owner.jid, apart_from=instance.key)
        if name is not None:
            instance.name = name
        # The same phone dialled another way is no other phone.
        if before is None or before != owner:
            instance.groups.start_over()

    def _next_qr(self) -> None:
        self._set(qr_index=self.connection.qr_index + 1)
        self._instance.record("qrcode", {"code": self.qr_text()})
        self._instance.schedule(self._instance.rules.qr_seconds, "qr")

    def _open(self) -> None:
        self._set(state=CONNECTED, pairing_code=None, pairing_number=None, qr_index=0)
        self._instance.record("connected", {})
        self._tell_delayed()
        self._instance.post.empty()

    def _tell_delayed(self) -> None:
        """In one burst, in order, at the times when it happened."""
        for number, event in list(self.delayed.items()):
            self.delayed.remove(number)
            facts = {**orjson.loads(event.facts), "at": event.time}
            self._instance.record(event.name, facts)

    def _forget_delayed(self) -> None:
        for number in list(self.delayed):
            self.delayed.remove(number)

    def _close(self, *, keep_session: bool, banned: bool = False) -> None:
        told = self.has_phone
        if not keep_session:
            self._forget_delayed()
        self._instance.cancel("qr", "reconnect", "ack")
        self._set(
            state=DISCONNECTED,
            session=keep_session and self.connection.session,
            pairing_code=None,
            pairing_number=None,
            qr_index=0,
            banned=banned or self.connection.banned,
        )
        if told:
            self._instance.record("disconnected", {"text": self._instance.rules.disconnect_text})
        self._instance.chats.stop_all(HALTS[0].reason)
        if told:
            # Who was not linked before either has told everybody so.
            self._instance.post.empty()

    def _refuse_when_linked(self, reason: str) -> None:
        if self.has_phone:
            key = self._instance.key
            raise AlreadyLoggedIn(f"{reason}; {key} {self._linked()}: log out first")

    def _linked(self) -> str:
        """In words: a phone is linked."""
        return "is linked, and restarting" if self.restarting else "is linked"

    def _set(self, **changes: Any) -> None:
        self._instance.connection = replace(self.connection, **changes)
