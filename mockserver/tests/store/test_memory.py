"""The memory store: whole changes or none, one holder at a time, dues in order."""

from __future__ import annotations

import threading

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.rules import Rules
from megaapi_mock.errors import UnknownInstance
from megaapi_mock.ids import Ids
from megaapi_mock.store.memory import MemoryStore

from ..support import START


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(
        Gateway(
            clock=Clock(frozen_at=START),
            ids=Ids(0),
            directory=Directory(),
            rules=Rules(qr_seconds=20, ack_delays=(5, 6, 7), messages_kept=3),
            vault=Vault(),
            seeds=(
                InstanceSeed("a", "A", "5511900000001", connected=True),
                InstanceSeed("b", "B", "5511900000003"),
            ),
        )
    )


def send(store: MemoryStore, key: str = "a") -> str:
    with store.change(key) as instance:
        to = instance.chats.recipient("5511900000002")
        answer = instance.chats.send(to, {"extendedTextMessage": {"text": "oi"}})
        return str(answer["key"]["id"])


def test_a_change_that_raises_leaves_nothing(store: MemoryStore) -> None:
    with pytest.raises(RuntimeError), store.change("a") as instance:
        instance.chats.send(instance.chats.recipient("5511900000002"), {"x": {}})
        instance.groups.create("x", ["5511900000002"])
        instance.keep_media("image", "image/png", b"bytes")
        instance.linking.logout()
        instance.token = "other"
        raise RuntimeError
    with store.change("a") as instance:
        assert instance.linked
        assert instance.token == "A"
        assert (len(instance.messages), len(instance.group_table), len(instance.media)) == (0, 0, 0)
        assert instance.take_events() == []
        assert instance.next_due is None
    assert send(store) == Ids(0).message("a", 1)


def test_an_unknown_key_is_refused(store: MemoryStore) -> None:
    with pytest.raises(UnknownInstance), store.change("c"):
        pass
    with pytest.raises(UnknownInstance):
        store.remove("c")


def test_the_earliest_due_comes_first(store: MemoryStore) -> None:
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


def test_messages_beyond_the_bound_go_oldest_first(store: MemoryStore) -> None:
    sent = [send(store) for _ in range(5)]
    with store.change("a") as instance:
        assert list(instance.messages) == sent[2:]


def test_two_threads_never_hold_one_instance(store: MemoryStore) -> None:
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
