"""Records of several processes: each finds those of all, in one order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.records.outcome import Outcome
from megaapi_mock.store.sql import shared_records
from megaapi_mock.store.sql.shared_store import SharedStore

from ..test_port import call, delivery
from .conftest import OpenShared

pytestmark = pytest.mark.postgres


def test_each_finds_the_records_of_both(
    open_shared: OpenShared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_records, "CHUNK", 2)
    one, other = open_shared(), open_shared()
    numbers = [record_call(store) for store in (one, other, other, one, other)]
    assert numbers == ["x1.a", "x2.a", "x3.a", "x4.a", "x5.a"]
    record_call(one, "b")
    for store in (one, other):
        exchanges, deliveries = store.records.exchanges, store.records.deliveries
        assert [each.id for each in exchanges.after(None)] == [*numbers, "x1.b"]
        assert [each.id for each in exchanges.after("x2.a", "a")] == numbers[2:]
        assert [each.id for each in exchanges.before(None)] == ["x1.b", *reversed(numbers)]
        assert [each.id for each in exchanges.before("x3.a", "a")] == ["x2.a", "x1.a"]
        assert [each.id for each in deliveries.after(None, "b")] == ["d1.b"]
        assert deliveries.number("d1.b") < exchanges.number("x1.b")
        assert (exchanges.get("x9.a"), exchanges.number("x9.a")) == (None, 0)


def record_call(store: SharedStore, key: str = "a") -> str:
    """One call that owes a webhook; its id."""
    outcome = Outcome(key)
    with store.change(key, None, outcome):
        outcome.exchange = replace(call(1, key), id=store._journal.next_id("x", key))
        number = store._journal.next_id("d", key)
        outcome.deliveries = [replace(delivery(1, key), id=number)]
    return outcome.exchange.id
