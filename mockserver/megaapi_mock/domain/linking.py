"""The life of a connection: QR code or pairing code, linked, dropped, linked again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import AlreadyLoggedIn, Conflict
from .acknowledgements import Acknowledgements
from .change import Change
from .connection import CONNECTED, CONNECTING, DISCONNECTED, PAIRING, QR, Connection
from .facts import ConnectionText, QrCode
from .groups import Groups
from .mailbox import Mailbox
from .message_states import HALTS
from .reachability import Reachability

UNLINKED_BY = ("phone", "gateway", "ban")


class Linking:
    """Connect and disconnect; every change is an event the webhooks may tell."""

    def __init__(
        self,
        change: Change,
        reachability: Reachability,
        acknowledgements: Acknowledgements,
        groups: Groups,
        mailbox: Mailbox,
    ) -> None:
        self._change, self._state = change, change.state
        self._reachability, self._acknowledgements = reachability, acknowledgements
        self._groups, self._mailbox = groups, mailbox

    @property
    def connection(self) -> Connection:
        """Where the instance is in its life."""
        return self._state.connection

    @property
    def connected(self) -> bool:
        """Whether a phone is linked right now; all that REST shows of the state."""
        return self.connection.connected

    @property
    def restarting(self) -> bool:
        """Whether a phone is linked and the socket opens again by itself."""
        return self.connection.restarting

    @property
    def has_phone(self) -> bool:
        """Whether a phone is linked, be the socket open or opening again."""
        return self.connection.has_phone

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
        key, name = self._state.key, self.connection.qr_name
        kinds = (f"qr {name} {part}" for part in range(3))
        parts = (self._change.ids.raw(key, kind, 0, 32).hex() for kind in kinds)
        return f"2@TEST-{key}-{name}," + ",".join(parts)

    def pair(self, phone: str, custom_code: str | None = None) -> str:
        """A code to type on that number's phone: the caller's own, or eight characters of ours."""
        self._refuse_when_linked("a pairing code is given only while no phone is linked")
        number = self._change.count("pairing")
        code = custom_code or self._change.ids.pairing_code(self._state.key, number)
        self._change.cancel("qr")
        self._set(state=PAIRING, pairing_code=code, pairing_number=phone)
        return code

    def link(self, number: str | None = None) -> None:
        """The phone scans the QR code or types the pairing code; a restart is over at once.

        Impossible when it is linked already, or when nobody can have the number.
        """
        if self.connected:
            raise Conflict(f"{self._state.key} is linked already: unlink it first")
        number = number or self.connection.pairing_number
        if number is not None and number != self._state.number:
            self._take_over(number)
        self._change.cancel("qr", "reconnect")
        self._set(session=True, banned=False, links=self.connection.links + 1)
        self._open()

    def logout(self) -> bool:
        """End the session; whether there was one to end."""
        was_linked = self.connection.session or self.connected
        self._close(keep_session=False)
        return was_linked

    def unlink(self, by: str) -> None:
        """The link ends without the customer asking: by the phone, the gateway, or a ban.

        After the gateway dropped it, the phone still lists the instance: the phone or a ban ends
        that too, and nobody is told, as nothing is connected.
        """
        # A socket that opens again after a restart can be lost like an open one.
        if self.has_phone:
            self._close(keep_session=by == "gateway", is_banned=by == "ban")
        elif self.connection.session and by != "gateway":
            self._forget_delayed()
            self._set(session=False, banned=by == "ban")
        else:
            raise Conflict(f"{self._state.key} is not linked: link it first")

    def restart(self) -> None:
        """A new socket: the session is kept; without one a new series of QR codes begins."""
        if not self.connection.session:
            self._change.cancel("qr")
            self._set(state=QR, series=self.connection.series + 1, qr_index=0)
            self._next_qr()
            return
        self._change.cancel("qr", "reconnect")
        self._set(state=CONNECTING)
        slow = self._change.fault_effects.restart_seconds
        usual = self._change.rules.restart_seconds
        self._change.schedule(usual if slow is None else slow, "reconnect")

    def reconnect(self) -> None:
        """The restarted socket is open again."""
        if self.connection.state == CONNECTING:
            self._open()

    def next_qr(self) -> None:
        """Twenty seconds are over: the next code, or the end of the series."""
        if self.connection.state != QR:
            return
        if self.connection.qr_index >= self._change.rules.qr_series:
            self._set(state=DISCONNECTED)
        else:
            self._next_qr()

    def _take_over(self, number: str) -> None:
        """Another phone is linked from now on, with its groups and its owner's name."""
        change, state, before = self._change, self._state, self._change.owner
        owner = change.directory.require_owner(number)
        state.number = number
        self._forget_delayed()
        # Whatever was said of this person before: it is who has the instance now.
        self._reachability.forget_person(owner.jid)
        name = change.number_registry.name(owner.jid, apart_from=state.key)
        if name is not None:
            state.name = name
        # The same phone dialled another way is not another phone.
        if before is None or before != owner:
            self._groups.start_over()

    def _next_qr(self) -> None:
        self._set(qr_index=self.connection.qr_index + 1)
        self._change.record("qrcode", QrCode(self.qr_text()))
        self._change.schedule(self._change.rules.qr_seconds, "qr")

    def _open(self) -> None:
        self._set(state=CONNECTED, pairing_code=None, pairing_number=None, qr_index=0)
        self._change.record("connected")
        self._record_delayed()
        self._mailbox.read_waiting()

    def _record_delayed(self) -> None:
        """In one burst, in order, at the times when it happened."""
        for number, event in list(self._state.delayed.items()):
            self._state.delayed.remove(number)
            self._change.record(event.name, event.facts, event.time)

    def _forget_delayed(self) -> None:
        for number in list(self._state.delayed):
            self._state.delayed.remove(number)

    def _close(self, *, keep_session: bool, is_banned: bool = False) -> None:
        had_phone = self.has_phone
        if not keep_session:
            self._forget_delayed()
        self._change.cancel("qr", "reconnect", "ack")
        self._set(
            state=DISCONNECTED,
            session=keep_session and self.connection.session,
            pairing_code=None,
            pairing_number=None,
            qr_index=0,
            banned=is_banned or self.connection.banned,
        )
        if had_phone:
            text = self._change.rules.disconnect_text
            self._change.record("disconnected", ConnectionText(text))
        self._acknowledgements.stop_all(HALTS[0].reason)
        if had_phone:
            # Who was not linked before either has told everybody so.
            self._mailbox.read_waiting()

    def _refuse_when_linked(self, reason: str) -> None:
        if self.has_phone:
            key = self._state.key
            raise AlreadyLoggedIn(f"{reason}; {key} {self._linked_text()}: log out first")

    def _linked_text(self) -> str:
        """In words: a phone is linked."""
        return "is linked, and restarting" if self.restarting else "is linked"

    def _set(self, **changes: Any) -> None:
        self._state.connection = replace(self.connection, **changes)
