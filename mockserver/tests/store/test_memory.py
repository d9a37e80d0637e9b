"""The store in memory: what fails behind a kept change, and turns that nobody waits for."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.rules import Rules
from megaapi_mock.errors import Conflict, UnknownInstance
from megaapi_mock.ids import Ids
from megaapi_mock.records.bugs import Bugs
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.outcome import Outcome
from megaapi_mock.store.due_times import STALE_MOST
from megaapi_mock.store.memory import MemoryStore

from ..support import START

SEEDS = (
    InstanceSeed("a", "A", "5511900000001", name="Loja", connected=True),
    InstanceSeed("b", "B", "5511900000003"),
)
FRIEND = "5511900000002"


class Journal:
    """In place of a journal: keeps what it is given, or fails."""

    def __init__(self) -> None:
        self.kept: list[Outcome] = []
        self.fails = False

    def keep(self, outcome: Outcome) -> None:
        if self.fails:
            raise ValueError("full")
        self.kept.append(outcome)


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def bugs() -> Bugs:
    return Bugs()


@pytest.fixture
def store(journal: Any, bugs: Bugs) -> MemoryStore:
    gateway = Gateway(
        clock=Clock(frozen_at=START), ids=Ids(0), directory=Directory(),
        rules=Rules(ack_delays=(5, 6, 7)), vault=Vault(), seeds=SEEDS,
    )  # fmt: skip
    return MemoryStore(gateway, journal=journal, bugs=bugs)


def delivery() -> Delivery:
    return Delivery("d1.a", START, "a", "text-plain", "conversation", "http://a", b"{}", "a")


def rename(instance: Instance) -> None:
    instance.name = "Outra"


def name_of(store: MemoryStore, key: str = "a") -> str:
    with store.read(key) as instance:
        return instance.name


def test_what_a_change_owes_is_kept_with_it(store: MemoryStore, journal: Journal) -> None:
    outcome = Outcome("a", deliveries=[delivery()], is_released=True)
    with store.change("a", outcome=outcome) as instance:
        rename(instance)
    assert journal.kept == [outcome]
    assert list(store.owed.claim_deliveries("a")) == [outcome]


def test_what_a_change_owes_is_dropped_with_it(store: MemoryStore, journal: Journal) -> None:
    outcome = Outcome("a", deliveries=[delivery()], is_released=True)
    with pytest.raises(RuntimeError), store.change("a", outcome=outcome) as instance:
        rename(instance)
        raise RuntimeError
    assert journal.kept == [] and list(store.owed.claim_deliveries("a")) == []
    assert name_of(store) == "Loja"


def test_a_journal_that_fails_takes_no_change_back(
    store: MemoryStore, journal: Journal, bugs: Bugs
) -> None:
    journal.fails = True
    outcome = Outcome("a", deliveries=[delivery()], is_released=True)
    with store.change("a", outcome=outcome) as instance:
        rename(instance)
    assert name_of(store) == "Outra"
    assert list(store.owed.claim_deliveries("a")) == [outcome]
    assert len(list(bugs)) == 1 and "in no journal" in str(next(iter(bugs)))


def test_what_cannot_be_owed_is_abandoned_with_a_reason(
    store: MemoryStore, bugs: Bugs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(outcome: Outcome) -> None:
        raise ValueError("no room")

    monkeypatch.setattr(store._owed, "keep", refuse)
    owed = delivery()
    with store.change("a", outcome=Outcome("a", deliveries=[owed])) as instance:
        rename(instance)
    assert name_of(store) == "Outra"
    assert owed.state == "abandoned" and str(owed.reason).startswith("our own bug: ")
    assert "owes cannot be kept" in str(next(iter(bugs)))


def test_a_change_that_cannot_be_tidied_up_is_kept_all_the_same(
    store: MemoryStore, bugs: Bugs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(instance: Instance) -> None:
        raise ValueError("untidy")

    with monkeypatch.context() as patch:
        patch.setattr(Instance, "commit", refuse)
        with store.change("a") as instance:
            rename(instance)
    assert name_of(store) == "Outra" and "not tidied up" in str(next(iter(bugs)))
    with store.change("a") as instance:
        instance.name = "Dritte"
    assert name_of(store) == "Dritte"


def test_a_failure_to_note_what_is_due_takes_nothing_back(store: MemoryStore, bugs: Bugs) -> None:
    def refuse() -> None:
        raise ValueError("no timer")

    store.due_earlier = refuse
    with store.change("a") as instance:
        instance.chats.send(instance.chats.recipient(FRIEND), {"conversation": "oi"})
    with store.read("a") as instance:
        assert len(instance.messages) == 1
    assert "nobody waits for what is due in a" in str(next(iter(bugs)))


def test_turns_that_passed_do_not_pile_up(store: MemoryStore) -> None:
    for moment in range(3 * STALE_MOST):
        with store.change("a", START + moment) as instance:
            instance.chats.send(instance.chats.recipient(FRIEND), {"conversation": "oi"})
    assert len(store._due_times) <= 2 * len(SEEDS) + STALE_MOST
    due = store.next_due()
    with store.read("a") as instance:
        assert due == (instance.next_due, "a")


def test_a_linked_number_is_known_under_the_name_that_came_first(store: MemoryStore) -> None:
    with store.change("b") as instance:
        instance.linking.link("5511900000001")
    # The instance that was linked to the number before goes on naming it.
    assert name_of(store, "b") == "Loja"


def test_who_holds_an_instance_that_is_replaced_gets_the_new_one(store: MemoryStore) -> None:
    with store.hold() as instances:
        old = next(instance for instance in instances if instance.key == "a")
        store.reset("a")
        with store.read("a") as instance:
            assert instance is not old
    assert store.keys() == ["b", "a"] or store.keys() == ["a", "b"]


def test_an_instance_that_begins_badly_is_not_there(store: MemoryStore) -> None:
    seed = InstanceSeed("c", "C", "5511900000005", connected=True)
    with pytest.raises(Conflict), store.add(seed):
        raise Conflict("no")
    assert not store.has("c")
    with store.add(seed, most=3) as instance:
        assert instance.key == "c"
    more = store.add(InstanceSeed("d", "D"), most=3)
    with pytest.raises(Conflict, match="there are 3 instances already"), more:
        pass


def test_a_reset_of_what_was_added_removes_it(store: MemoryStore) -> None:
    with store.add(InstanceSeed("c", "C")):
        pass
    store.reset("c")
    assert not store.has("c")
    with pytest.raises(UnknownInstance):
        store.reset("c")


def test_nothing_is_in_the_way_of_memory(store: MemoryStore) -> None:
    assert store.hindrance() is None
    store.settle()
    store.close()
    assert store.keys() == ["a", "b"]
