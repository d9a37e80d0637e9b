"""All instances together keep so many bytes and no more, in every store."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.undo_table import SharedRoom
from megaapi_mock.store import Store

from .conftest import OpenStore
from .test_port import gateway as small_gateway  # noqa: F401

BUDGET, INSTANCES = 100_000, 20
KEYS = [f"k{number}" for number in range(INSTANCES)]
TEXT = "x" * 1_000


@pytest.fixture
def gateway(small_gateway: Gateway) -> Gateway:  # noqa: F811
    """Twenty instances that may keep a thousand messages each."""
    return replace(
        small_gateway,
        rules=replace(small_gateway.rules, messages_kept=1_000),
        room=SharedRoom(BUDGET, instances=INSTANCES),
        seeds=tuple(InstanceSeed(key, key, connected=True) for key in KEYS),
    )


@pytest.fixture
def store(open_store: OpenStore, gateway: Gateway) -> Store:
    return open_store(gateway)


def send(store: Store, key: str, text: str = TEXT) -> None:
    with store.change(key) as instance:
        to = instance.chats.recipient("5511900000002")
        instance.chats.send(to, {"extendedTextMessage": {"text": text}})


def taken(store: Store, key: str) -> int:
    with store.read(key) as instance:
        return instance.state.size


def count(store: Store, key: str) -> int:
    with store.read(key) as instance:
        return len(instance.messages)


def fill(store: Store) -> None:
    for key in KEYS:
        for _ in range(20):
            send(store, key)


def test_many_instances_keep_no_more_than_all_may(store: Store) -> None:
    fill(store)
    sizes = [taken(store, key) for key in KEYS]
    # Without the bound they would keep more than 400,000 bytes.
    assert sum(sizes) == store.gateway.room.size <= BUDGET + INSTANCES * (BUDGET // INSTANCES)
    # Who came first has kept its messages, and everybody else has its share.
    assert count(store, KEYS[0]) == 20
    assert all(count(store, key) >= 3 for key in KEYS)


def test_oldest_messages_of_the_instance_go_that_gets_more(store: Store) -> None:
    fill(store)
    with store.read(KEYS[-1]) as instance:
        ids = list(instance.messages)
    send(store, KEYS[-1])
    with store.read(KEYS[-1]) as instance:
        assert list(instance.messages)[:-1] == ids[1:]


def test_message_that_fits_nowhere_goes_at_once(store: Store) -> None:
    fill(store)
    send(store, KEYS[-1], "x" * 2 * BUDGET)
    assert count(store, KEYS[-1]) == 0
    send(store, KEYS[-1])
    assert count(store, KEYS[-1]) == 1


def test_deleted_instance_leaves_its_room_to_the_others(store: Store) -> None:
    fill(store)
    before = store.gateway.room.size
    full_instances = KEYS[:5]
    gone = sum(taken(store, key) for key in full_instances)
    for key in full_instances:
        store.remove(key)
    assert store.gateway.room.size == before - gone
    before_sends = count(store, KEYS[-1])
    for _ in range(20):
        send(store, KEYS[-1])
    assert count(store, KEYS[-1]) == before_sends + 20


def test_reset_begins_with_an_empty_room(store: Store) -> None:
    fill(store)
    store.reset(KEYS[0])
    assert store.gateway.room.size == sum(taken(store, key) for key in KEYS)
    store.reset()
    assert store.gateway.room.size == sum(taken(store, key) for key in KEYS) < BUDGET // 10


def test_change_that_is_undone_takes_no_room(store: Store) -> None:
    fill(store)
    before = store.gateway.room.size
    with pytest.raises(RuntimeError), store.change(KEYS[-1]) as instance:
        instance.chats.send(
            instance.chats.recipient("5511900000002"), {"extendedTextMessage": {"text": TEXT}}
        )
        raise RuntimeError
    assert store.gateway.room.size == before
