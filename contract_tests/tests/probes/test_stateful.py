"""Chains along the contract's links: clean on the mock, and they notice what does not go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.cases import Cases
from megaapi_contract.probes.probe import Probe
from megaapi_contract.probes.stateful import stateful

from ..spoiling import Bench, Fault, turned

GROUPS = ("create_group", "group_details", "add_participants", "leave_group", "list_groups")
MESSAGES = ("send_text", "quote_message", "delete_message", "delete_message_from_me")


@pytest.fixture
def bench() -> Iterator[Bench]:
    target = MockTarget()
    yield Bench(Contract(), target)
    target.close()


def chains(bench: Bench, *names: str, count: int = 5) -> list[Probe]:
    operations = [bench.contract.by_id[name] for name in names]
    return list(stateful(bench.contract, Cases(bench.contract), operations, chains=count))


@pytest.mark.parametrize("names", [GROUPS, MESSAGES], ids=["groups", "messages"])
def test_chains_reach_what_links_lead_to(names: tuple[str, ...], bench: Bench) -> None:
    (probe,) = chains(bench, *names)
    answers: Counter[str] = Counter()

    def record(exchange: Exchange) -> None:
        if exchange.ok:
            answers[str(exchange.operation)] += 1

    assert [breach.message for breach in bench.tried(probe, heard=record)] == []
    operations = [bench.contract.by_id[name] for name in names]
    linked = {target for one in operations for target in bench.contract.links(one)}
    assert set(answers) >= linked & set(names)


def test_an_answer_that_leads_nowhere_is_noticed(bench: Bench) -> None:
    (probe,) = chains(bench, *MESSAGES)
    only_quotes = turned(200, 500).alter

    fault = Fault(
        alter=lambda request, answer: (
            only_quotes(request, answer) if "quoteMessage" in request.path else answer
        )
    )
    messages = {breach.message for breach in bench.tried(probe, fault)}
    assert "what an answer names can be used in the next call" in messages


def test_effects_are_those_of_the_operations(bench: Bench) -> None:
    (probe,) = chains(bench, "configure_webhook", "webhook_settings")
    assert probe.effects == {"changes", "reads"}


def test_without_a_link_there_is_nothing_to_walk_along(bench: Bench) -> None:
    assert chains(bench, "send_text", "config_details") == []
