"""The laws' own, simpler gateway: what an instance must look like after any sequence of calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

FRIEND, COLLEAGUE = "5511900000002", "5511900000004"
# Dialled with the ninth digit, registered without it.
NINTH, NINTH_REGISTERED = "5531990000005", "553190000005"
PRIVATE, STRANGER, UNLISTED = "5511900000098", "5511900000099", "5521900000077"
PEOPLE = (FRIEND, COLLEAGUE, NINTH, PRIVATE, STRANGER, UNLISTED)
NO_GROUP = "120363000000009999@g.us"

CATEGORY = {
    "inbound": "messagesInput",
    "from-me-api-echo": "messagesOutput",
    "ack-server": "messagesStatus",
    "ack-delivered": "messagesStatus",
    "ack-read": "messagesStatus",
    "connected": "connectionStatus",
    "disconnected": "connectionStatus",
    "qrcode": "qrCode",
}
STEPS = ("server", "delivered", "read")
# An event and the id of its message; nothing tells two connections apart.
Told = tuple[str, str]


def jid_of(number: str) -> str:
    """The JID under which WhatsApp knows a number."""
    return f"{NINTH_REGISTERED if number == NINTH else number}@s.whatsapp.net"


@dataclass(frozen=True)
class Rates:
    """The switches on which time depends."""

    ack_delays: tuple[float, float, float] = (0, 0, 0)
    restart_seconds: float = 0
    qr_seconds: float = 20
    qr_series: int = 5


@dataclass
class Sent:
    """One message as the listing must show it."""

    chat: str
    from_me: bool
    state: str
    content: dict[str, Any]
    deleted: str | None = None
    # What no phone can show is delivered, and stops there.
    shown: bool = True


@dataclass
class Circle:
    """One group: its subject, and who is in it with which rank."""

    subject: str
    members: dict[str, str | None]


@dataclass
class Known:
    """One instance. Verbs mirror the gateway's; `happened` and `owed` say what must be told."""

    key: str
    token: str
    number: str
    rates: Rates
    now: float
    url: str = ""
    enabled: bool = False
    second_url: str = ""
    second_enabled: bool = False
    state: str = "unlinked"
    session: bool = False
    qr_index: int = 0
    messages: dict[str, Sent] = field(default_factory=dict)
    groups: dict[str, Circle] = field(default_factory=dict)
    media: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    happened: list[Told] = field(default_factory=list)
    owed: list[tuple[str, Told]] = field(default_factory=list)
    # WhatsApp keeps these while a restarted socket is down.
    delayed: list[Told] = field(default_factory=list)
    _agenda: list[tuple[float, int, str, str]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    @property
    def linked(self) -> bool:
        """Whether status shows a user, sends go out and QR codes are refused."""
        return self.state == "linked"

    @property
    def shows_qr(self) -> bool:
        """Whether asking for a QR or pairing code is not refused."""
        return self.state not in ("linked", "restarting")

    @property
    def own(self) -> str:
        """The instance's own JID."""
        return jid_of(self.number)

    # -- what happens ------------------------------------------------------------------------

    def happen(self, event: str, about: str = "") -> None:
        """An event: every URL that is on and whose customer did not block it is owed it."""
        if self.state == "restarting" and event not in ("connected", "disconnected", "qrcode"):
            self.delayed.append((event, about))
            return
        self.happened.append((event, about))
        names = {CATEGORY[event], event, event.removeprefix("ack-")}
        if names & self.blocked:
            return
        for url, on in ((self.url, self.enabled), (self.second_url, self.second_enabled)):
            if on and url:
                self.owed.append((url, (event, about)))

    def later(self, delay: float, kind: str, about: str = "") -> None:
        """Something comes by itself."""
        self._agenda.append((self.now + delay, next(self._order), kind, about))
        self.settle(self.now)

    def settle(self, now: float) -> None:
        """Time has come to `now`: what was due by then has happened, in order."""
        while self._agenda and min(self._agenda)[0] <= now:
            entry = min(self._agenda)
            self._agenda.remove(entry)
            self.now = entry[0]
            self._come(*entry[2:])
        self.now = now

    def _come(self, kind: str, about: str) -> None:
        if kind == "qr":
            self._next_qr()
        elif kind == "reconnect":
            self._open()
        else:
            message = self.messages[about]
            message.state = kind if message.shown or kind != "delivered" else "stopped"
            self.happen(f"ack-{kind}", about)

    def _drop(self, *kinds: str) -> None:
        self._agenda = [entry for entry in self._agenda if entry[2] not in kinds]

    # -- connection --------------------------------------------------------------------------

    def show_qr(self) -> None:
        """A QR code is asked for."""
        if self.state != "qr":
            self._open_series()

    def pair(self) -> None:
        """A pairing code is asked for."""
        self._drop("qr")
        self.state = "pairing"

    def link(self) -> None:
        """The phone links."""
        self._drop("qr", "reconnect")
        self.session = True
        self._open()

    def close(self, *, keep_session: bool) -> None:
        """Logout, or the phone, the gateway or a ban end the link."""
        told = not self.shows_qr
        self._drop("qr", "reconnect", *STEPS)
        if not keep_session:
            self.delayed.clear()
        self.state, self.session = "unlinked", keep_session and self.session
        if told:
            self.happen("disconnected")
        for message in self.messages.values():
            if message.from_me and message.state != "read":
                message.state = "stopped"

    def end_session(self) -> None:
        """What the gateway dropped is ended by the phone or a ban too: nobody is told."""
        self.delayed.clear()
        self.session = False

    def restart(self) -> None:
        """A new socket, or a new series of QR codes where there is no session."""
        if not self.session:
            self._drop("qr")
            self._open_series()
            return
        self._drop("qr", "reconnect")
        self.state = "restarting"
        self.later(self.rates.restart_seconds, "reconnect")

    def _open(self) -> None:
        self.state = "linked"
        self.happen("connected")
        delayed, self.delayed = self.delayed, []
        for event, about in delayed:
            self.happen(event, about)

    def _open_series(self) -> None:
        self.state, self.qr_index = "qr", 0
        self._next_qr()

    def _next_qr(self) -> None:
        if self.qr_index == self.rates.qr_series:
            self.state = "unlinked"
            return
        self.qr_index += 1
        self.happen("qrcode")
        self.later(self.rates.qr_seconds, "qr")

    # -- messages ----------------------------------------------------------------------------

    def refuses_send(self, to: str) -> int | None:
        """The status of a refused send, or None."""
        if not self.linked:
            return 403
        if to.endswith("@g.us"):
            return None if to in self.groups else 500
        return 403 if to.startswith(STRANGER) else None

    def send(
        self,
        to: str,
        message_id: str,
        content: dict[str, Any],
        *,
        echo: bool = True,
        shown: bool = True,
    ) -> None:
        """A send was answered with this id."""
        chat = to if to.endswith("@g.us") else jid_of(to.partition("@")[0])
        self.messages[message_id] = Sent(chat, True, "pending", content, shown=shown)
        if echo:
            self.happen("from-me-api-echo", message_id)
        # All three are on their way before the first one, which may come at once, arrives.
        due = [(self.now + delay, next(self._order)) for delay in self.rates.ack_delays]
        on_its_way = [
            (when, order, step, message_id) for (when, order), step in zip(due, STEPS, strict=True)
        ]
        self._agenda += on_its_way if shown else on_its_way[:2]
        self.settle(self.now)

    def receive(self, sender: str, group: str | None, message_id: str, content: Any) -> None:
        """A contact wrote."""
        self.messages[message_id] = Sent(group or jid_of(sender), False, "delivered", content)
        self.happen("inbound", message_id)

    def delete(self, message_id: str) -> None:
        """A message is deleted for the instance alone."""
        if message_id in self.messages:
            self.messages[message_id].deleted = "me"

    def revoke(self, message_id: str, to: str) -> None:
        """A message to this person is deleted for everyone, if it is one of one's own."""
        message = self.messages.get(message_id)
        if message is not None and message.from_me and message.chat == jid_of(to):
            message.deleted = "everyone"

    # -- groups ------------------------------------------------------------------------------

    def create_group(self, jid: str, subject: str, people: Iterable[str]) -> None:
        """A group was answered with this JID; who forbids being added is left out."""
        others = {jid_of(who): None for who in people if who != PRIVATE}
        self.groups[jid] = Circle(subject, {self.own: "superadmin"} | others)

    def refuses_change(self, jid: str) -> int | None:
        """The status of a refused change of members, or None."""
        if not self.linked:
            return 403
        if jid not in self.groups:
            return 404
        return None if self.groups[jid].members.get(self.own) else 403

    def add(self, jid: str, people: Iterable[str]) -> list[str]:
        """People are added; the status of each."""
        return [self._add(self.groups[jid].members, who) for who in people]

    @staticmethod
    def _add(members: dict[str, str | None], who: str) -> str:
        if who == STRANGER:
            return "404"
        if jid_of(who) in members:
            return "409"
        if who == PRIVATE:
            return "403"
        members[jid_of(who)] = None
        return "200"

    def remove(self, jid: str, people: Iterable[str]) -> list[str]:
        """People are removed; the status of each."""
        members = self.groups[jid].members
        return [
            "404" if who == STRANGER or members.pop(jid_of(who), members) is members else "200"
            for who in people
        ]

    # -- settings ----------------------------------------------------------------------------

    def accept(self, names: Iterable[str]) -> None:
        """These are sent again."""
        self.blocked -= set(names)
