"""Two stores on one database: each has what the other has changed, and neither loses anything."""

from __future__ import annotations

import threading

import pytest
from megaapi_mock.ids import Ids
from megaapi_mock.store import Store
from megaapi_mock.store.sql import shared_postgres
from megaapi_mock.store.sql.shared_store import SharedStore

from ...support import START
from ..conftest import instances_in_database, instances_in_memory
from ..test_port import send
from .conftest import OpenShared

pytestmark = pytest.mark.postgres


def messages(store: Store, key: str = "a") -> list[str]:
    with store.read(key) as instance:
        return list(instance.messages)


def contents(store: SharedStore) -> list[dict[str, str]]:
    """All instances, as this store has them once it has looked at each."""
    for key in store.keys():
        messages(store, key)
    return instances_in_memory(store)


def test_each_store_goes_on_where_the_other_stopped(open_shared: OpenShared) -> None:
    one, other = open_shared(), open_shared()
    sent = [send(store) for store in (one, other, other, one, other)]
    assert len(set(sent)) == 5
    assert messages(one) == messages(other) == sent
    with one.change("a") as instance:
        instance.token = "other"
    with other.read("a") as instance:
        assert instance.token == "other"
    assert contents(one) == contents(other)


def test_what_is_due_is_known_to_each(open_shared: OpenShared) -> None:
    one, other = open_shared(), open_shared()
    send(one)
    assert other.next_due() is None
    messages(other)
    assert other.next_due() == one.next_due() == (START + 5, "a")
    other.gateway.clock.advance(100)
    with other.change("a"):
        pass
    messages(one)
    assert one.next_due() is None


def test_a_change_that_raises_is_seen_by_nobody(open_shared: OpenShared) -> None:
    one, other = open_shared(), open_shared()
    with pytest.raises(RuntimeError), one.change("a") as instance:
        instance.token = "other"
        raise RuntimeError
    for store in (one, other):
        with store.read("a") as instance:
            assert instance.token == "A"
    assert messages(other) == [] and send(other) == send_ids(1)[0]


def send_ids(count: int) -> list[str]:
    return [Ids(0).message("a", number) for number in range(1, count + 1)]


def test_who_is_too_far_behind_reads_all(
    open_shared: OpenShared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_postgres, "ENTRIES_KEPT", 2)
    monkeypatch.setattr(shared_postgres, "TRIM_EVERY", 1)
    one, other = open_shared(), open_shared()
    assert messages(other) == []
    sent = [send(one) for _ in range(5)]
    assert messages(other) == sent
    sent += [send(one) for _ in range(5)]
    sent.append(send(other))
    assert messages(one) == messages(other) == sent
    assert contents(one) == contents(other)


def test_many_threads_on_two_stores_lose_nothing(open_shared: OpenShared, shared_url: str) -> None:
    stores = [open_shared(), open_shared()]
    sent: dict[str, list[str]] = {"a": [], "b": []}
    with stores[0].change("b") as instance:
        instance.linking.link()

    def work(store: SharedStore, key: str) -> None:
        for _ in range(25):
            sent[key].append(send(store, key))

    threads = [threading.Thread(target=work, args=(store, key)) for store in stores for key in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for key, ids in sent.items():
        assert len(set(ids)) == 50
        assert sorted(messages(stores[0], key)) == sorted(ids)
    assert contents(stores[0]) == contents(stores[1])
    in_memory = contents(stores[0])
    for store in stores:
        store.close()
    assert instances_in_database(shared_url) == in_memory
