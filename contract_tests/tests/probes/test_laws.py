"""The laws hold on the mock, and each has been seen to break."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator

import pytest
from megaapi_contract.errors import NotTried
from megaapi_contract.host.stage import WORLD
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.probes.laws.requests import GOOD_REQUESTS
from megaapi_contract.probes.laws.sessions import DEALS
from megaapi_contract.probes.probe import Probe
from megaapi_mock.spec.plans import EVERY_PLAN

from ..spoiling import Bench, ack, swapped
from .law_faults import FAULTS, MORE


def rule_of(probe: Probe) -> str:
    """The name of the rule that a law is one case of."""
    return probe.name.partition(": ")[0]


# A hundred sessions of a minute together, which differ in what meets what alone.
LATER_DEALS = tuple(DEALS[deal] for deal in (2, 3))
LAWS: dict[str, list[Probe]] = defaultdict(list)
DEALT_AGAIN: list[Probe] = []
for _probe in all_laws():
    if _probe.name.endswith(LATER_DEALS):
        DEALT_AGAIN.append(_probe)
    else:
        LAWS[rule_of(_probe)].append(_probe)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    before = set(threading.enumerate())
    target = MockTarget(profile=EVERY_PLAN)
    yield Bench(Contract(plan=EVERY_PLAN), target)
    target.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=60)
    assert set(threading.enumerate()) <= before


@pytest.fixture(autouse=True)
def nothing_left_behind() -> None:
    """One mock works for all tests of this module: `bench` sees that its threads end."""


def test_no_two_laws_have_one_name() -> None:
    names = [probe.name for probe in all_laws()]
    assert len(set(names)) == len(names)


def test_every_rule_has_a_way_to_break_it() -> None:
    assert set(FAULTS) == set(LAWS)


def test_every_operation_has_an_ask_that_fits_it() -> None:
    # What is about a whole host has laws of its own.
    about_instances = [one for one in Contract(plan=EVERY_PLAN).operations if not one.is_of_host]
    for operation in about_instances:
        request = GOOD_REQUESTS[operation.id]
        assert (request.effect, request.needs_phone) == (
            operation.effect,
            operation.needs_connection,
        )
        assert request.refuses_strangers == (operation.recipient is not None), operation.id
    assert len(GOOD_REQUESTS) == len(about_instances)


@pytest.mark.hosts
@pytest.mark.parametrize("rule", LAWS)
def test_the_mock_keeps_it_and_it_says_what_it_calls(rule: str, bench: Bench) -> None:
    for probe in LAWS[rule]:
        _mock_keeps(probe, bench)


def _mock_keeps(probe: Probe, bench: Bench) -> None:
    exchanges: list[Exchange] = []
    breaches = bench.tried(probe, heard=exchanges.append)
    assert [one.message for one in breaches] == [], probe.name
    operations = {str(one.operation) for one in exchanges if one.operation is not None}
    assert operations - set(probe.operations) <= {"configure_webhook"}, probe.name
    effects = {bench.contract.by_id[operation].effect for operation in operations}
    assert effects <= probe.effects, probe.name


@pytest.mark.hosts
def test_later_deals_of_a_session_hold_and_break_as_the_first(bench: Bench) -> None:
    assert len(DEALT_AGAIN) > 90
    for probe in DEALT_AGAIN:
        _mock_keeps(probe, bench)
        assert bench.tried(probe, FAULTS[rule_of(probe)]), probe.name


@pytest.mark.hosts
def test_one_listed_person_is_enough(bench: Bench) -> None:
    for probe in all_laws():
        if probe.phase == "laws":
            try:
                breaches = bench.tried(probe, recipients=(WORLD[0],))
            except NotTried as reason:
                assert "it needs two people" in str(reason)
                continue
            assert [one.message for one in breaches] == [], probe.name


@pytest.mark.hosts
@pytest.mark.parametrize("rule", LAWS)
def test_it_notices_a_host_that_breaks_it(rule: str, bench: Bench) -> None:
    for probe in LAWS[rule]:
        # On a machine that is busy a phone seems to be off, and then a law says nothing.
        assert any(bench.tried(probe, FAULTS[rule]) for _ in range(3)), probe.name


@pytest.mark.hosts
@pytest.mark.parametrize("name", MORE)
def test_a_law_of_it_looks_at_that_too(name: str, bench: Bench) -> None:
    rule, fault = MORE[name]
    assert any(bench.tried(probe, fault) for probe in LAWS[rule])


@pytest.mark.parametrize(
    "rule", ["people without whatsapp do not exist", "codes change every twenty seconds"]
)
def test_what_sources_say_is_a_failure_and_no_mere_finding(rule: str, bench: Bench) -> None:
    (probe,) = LAWS[rule]
    breaches = bench.tried(probe, FAULTS[rule])
    assert "failure" in {breach.severity() for breach in breaches}


def test_a_phone_may_take_its_time_for_each_of_two_messages(bench: Bench) -> None:
    (law,) = LAWS["what is sent to a phone in flight mode waits for it"]
    breaches = bench.tried(law, swapped(ack(3)))
    severities = {one.severity() for one in breaches if "in the order it was sent" in one.message}
    assert severities == {"finding"}
