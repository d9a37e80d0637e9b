"""Events of a given instance: whatever a probe blocked and accepted, each list is as before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.safety.event_lists import ACCEPTED, BLOCKED, STATUS, EventLists
from megaapi_mock.categories import CATEGORIES
from megaapi_mock.domain.settings import EventFilter


class Host:
    """An instance whose lists are those of a mock; `fails` is the call that is refused."""

    def __init__(self, event_filter: EventFilter) -> None:
        self.filter, self.fails, self.calls = event_filter, "", list[str]()

    def read(self) -> Any:
        lists = {BLOCKED: self.filter.blocked, ACCEPTED: self.filter.accepted, STATUS: ()}
        return {"configData": {name: [*names] for name, names in lists.items()}}

    def change(self, operation: str, data: dict[str, Any]) -> bool:
        self.calls.append(operation)
        if operation == self.fails:
            return False
        change = self.filter.block if operation == "block_events" else self.filter.accept
        self.filter = change(data["events"])
        return True

    @property
    def lists(self) -> EventLists:
        return EventLists(self.read, self.change)


NAMES = st.lists(st.sampled_from(CATEGORIES), max_size=4)


@given(st.permutations(CATEGORIES), st.integers(0, 5), st.lists(st.tuples(st.booleans(), NAMES)))
def test_both_lists_are_exactly_what_they_were(
    order: list[str], blocked: int, changes: list[tuple[bool, list[str]]]
) -> None:
    before = EventFilter(accepted=(*order[blocked:],), blocked=(*order[:blocked],))
    host = Host(before)
    for blocks, names in changes:
        host.filter = host.filter.block(names) if blocks else host.filter.accept(names)
    assert host.lists.restore(before.blocked, before.accepted)
    assert host.filter == before


def test_nothing_is_called_where_nothing_has_changed() -> None:
    host = Host(EventFilter(blocked=("x",)))
    assert host.lists.restore(host.filter.blocked, host.filter.accepted)
    assert host.calls == []


def test_a_file_without_the_order_has_the_blocks_put_back() -> None:
    host = Host(EventFilter())
    host.filter = host.filter.block(["calls"]).accept(["calls"]).block(["groups"])
    assert host.lists.restore([], None)
    assert host.filter.blocked == () and set(host.filter.accepted) == set(CATEGORIES)


@pytest.mark.parametrize(
    "now",
    [EventFilter(accepted=("b", "a", "new")), EventFilter(accepted=("b",)),
     EventFilter(accepted=("b", "a"), blocked=("a",))],
)  # fmt: skip
def test_lists_with_other_names_keep_their_order(now: EventFilter) -> None:
    host = Host(now)
    assert host.lists.restore(now.blocked, ["a", "b"])
    assert (host.calls, host.filter) == ([], now)


@pytest.mark.parametrize("fails", ["block_events", "accept_webhook_events"])
def test_what_is_refused_is_not_put_back(fails: str) -> None:
    host = Host(EventFilter(accepted=("b", "a"), blocked=("c", "d")))
    host.fails = fails
    assert not host.lists.restore(["c", "d"], ["a", "b"])
    assert not host.lists.restore(["d", "c"], ["b", "a"])


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"configData": []}, {"configData": {BLOCKED: [], ACCEPTED: "x", STATUS: []}}],
)
def test_lists_that_cannot_be_read_are_none(document: Any) -> None:
    lists = EventLists(lambda: document, lambda *_: True)
    assert lists.read() == {} and not lists.restore([], [])
