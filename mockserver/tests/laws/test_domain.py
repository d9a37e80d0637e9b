"""The laws against the domain alone: instances inside `store.change`, no HTTP, no threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase
from hypothesis.stateful import rule, run_state_machine_as_test
from megaapi_mock.clock import Clock
from megaapi_mock.domain.acknowledgements import Acknowledgements
from megaapi_mock.domain.chats import Chats
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.event import Event
from megaapi_mock.domain.facts import InboundMessage, OwnMessage, QrCode, Receipt
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.groups import Groups
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.linking import Linking
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.message import message_json
from megaapi_mock.domain.revoke import revoke
from megaapi_mock.domain.rules import Rules
from megaapi_mock.domain.settings import EventFilter, WebhookSettings
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.errors import Conflict, GroupNotFound, Impossible, RequestRejected
from megaapi_mock.ids import Ids
from megaapi_mock.store.memory import MemoryStore

from ..support import START
from .dump import dump
from .machine import WHO, Laws, Refused, lawful, laws_world
from .model import FRIEND, NO_GROUP, STRANGER, Known, Rates, Told

WORLD = laws_world()
SLOW = Rates(ack_delays=(1, 2, 3), restart_seconds=5)


class DomainWay:
    """Verbs straight on the instance; the login check is the pipeline's, so it is made here."""

    def __init__(self, rates: Rates | None = None) -> None:
        rates = rates or Rates()
        self.clock = Clock(frozen_at=START)
        rules = Rules(
            ack_delays=rates.ack_delays,
            restart_seconds=rates.restart_seconds,
            qr_seconds=rates.qr_seconds,
            qr_series=rates.qr_series,
        )
        self.store = MemoryStore(
            Gateway(self.clock, Ids(0), WORLD.directory, rules, Vault(), seeds=WORLD.instances)
        )
        self.events: dict[str, list[Event]] = defaultdict(list)

    def begin(self) -> None:
        return None

    @contextmanager
    def on(self, key: str, *, linked: bool = False) -> Iterator[Instance]:
        """One change; its events are taken from the change itself, as the publisher does."""
        try:
            with self.store.change(key) as instance:
                if linked and not instance.linked:
                    raise Refused(403, "not logged in")
                yield instance
                instance.wake(instance.now)
                taken = instance.take_events()
        except Impossible as refusal:
            raise Refused(409 if isinstance(refusal, Conflict) else 400, str(refusal)) from refusal
        except RequestRejected as refusal:
            raise Refused(refusal.status, str(refusal)) from refusal
        self.events[key] += taken

    def create(self, key: str, number: str, *, connected: bool, url: str) -> str:
        seed = InstanceSeed(key, f"token of {key}", number, connected=connected)
        with self.store.add(seed):
            self.events[key].clear()
        with self.on(key) as instance:
            instance.set_webhook(url)
        return f"token of {key}"

    def discard(self, key: str) -> None:
        try:
            self.store.remove(key)
        except RequestRejected as refusal:
            raise Refused(refusal.status, str(refusal)) from refusal

    def link(self, key: str) -> None:
        with self.on(key) as instance:
            instance.linking.link()

    def unlink(self, key: str, by: str) -> None:
        with self.on(key) as instance:
            instance.linking.unlink(by)

    def logout(self, key: str) -> None:
        with self.on(key) as instance:
            instance.linking.logout()

    def restart(self, key: str) -> None:
        with self.on(key) as instance:
            instance.linking.restart()

    def show_qr(self, key: str) -> str:
        with self.on(key) as instance:
            return instance.linking.show_qr()

    def pair(self, key: str) -> str:
        with self.on(key) as instance:
            return instance.linking.pair(str(instance.number))

    def send_text(self, key: str, to: str, text: str) -> tuple[str, dict[str, Any]]:
        with self.on(key, linked=True) as instance:
            return _send(instance, to, {"extendedTextMessage": {"text": text}})

    def send_file(self, key: str, to: str, content: bytes) -> tuple[str, dict[str, Any]]:
        with self.on(key, linked=True) as instance:
            media = instance.keep_media("document", "text/plain", content)
            part = {"directPath": media.direct_path, "mimetype": media.mimetype}
            unshown = None if content else "the file has 0 bytes"
            return _send(instance, to, {"documentMessage": part}, unshown=unshown)

    def revoke(self, key: str, to: str, message_id: str) -> tuple[str, dict[str, Any]]:
        with self.on(key, linked=True) as instance:
            revoke(instance, message_id, Jid.parse(to))
            revoked = {"protocolMessage": {"key": {"id": message_id}, "type": "REVOKE"}}
            return _send(instance, to, revoked, echo=False)

    def forget(self, key: str, to: str, message_id: str) -> None:
        with self.on(key, linked=True) as instance:
            instance.chats.delete(message_id)

    def inbound(self, key: str, sender: str, group: str | None) -> tuple[str, Any]:
        content = {"conversation": "oi"}
        person = WORLD.directory.find(sender)
        assert person is not None
        with self.on(key) as instance:
            chats = instance.chats
            chats.require_link()
            told = chats.inbound_key(person, Jid.parse(group) if group else None)
            author = str(person.jid)
            message = chats.arrive("text-plain", told, content, author=author, name=person.name)
            return message.id, content

    def download(self, key: str, keys: dict[str, Any]) -> bytes:
        with self.on(key) as instance:
            found = instance.find_media([keys["directPath"]])
            if found is None:
                raise Refused(200, "media not found")
            return found[1]

    def create_group(self, key: str, subject: str, people: list[str]) -> str:
        with self.on(key, linked=True) as instance:
            return str(instance.groups.create(subject, people).jid)

    def add(self, key: str, jid: str, people: list[str]) -> list[str]:
        with self.on(key, linked=True) as instance:
            group = instance.groups.require(jid)
            return [status for _, status in instance.groups.add(group, people)]

    def remove(self, key: str, jid: str, people: list[str]) -> list[str]:
        with self.on(key, linked=True) as instance:
            group = instance.groups.require(jid)
            return [status for _, status in instance.groups.remove(group, people)]

    def leave(self, key: str, jid: str) -> None:
        with self.on(key, linked=True) as instance:
            instance.groups.leave(instance.groups.require(jid))

    def change_token(self, key: str, token: str) -> None:
        with self.on(key) as instance:
            instance.token = token

    def block(self, key: str, names: list[str]) -> None:
        with self.on(key) as instance:
            instance.filter = instance.filter.block(names)

    def accept(self, key: str, names: list[str]) -> None:
        with self.on(key) as instance:
            instance.filter = instance.filter.accept(names)

    def set_webhook(self, known: Known) -> None:
        with self.on(known.key) as instance:
            instance.webhook = WebhookSettings(
                known.url, known.enabled, known.second_url, known.second_enabled
            )

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for key in self.store.keys():
            with self.on(key):
                pass

    def alive(self) -> Sequence[str]:
        return self.store.keys()

    def state(self, key: str) -> Any:
        with self.store.change(key) as instance:
            return dump(instance)

    def told(self, known: Known) -> Sequence[Told]:
        return [_told(event) for event in self.events[known.key]]

    def owed(self, known: Known) -> Sequence[Told]:
        return known.happened

    def codes(self, key: str) -> Sequence[str]:
        return [event.facts.code for event in self.events[key] if isinstance(event.facts, QrCode)]

    def read_back(self, known: Known) -> None:
        with self.store.change(known.key) as instance:
            assert instance.linked == known.linked
            assert (instance.token, instance.number) == (known.token, known.number)
            assert set(instance.filter.blocked) == known.blocked
            kept = {message.id: message_json("", message) for message in instance.messages.values()}
            groups = {str(group.jid): group for group in instance.groups}
        assert list(kept) == list(known.messages)
        for message_id, sent in known.messages.items():
            shown = kept[message_id]
            wanted = (sent.chat, sent.from_me, sent.state, sent.content, sent.deleted)
            fields = ("chat", "from_me", "state", "content", "deleted")
            assert tuple(shown[field] for field in fields) == wanted
        assert list(groups) == list(known.groups)
        for jid, circle in known.groups.items():
            members = {str(who.jid): who.admin for who in groups[jid].participants}
            assert (groups[jid].subject, members) == (circle.subject, circle.members)
        for keys, content in known.media:
            assert self.download(known.key, keys) == content


def _send(
    instance: Instance,
    to: str,
    content: dict[str, Any],
    *,
    echo: bool = True,
    unshown: str | None = None,
) -> tuple[str, dict[str, Any]]:
    recipient = instance.chats.recipient(to)
    answer = instance.chats.send(recipient, content, echo=echo, unshown=unshown)
    return str(answer["key"]["id"]), dict(answer["message"])


def _told(event: Event) -> Told:
    name = "inbound" if event.name == "text-plain" else event.name
    facts = event.facts
    has_key = isinstance(facts, OwnMessage | InboundMessage | Receipt)
    return name, str(facts.key["id"]) if has_key else ""


class Broken(Exception):
    """Not one of the mock's own: something goes wrong in the middle of a change."""


def _leave_all(instance: Instance) -> None:
    for group in list(instance.groups):
        instance.groups.leave(group)


VERBS: dict[str, Callable[[Instance], object]] = {
    "logout": lambda instance: instance.linking.logout(),
    "restart": lambda instance: instance.linking.restart(),
    "send": lambda instance: _send(instance, FRIEND, {"conversation": "oi"}),
    "file": lambda instance: instance.keep_media("image", "image/png", b"kept by nobody"),
    "group": lambda instance: instance.groups.create("Grupo", [FRIEND]),
    "leave": lambda instance: _leave_all(instance),
    "members": lambda instance: [
        instance.groups.remove(group, [FRIEND])
        for group in list(instance.groups)
        if group.owner == instance.own_jid
    ],
    "delete": lambda instance: [
        instance.chats.delete(message_id) for message_id in list(instance.messages)
    ],
    "presence": lambda instance: instance.set_presence(FRIEND, "composing"),
    "block": lambda instance: setattr(instance, "filter", EventFilter().block(["qrCode"])),
    "token": lambda instance: setattr(instance, "token", "another"),
    "webhook": lambda instance: instance.set_webhook("http://127.0.0.1:9/elsewhere"),
    "acks": lambda instance: instance.wake(instance.now + 2),
    "number": lambda instance: setattr(instance.state, "number", "5511900000077"),
}


class DomainLaws(Laws):
    """The common laws, and one of the store: a change that raises has not happened."""

    open_way = staticmethod(lambda: DomainWay())

    @rule(who=WHO, verbs=st.lists(st.sampled_from(sorted(VERBS)), max_size=5))
    def break_in_the_middle(self, who: int, verbs: list[str]) -> None:
        known, way = self.who(who), self.way
        assert isinstance(way, DomainWay)
        self._send(known, FRIEND, "on its way when it breaks")
        before = way.state(known.key)
        with pytest.raises(Broken), way.store.change(known.key) as instance:
            for verb in verbs:
                VERBS[verb](instance)
            raise Broken
        assert way.state(known.key) == before, f"{verbs} left a trace"
        self.touched = known

    @rule(who=WHO)
    def break_while_events_wait(self, who: int) -> None:
        """Events of a change that was kept outlive a later change that was not."""
        known, way = self.who(who), self.way
        assert isinstance(way, DomainWay)
        with way.store.change(known.key) as instance:
            instance.record("connected")
        with pytest.raises(Broken), way.store.change(known.key) as instance:
            instance.record("disconnected")
            raise Broken
        with way.on(known.key):
            known.happen("connected")


class SlowDomainLaws(DomainLaws):
    """Acknowledgements and restarts take their time."""

    rates = SLOW
    open_way = staticmethod(lambda: DomainWay(SLOW))


@pytest.mark.parametrize("machine", (DomainLaws, SlowDomainLaws))
def test_laws_hold(machine: type[DomainLaws]) -> None:
    run_state_machine_as_test(machine, settings=lawful(150, 50))


# -- the laws can be broken -------------------------------------------------------------------


def _keeps_failed_changes(self: Instance) -> None:
    self.commit()
    self._events.clear()


def _echoes_twice(self: Chats, *args: Any, **options: Any) -> Any:
    answer = SENDS(self, *args, **options)
    self._change.record("from-me-api-echo", OwnMessage(answer["key"], {}, 0))
    return answer


def _acknowledges_backwards(self: Acknowledgements, message_id: str, step: str) -> None:
    other = {"server": "read", "read": "server"}.get(step, step)
    ACKNOWLEDGES(self, message_id, other)


def _leaves_only_in_words(self: Groups, group: Any) -> None:
    return None


def _requires_nothing(self: Groups, text: str) -> Any:
    found = self.get(Jid.parse(text))
    if found is None and text == NO_GROUP:
        raise GroupNotFound(text)
    return found or next(iter(self))


def _numbers_messages_alike(self: Ids, key: str, number: int) -> str:
    return f"3EB0{number:018d}"


def _logs_out_only_in_words(self: Linking) -> bool:
    return True


def _shows_one_code_for_ever(self: Linking) -> str:
    return f"2@TEST-{self._state.key}"


def _finds_everyone(self: Directory, number: str, instances: Any = ()) -> Any:
    return FINDS(self, FRIEND if number == STRANGER else number, instances)


def _removes_the_first(self: UndoTable[Any, Any], key: Any) -> None:
    REMOVES(self, next(iter(self.keys())))


def _gives_other_bytes(self: Vault, digest: bytes) -> bytes:
    return b"other bytes"


SENDS, ACKNOWLEDGES, FINDS, REMOVES = (
    Chats.send,
    Acknowledgements.acknowledge,
    Directory.find,
    UndoTable.remove,
)
WRONGS: list[tuple[type, str, Callable[..., Any]]] = [
    (Instance, "rollback", _keeps_failed_changes),
    (Chats, "send", _echoes_twice),
    (Acknowledgements, "acknowledge", _acknowledges_backwards),
    (Groups, "leave", _leaves_only_in_words),
    (Groups, "require", _requires_nothing),
    (Ids, "message", _numbers_messages_alike),
    (Linking, "logout", _logs_out_only_in_words),
    (Linking, "qr_text", _shows_one_code_for_ever),
    (Directory, "find", _finds_everyone),
    (UndoTable, "remove", _removes_the_first),
    (Vault, "get", _gives_other_bytes),
]


@pytest.mark.parametrize(
    ("owner", "name", "wrong"), WRONGS, ids=[wrong.__name__.strip("_") for *_, wrong in WRONGS]
)
def test_laws_notice_a_gateway_that(
    owner: type, name: str, wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    with pytest.raises((AssertionError, Refused, KeyError, ExceptionGroup)):
        run_state_machine_as_test(DomainLaws, settings=lawful(100, 50, Phase.generate))
