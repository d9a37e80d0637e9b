"""What every store does: whole changes or none, one holder at a time, dues in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.rules import Rules
from megaapi_mock.errors import Conflict, UnknownInstance
from megaapi_mock.ids import Ids
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.outcome import Outcome
from megaapi_mock.store import Store
from megaapi_mock.store.owed import OwedInMemory

from ..support import START
from .conftest import OpenStore

SEEDS = (
    InstanceSeed("a", "A", "5511900000001", connected=True),
    InstanceSeed("b", "B", "5511900000003"),
)
NEW = InstanceSeed("c", "C", "5511900000005", connected=True)


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(
        clock=Clock(frozen_at=START),
        ids=Ids(0),
        directory=Directory(),
        rules=Rules(qr_seconds=20, ack_delays=(5, 6, 7), messages_kept=3),
        vault=Vault(),
        seeds=SEEDS,
    )


@pytest.fixture
def store(open_store: OpenStore, gateway: Gateway) -> Store:
    return open_store(gateway)


def send(store: Store, key: str = "a") -> str:
    with store.change(key) as instance:
        to = instance.chats.recipient("5511900000002")
        answer = instance.chats.send(to, {"extendedTextMessage": {"text": "oi"}})
        return str(answer["key"]["id"])


def test_a_change_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.change("a") as instance:
        instance.chats.send(instance.chats.recipient("5511900000002"), {"x": {}})
        instance.groups.create("x", ["5511900000002"])
        instance.keep_media("image", "image/png", b"bytes")
        instance.linking.logout()
        instance.token = "other"
        raise RuntimeError
    with store.read("a") as instance:
        assert instance.linked
        assert instance.token == "A"
        assert (len(instance.messages), len(instance.group_table), len(instance.media)) == (0, 0, 0)
        assert instance.take_events() == []
        assert instance.next_due is None
    assert send(store) == Ids(0).message("a", 1)


def test_an_unknown_key_is_refused(store: Store) -> None:
    with pytest.raises(UnknownInstance), store.change("c"):
        pass
    with pytest.raises(UnknownInstance), store.read("c"):
        pass
    with pytest.raises(UnknownInstance):
        store.remove("c")
    with pytest.raises(UnknownInstance):
        store.reset("c")


# -- reading ---------------------------------------------------------------------------------


def test_reading_begins_no_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = send(store)
    with monkeypatch.context() as patch:
        for name in ("begin", "commit", "rollback", "wake"):
            patch.setattr(Instance, name, None)
        with store.read("a") as instance:
            assert list(instance.messages) == [sent]
        with pytest.raises(RuntimeError), store.read("a"):
            raise RuntimeError
    assert send(store) == Ids(0).message("a", 2)


def test_reading_does_nothing_that_is_due(store: Store, gateway: Gateway) -> None:
    sent = send(store)
    before = store.next_due()
    gateway.clock.advance(100)
    with store.read("a") as instance:
        message = instance.messages.get(sent)
        assert message is not None and message.state == "pending"
        assert (instance.now, instance.is_due) == (START + 100, True)
    assert store.next_due() == before == (START + 5, "a")
    with store.change("a"):
        pass
    with store.read("a") as instance:
        message = instance.messages.get(sent)
        assert message is not None and message.state == "read"
        assert not instance.is_due


def test_effects_of_faults_end_with_their_change(store: Store) -> None:
    with store.change("a") as instance:
        effects = instance.fault_effects
        instance.fault_effects = replace(effects, media_gone=True)
        media = instance.keep_media("image", "image/png", b"bytes")
        assert instance.find_media([media.direct_path]) is None
    with store.read("a") as instance:
        assert instance.fault_effects == effects
        assert instance.find_media([media.direct_path]) == (media, b"bytes")


# -- who exists ------------------------------------------------------------------------------


def add(store: Store, seed: InstanceSeed, most: int | None = None) -> str:
    """The key of what was added, as whoever adds it sees it."""
    with store.add(seed, most=most) as instance:
        return instance.key


def test_what_is_added_comes_last_and_is_held_by_whoever_adds_it(store: Store) -> None:
    with store.add(NEW) as instance:
        assert instance.linked
        instance.name = "Nova"
    with store.read("c") as instance:
        assert instance.name == "Nova"
    assert list(store.keys()) == ["a", "b", "c"]
    assert store.has("c")
    assert send(store, "c") == Ids(0).message("c", 1)


def test_adding_a_key_that_exists_is_refused(store: Store) -> None:
    sent = send(store)
    with pytest.raises(Conflict, match="a exists already"):
        add(store, replace(SEEDS[0], token="other"))
    with store.read("a") as instance:
        assert (instance.token, list(instance.messages)) == ("A", [sent])


def test_adding_beyond_the_most_is_refused(store: Store) -> None:
    with pytest.raises(Conflict, match="there are 2 instances already"):
        add(store, NEW, most=2)
    assert not store.has("c")
    assert add(store, NEW, most=3) == "c"


def test_adding_another_name_for_a_number_is_refused(store: Store) -> None:
    other = replace(NEW, number="5511900000001", name="Test Person")
    with pytest.raises(Conflict, match="one person has one name"):
        add(store, other)
    assert not store.has("c")


def test_an_addition_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.add(NEW):
        raise RuntimeError
    assert list(store.keys()) == ["a", "b"]
    assert add(store, NEW) == "c"


def test_a_removed_key_is_free_again(store: Store) -> None:
    send(store)
    store.remove("a")
    assert not store.has("a") and list(store.keys()) == ["b"]
    add(store, SEEDS[0])
    with store.read("a") as instance:
        assert len(instance.messages) == 0


def test_a_reset_of_one_leaves_the_others_alone(store: Store) -> None:
    add(store, NEW)
    sent = send(store, "c")
    send(store)
    store.reset("a")
    with store.read("a") as instance:
        assert (len(instance.messages), instance.linked) == (0, True)
    with store.read("c") as instance:
        assert list(instance.messages) == [sent]
    store.reset("c")
    assert not store.has("c")


def test_a_reset_of_all_leads_back_to_the_start(store: Store) -> None:
    add(store, NEW)
    send(store)
    store.remove("b")
    store.reset()
    assert list(store.keys()) == ["a", "b"]
    with store.read("a") as instance:
        assert len(instance.messages) == 0


def test_what_is_restored_stands_instead(store: Store, gateway: Gateway) -> None:
    send(store)
    store.restore_one(gateway.instance(replace(SEEDS[0], token="other")))
    with store.read("a") as instance:
        assert (instance.token, len(instance.messages)) == ("other", 0)
    store.restore(gateway, [gateway.instance(NEW)])
    assert list(store.keys()) == ["c"]
    store.reset()
    assert list(store.keys()) == ["a", "b"]


# -- what is due -----------------------------------------------------------------------------


def test_a_change_at_an_earlier_moment_does_what_was_due_by_then(
    store: Store, gateway: Gateway
) -> None:
    sent = send(store)
    gateway.clock.advance(100)
    with store.change("a", START + 5.5):
        pass
    with store.read("a") as instance:
        message = instance.messages.get(sent)
        assert message is not None and message.state == "server"
    assert store.next_due() == (START + 6, "a")


def test_the_earliest_due_comes_first(store: Store) -> None:
    told = []
    store.due_earlier = lambda: told.append(store.next_due())
    with store.change("b") as instance:
        instance.linking.show_qr()
    send(store)
    assert told == [(START + 20, "b"), (START + 5, "a")]
    store.remove("a")
    assert store.next_due() == (START + 20, "b")
    store.reset()
    assert store.next_due() is None


def test_messages_beyond_the_bound_go_oldest_first(store: Store) -> None:
    sent = [send(store) for _ in range(5)]
    with store.change("a") as instance:
        assert list(instance.messages) == sent[2:]


# -- what is on record -----------------------------------------------------------------------


def call(number: int, key: str) -> Exchange:
    return Exchange(f"x{number}.{key}", START, key, "instance_status", "GET", "/", [], b"")


def delivery(number: int, key: str) -> Delivery:
    event, url = "text-plain", "http://127.0.0.1:9/"
    return Delivery(f"d{number}.{key}", START, key, event, "conversation", url, b"{}", key)


def record_calls(store: Store) -> None:
    """Three calls, of two instances; the last two owe a webhook."""
    for number, key in ((1, "a"), (1, "b"), (2, "a")):
        owed = [] if (number, key) == (1, "a") else [delivery(1, key)]
        with store.change(key, None, Outcome(key, deliveries=owed, exchange=call(number, key))):
            pass


def broken(*_: object) -> None:
    raise RuntimeError("planted")


def test_records_are_found_by_id_place_and_instance(store: Store) -> None:
    record_calls(store)
    exchanges, deliveries = store.records.exchanges, store.records.deliveries
    assert [each.id for each in exchanges.after(None)] == ["x1.a", "x1.b", "x2.a"]
    assert [each.id for each in exchanges.after("x1.a")] == ["x1.b", "x2.a"]
    assert [each.id for each in exchanges.after(None, "a")] == ["x1.a", "x2.a"]
    assert [each.id for each in exchanges.before(None, "a")] == ["x2.a", "x1.a"]
    assert [each.id for each in exchanges.before("x2.a")] == ["x1.b", "x1.a"]
    assert [each.id for each in deliveries.after(None)] == ["d1.b", "d1.a"]
    in_order = (exchanges.number("x1.a"), deliveries.number("d1.b"), exchanges.number("x1.b"))
    assert 0 < in_order[0] < in_order[1] < in_order[2]
    found = exchanges.get("x1.b")
    assert found is not None and found.instance == "b"
    assert (exchanges.get("x9.a"), exchanges.number("x9.a"), exchanges.number(None)) == (None, 0, 0)


def test_a_change_that_is_dropped_leaves_no_record(store: Store) -> None:
    outcome = Outcome("a", deliveries=[delivery(1, "a")], exchange=call(1, "a"))
    with pytest.raises(RuntimeError), store.change("a", None, outcome):
        raise RuntimeError
    assert list(store.records.exchanges.after(None)) == []
    assert list(store.records.deliveries.after(None)) == []


def test_deliveries_that_cannot_be_owed_have_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = [delivery(1, "a"), delivery(2, "a")]
    outcome = Outcome("a", deliveries=owed, is_released=True)
    with monkeypatch.context() as patch:
        patch.setattr(OwedInMemory, "_count", broken)
        with store.change("a", None, outcome) as instance:
            instance.name = "kept"
    assert outcome.turned_away == owed
    assert [each.state for each in owed] == ["abandoned", "abandoned"]
    assert owed[0].reason == "our own bug: RuntimeError('planted')"
    assert list(store.owed.claim_deliveries("a")) == []
    with store.read("a") as instance:
        assert instance.name == "kept"
    record_calls(store)
    assert [each.instance for each in store.owed.abandon()] == ["b", "a"]


# -- one holder at a time --------------------------------------------------------------------


@contextmanager
def elsewhere(store: Store, key: str) -> Iterator[threading.Event]:
    """A change of this key in another thread; the event is set once it has begun."""
    begun = threading.Event()

    def work() -> None:
        with store.change(key):
            begun.set()

    thread = threading.Thread(target=work)
    thread.start()
    yield begun
    thread.join()


def test_changes_of_two_instances_do_not_wait_for_each_other(store: Store) -> None:
    with store.change("a"), elsewhere(store, "b") as begun:
        assert begun.wait(60)


def test_who_holds_all_meets_no_change_half_made(store: Store) -> None:
    changing, seen = 0, []

    def change() -> None:
        nonlocal changing
        for _ in range(200):
            with store.change("b"):
                changing += 1
                time.sleep(0)
                changing -= 1

    thread = threading.Thread(target=change)
    thread.start()
    for _ in range(200):
        with store.hold() as instances:
            seen.append(changing)
            assert [instance.key for instance in instances] == ["a", "b"]
    thread.join()
    assert set(seen) == {0}


def test_two_threads_never_hold_one_instance(store: Store) -> None:
    held, most = 0, 0
    counted = threading.Lock()

    def work() -> None:
        nonlocal held, most
        for _ in range(200):
            with store.change("a"):
                with counted:
                    held += 1
                    most = max(most, held)
                with counted:
                    held -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
