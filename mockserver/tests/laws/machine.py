"""The laws over random call sequences, one machine for every way into the gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

import hypothesis.strategies as st
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from megaapi_mock.domain.world import World
from megaapi_mock.resources import root
from megaapi_mock.worlds.load import load_world

from ..support import KEY, START, TOKEN
from .model import (
    COLLEAGUE,
    FRIEND,
    NINTH,
    NO_GROUP,
    PEOPLE,
    PRIVATE,
    STRANGER,
    UNLISTED,
    Circle,
    Known,
    Rates,
    Told,
)

TEAM, CLIENTS = "120363000000000001@g.us", "120363000000000002@g.us"
SLOTS = tuple(f"megacode-TESTLAW{number:04d}" for number in range(1, 4))
MEMBERS = (COLLEAGUE, NINTH, PRIVATE, STRANGER, UNLISTED, FRIEND)
NAMES = (
    "messagesInput", "messagesOutput", "messagesStatus", "connectionStatus", "qrCode",
    "groups", "ack-read", "delivered", "aNameNobodyKnows",
)  # fmt: skip


def laws_world() -> World:
    """One instance in two groups, in one of them without rights, among the default contacts."""
    fixtures = root("fixtures")
    people = load_world("default", fixtures).directory
    return World(people, load_world("two-groups", fixtures).instances)


class Refused(Exception):
    """The gateway or the control API said no."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status}: {why}")
        self.status = status


class Way(Protocol):
    """A way into the gateway. Verbs raise Refused; what they return is what a caller sees."""

    def begin(self) -> None: ...
    def create(self, key: str, number: str, *, connected: bool, url: str) -> str: ...
    def discard(self, key: str) -> None: ...
    def link(self, key: str) -> None: ...
    def unlink(self, key: str, by: str) -> None: ...
    def logout(self, key: str) -> None: ...
    def restart(self, key: str) -> None: ...
    def show_qr(self, key: str) -> str: ...
    def pair(self, key: str) -> str: ...
    def send_text(self, key: str, to: str, text: str) -> tuple[str, dict[str, Any]]: ...
    def send_file(self, key: str, to: str, content: bytes) -> tuple[str, dict[str, Any]]: ...
    def revoke(self, key: str, to: str, message_id: str) -> tuple[str, dict[str, Any]]: ...
    def forget(self, key: str, to: str, message_id: str) -> None: ...
    def inbound(self, key: str, sender: str, group: str | None) -> tuple[str, Any]: ...
    def download(self, key: str, keys: dict[str, Any]) -> bytes: ...
    def create_group(self, key: str, subject: str, people: list[str]) -> str: ...
    def add(self, key: str, jid: str, people: list[str]) -> list[str]: ...
    def remove(self, key: str, jid: str, people: list[str]) -> list[str]: ...
    def leave(self, key: str, jid: str) -> None: ...
    def change_token(self, key: str, token: str) -> None: ...
    def block(self, key: str, names: list[str]) -> None: ...
    def accept(self, key: str, names: list[str]) -> None: ...
    def set_webhook(self, known: Known) -> None: ...
    def advance(self, seconds: float) -> None: ...
    def alive(self) -> Sequence[str]: ...
    def state(self, key: str) -> Any:
        """Everything an instance knows, for comparing."""

    def told(self, known: Known) -> Sequence[Any]:
        """What has been told of this instance since it began."""

    def owed(self, known: Known) -> Sequence[Any]:
        """What must have been told, in the form of `told`."""

    def read_back(self, known: Known) -> None:
        """Assert that every way to read the instance shows what is known of it."""

    def codes(self, key: str) -> Sequence[str]:
        """The QR codes told of, in order."""


WHO, PICK = st.integers(0, 3), st.integers(0, 5)
PERSON, SOME = st.sampled_from(PEOPLE), st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=3)
SUFFIX = st.sampled_from(("", "@s.whatsapp.net"))


def lawful(examples: int, steps: int, *phases: Phase) -> settings:
    """How machines run; the explain phase costs minutes and helps little here."""
    return settings(
        settings.get_profile("repo"),
        max_examples=examples,
        stateful_step_count=steps,
        phases=phases or (Phase.explicit, Phase.generate, Phase.shrink),
    )


class Laws(RuleBasedStateMachine):
    """Every rule makes one call and says what it must have done; after it, all is read back.

    Subclasses set `open_way` and `rates`.
    """

    rates: ClassVar[Rates] = Rates()
    open_way: ClassVar[Callable[[], Way]]

    def __init__(self) -> None:
        super().__init__()
        self.way = type(self).open_way()
        self.world: dict[str, Known] = {}
        self.now = START
        self.touched: Known | None = None

    @initialize()
    def begin(self) -> None:
        self.way.begin()
        first = Known(KEY, TOKEN, "5511900000001", self.rates, START, state="linked", session=True)
        first.groups[TEAM] = Circle(
            "Equipe Teste", {first.own: "superadmin", f"{FRIEND}@s.whatsapp.net": None}
        )
        first.groups[CLIENTS] = Circle(
            "Grupo do Cliente",
            {
                f"{FRIEND}@s.whatsapp.net": "superadmin",
                first.own: None,
                f"{COLLEAGUE}@s.whatsapp.net": None,
            },
        )
        self.world[KEY] = first
        self._set_webhook(first, enabled=True, second=False)

    # -- what every call obeys ---------------------------------------------------------------

    def who(self, pick: int) -> Known:
        """One of the living instances."""
        alive = list(self.world.values())
        return alive[pick % len(alive)]

    @contextmanager
    def calling(self, known: Known, refused: int | None = None) -> Iterator[None]:
        """One call on one instance: refused exactly as foreseen, and then without a trace.

        Whatever it does, no other instance notices.
        """
        self.touched = known
        before = {key: self.way.state(key) for key in self.world}
        told = {key: list(self.way.told(other)) for key, other in self.world.items()}
        try:
            yield
            assert refused is None, f"a call that had to be refused with {refused} was not"
        except Refused as refusal:
            assert refusal.status == refused, f"foreseen {refused}, got {refusal}"
            assert self.way.state(known.key) == before[known.key], "a refused call left a trace"
            assert self.way.told(known) == told[known.key], "a refused call told something"
        for key, other in self.world.items():
            if key != known.key and key in before:
                assert self.way.state(key) == before[key], f"{key} changed by a call on {known.key}"
                assert self.way.told(other) == told[key], f"{key} told of a call on {known.key}"

    def new_id(self, message_id: str) -> str:
        """An id no living instance has used: ids follow from key and number, keys come again."""
        used = {kept for known in self.world.values() for kept in known.messages}
        assert message_id not in used, f"{message_id} was given twice"
        return message_id

    @invariant()
    def what_was_told_is_what_happened(self) -> None:
        for known in self.world.values():
            told, owed = list(self.way.told(known)), list(self.way.owed(known))
            assert told == owed, f"{known.key} told {told[-6:]}, owed {owed[-6:]}"
            codes = self.way.codes(known.key)
            assert len(set(codes)) == len(codes), "a QR code was shown twice"

    @invariant()
    def what_was_done_is_read_back(self) -> None:
        assert sorted(self.way.alive()) == sorted(self.world)
        touched, self.touched = self.touched, None
        if touched is not None and self.world.get(touched.key) is touched:
            self.way.read_back(touched)

    # -- instances ---------------------------------------------------------------------------

    @precondition(lambda self: len(self.world) <= len(SLOTS))
    @rule(pick=PICK, connected=st.booleans())
    def create_instance(self, pick: int, connected: bool) -> None:
        free = [key for key in SLOTS if key not in self.world]
        key = free[pick % len(free)]
        number = f"55119200000{SLOTS.index(key) + 10}"
        known = Known(
            key, "", number, self.rates, self.now, session=connected,
            state="linked" if connected else "unlinked",
        )  # fmt: skip
        known.url, known.enabled = f"http://127.0.0.1:9/{key}/one", True
        with self.calling(known):
            known.token = self.way.create(key, number, connected=connected, url=known.url)
        self.world[key] = known

    @precondition(lambda self: len(self.world) > 1)
    @rule(who=st.integers(1, 3))
    def discard_instance(self, who: int) -> None:
        known = list(self.world.values())[1:][(who - 1) % (len(self.world) - 1)]
        with self.calling(known):
            self.way.discard(known.key)
            del self.world[known.key]
        for call in (self.way.logout, self.way.show_qr, self.way.discard, self.way.link):
            try:
                call(known.key)
            except Refused as refusal:
                assert refusal.status == 404
            else:
                raise AssertionError(f"{known.key} is gone, and {call} still answers")

    # -- connection --------------------------------------------------------------------------

    @rule(who=WHO)
    def link(self, who: int) -> None:
        known = self.who(who)
        with self.calling(known, 409 if known.linked else None):
            self.way.link(known.key)
            known.link()

    @rule(who=WHO, by=st.sampled_from(("phone", "gateway", "ban")))
    def unlink(self, who: int, by: str) -> None:
        known = self.who(who)
        # A socket that opens again after a restart can be lost like an open one.
        dropped = known.shows_qr and known.session and by != "gateway"
        with self.calling(known, 409 if known.shows_qr and not dropped else None):
            self.way.unlink(known.key, by)
            if dropped:
                known.end_session()
            else:
                known.close(keep_session=by == "gateway")

    @rule(who=WHO)
    def logout(self, who: int) -> None:
        known = self.who(who)
        with self.calling(known):
            self.way.logout(known.key)
            known.close(keep_session=False)

    @rule(who=WHO, again=st.booleans())
    def restart(self, who: int, again: bool) -> None:
        known = self.who(who)
        self._restart(known)
        if again:
            # The second socket takes its own time, whatever the first one had left.
            self._advance(2)
            self._restart(known)
            self._advance(4)
        self.touched = known

    def _restart(self, known: Known) -> None:
        with self.calling(known):
            self.way.restart(known.key)
            known.restart()

    @rule(who=WHO)
    def show_qr(self, who: int) -> None:
        known = self.who(who)
        before = len(self.way.codes(known.key))
        with self.calling(known, None if known.shows_qr else 403):
            code = self.way.show_qr(known.key)
            known.show_qr()
            assert self.way.show_qr(known.key) == code, "two looks at one moment differ"
            assert self.way.codes(known.key)[before:] in ([], [code])

    @rule(who=WHO)
    def pair(self, who: int) -> None:
        known = self.who(who)
        with self.calling(known, None if known.shows_qr else 403):
            assert len(self.way.pair(known.key)) == 8
            known.pair()

    @rule(seconds=st.sampled_from((1.0, 2.0, 5.0, 20.0, 60.0, 100.0)))
    def advance(self, seconds: float) -> None:
        self._advance(seconds)
        self.touched = self.who(int(seconds))

    def _advance(self, seconds: float) -> None:
        self.now += seconds
        self.way.advance(seconds)
        for known in self.world.values():
            known.settle(self.now)

    # -- messages ----------------------------------------------------------------------------

    def place(self, known: Known, pick: int) -> str:
        """A group: the instance's own, one of another instance, or one that nobody is in."""
        others = [jid for other in self.world.values() for jid in other.groups]
        places = [*known.groups, *known.groups, *others, NO_GROUP]
        return places[pick % len(places)]

    @rule(who=WHO, person=PERSON, suffix=SUFFIX, text=st.text(max_size=5))
    def send_text(self, who: int, person: str, suffix: str, text: str) -> None:
        self._send(self.who(who), person + suffix, text)

    @rule(who=WHO, pick=st.integers(0, 20))
    def send_text_to_group(self, who: int, pick: int) -> None:
        known = self.who(who)
        self._send(known, self.place(known, pick), "to all")

    def _send(self, known: Known, to: str, text: str) -> None:
        with self.calling(known, known.refuses_send(to)):
            message_id, content = self.way.send_text(known.key, to, text)
            assert content == {"extendedTextMessage": {"text": text}}
            known.send(to, self.new_id(message_id), content)

    @rule(who=WHO, content=st.binary(max_size=40))
    def send_file(self, who: int, content: bytes) -> None:
        known = self.who(who)
        with self.calling(known, known.refuses_send(FRIEND)):
            message_id, sent = self.way.send_file(known.key, FRIEND, content)
            known.send(FRIEND, self.new_id(message_id), sent, shown=bool(content))
            known.media.append((sent["documentMessage"], content))

    @rule(who=WHO, pick=PICK)
    def download(self, who: int, pick: int) -> None:
        known = self.who(who)
        kept = [pair for other in self.world.values() for pair in other.media]
        for keys, content in kept[pick : pick + 2]:
            own = any(keys is mine for mine, _ in known.media)
            with self.calling(known, None if own else 200):
                assert self.way.download(known.key, keys) == content

    @rule(who=WHO, sender=st.sampled_from((FRIEND, COLLEAGUE)), group=st.booleans())
    def inbound(self, who: int, sender: str, group: bool) -> None:
        known = self.who(who)
        place = next(iter(known.groups), NO_GROUP) if group else None
        outside = place is not None and (
            place not in known.groups
            or f"{sender}@s.whatsapp.net" not in known.groups[place].members
        )
        with self.calling(known, 409 if known.shows_qr else 400 if outside else None):
            message_id, content = self.way.inbound(known.key, sender, place)
            known.receive(sender, place, self.new_id(message_id), content)

    @rule(who=WHO, pick=PICK, everyone=st.booleans())
    def delete_message(self, who: int, pick: int, everyone: bool) -> None:
        known = self.who(who)
        ids = [*known.messages, "3EB0000000000000000000"]
        message_id = ids[pick % len(ids)]
        with self.calling(known, known.refuses_send(FRIEND)):
            if everyone:
                sent, content = self.way.revoke(known.key, FRIEND, message_id)
                known.revoke(message_id, FRIEND)
                known.send(FRIEND, self.new_id(sent), content, echo=False)
            else:
                self.way.forget(known.key, FRIEND, message_id)
                known.delete(message_id)

    # -- groups ------------------------------------------------------------------------------

    @rule(who=WHO, people=SOME)
    def create_group(self, who: int, people: list[str]) -> None:
        known = self.who(who)
        refused = 403 if not known.linked or STRANGER in people else None
        with self.calling(known, refused):
            jid = self.way.create_group(known.key, "Grupo Novo", people)
            assert all(jid not in other.groups for other in self.world.values())
            known.create_group(jid, "Grupo Novo", people)

    @rule(who=WHO, pick=st.integers(0, 20), people=SOME, adding=st.booleans())
    def change_members(self, who: int, pick: int, people: list[str], adding: bool) -> None:
        known = self.who(who)
        jid = self.place(known, pick)
        with self.calling(known, known.refuses_change(jid)):
            if adding:
                assert self.way.add(known.key, jid, people) == known.add(jid, people)
            else:
                assert self.way.remove(known.key, jid, people) == known.remove(jid, people)

    @rule(who=WHO, pick=st.integers(0, 20))
    def leave_group(self, who: int, pick: int) -> None:
        known = self.who(who)
        jid = self.place(known, pick)
        refused = 403 if not known.linked else None if jid in known.groups else 404
        with self.calling(known, refused):
            self.way.leave(known.key, jid)
            del known.groups[jid]
        if jid not in known.groups and known.linked:
            with self.calling(known, 404):
                self.way.leave(known.key, jid)
            with self.calling(known, 500):
                self.way.send_text(known.key, jid, "gone")

    # -- settings ----------------------------------------------------------------------------

    @rule(who=WHO, token=st.sampled_from(("TESTKEYNEW1", "TESTKEYNEW2")))
    def change_token(self, who: int, token: str) -> None:
        known = self.who(who)
        with self.calling(known):
            self.way.change_token(known.key, f"{token}.{known.key}")
            known.token = f"{token}.{known.key}"

    @rule(who=WHO, names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))
    def block_events(self, who: int, names: list[str]) -> None:
        known = self.who(who)
        with self.calling(known):
            self.way.block(known.key, names)
            known.blocked |= set(names)
        self._set_webhook(known, enabled=True, second=False)
        self._speak(known)

    @rule(who=WHO, names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))
    def accept_events(self, who: int, names: list[str]) -> None:
        known = self.who(who)
        with self.calling(known):
            self.way.accept(known.key, names)
            known.accept(names)

    @rule(who=WHO, enabled=st.booleans(), second=st.booleans())
    def set_webhook(self, who: int, enabled: bool, second: bool) -> None:
        known = self.who(who)
        self._set_webhook(known, enabled=enabled, second=second)
        self._speak(known)

    def _speak(self, known: Known) -> None:
        """Make something happen that a webhook may tell."""
        if not known.linked:
            with self.calling(known):
                self.way.link(known.key)
                known.link()
        self._send(known, FRIEND, "who is told?")

    def _set_webhook(self, known: Known, *, enabled: bool, second: bool) -> None:
        with self.calling(known):
            known.url, known.enabled = f"http://127.0.0.1:9/{known.key}/one", enabled
            known.second_url, known.second_enabled = f"http://127.0.0.1:9/{known.key}/two", second
            self.way.set_webhook(known)


__all__ = ["Laws", "Refused", "Told", "Way", "lawful"]
