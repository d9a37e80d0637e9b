"""What waits to be written: in order, back in its place when it failed, and bounded."""

from __future__ import annotations

import pytest
from megaapi_mock.store.sql import waiting
from megaapi_mock.store.sql.batch import Batch
from megaapi_mock.store.sql.waiting import Add, WaitingWrites


def add(number: int) -> Add:
    def write(batch: Batch) -> None:
        batch.add("A", (number,))

    return write


ONE, TWO, THREE = add(1), add(2), add(3)


def test_what_waits_is_taken_in_order_with_its_size() -> None:
    writes = WaitingWrites()
    assert not writes
    assert writes.put(ONE, 10) and writes.put(TWO, 5)
    assert writes
    assert writes.take() == ([ONE, TWO], 15)
    assert writes.take() == ([], 0)
    assert not writes


def test_what_could_not_be_written_waits_before_all_that_came_since() -> None:
    writes = WaitingWrites()
    writes.put(ONE, 10)
    writes.put(TWO, 5)
    taken = writes.take()
    writes.put(THREE, 1)
    writes.put_back(*taken)
    assert writes.take() == ([ONE, TWO, THREE], 16)


@pytest.mark.parametrize(("bound", "most"), [("WAITING_MOST", 2), ("WAITING_BYTES", 20)])
def test_beyond_its_bounds_nothing_waits(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(waiting, bound, most)
    writes = WaitingWrites()
    assert writes.put(ONE, 10) and writes.put(TWO, 10)
    assert not writes.put(THREE, 10)
    assert not writes
    assert writes.put(ONE, 20)
    assert writes.take() == ([ONE], 20)
