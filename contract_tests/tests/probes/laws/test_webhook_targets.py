"""The tables of the laws about where webhooks go."""

from __future__ import annotations

from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes.laws.webhook_targets import CATEGORIES


def test_every_category_of_the_contract_is_blocked_once() -> None:
    events = Contract(plan="all").events
    assert {*CATEGORIES} == {event.category for event in events.values()}
    assert all(events[event].category == category for category, event in CATEGORIES.items())
