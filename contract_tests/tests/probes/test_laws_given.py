"""Laws on an instance that was given: they keep within the fence, and leave it as it was."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from megaapi_contract.errors import HeldBack, NotTried
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.http import request
from megaapi_contract.host.stage import GivenStage, MockStage
from megaapi_contract.host.target import MockTarget
from megaapi_contract.host.upload import CUT_FORM
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.probes.laws.access import unreadable_bodies
from megaapi_contract.probes.laws.calls import set_webhook
from megaapi_contract.probes.laws.requests import GOOD_REQUESTS
from megaapi_contract.probes.probe import Probe
from megaapi_contract.probes.session import Session
from megaapi_contract.safety.fence import EFFECTS, Fence
from megaapi_contract.safety.gate import Gate
from megaapi_mock.spec.plans import EVERY_PLAN

from ..spoiling import Bench, Fault, Spoilt, edited
from ..support import KEY, LISTED, OWN, TOKEN, UNLISTED

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

PROBES = {probe.name: probe for probe in all_laws()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    target = MockTarget(profile=EVERY_PLAN)
    yield Bench(Contract(plan=EVERY_PLAN), target)
    target.close()


@dataclass
class Given:
    """The mock's own first instance, behind a fence, as if it were somebody's."""

    bench: Bench

    def __post_init__(self) -> None:
        MockStage(self.bench.target).control_api("POST", "/_mock/clock", {"set": time.time()})

    def tried(self, probe: Probe, fault: Fault | None = None) -> list[str]:
        """What the probe finds broken."""
        session = self.session(fault or Fault())
        probe.run(session, GivenStage(HostInstance(KEY, TOKEN, OWN)))
        # As at the end of a run: its groups are left then.
        session.leave_groups()
        assert not session.gate.refusals, (probe.name, session.gate.refusals)
        return [breach.message for breach in session.breaches]

    def session(self, fault: Fault) -> Session:
        """Surroundings on the given instance, with a fault between."""
        contract = self.bench.contract
        fence = Fence(
            contract=contract, key=KEY, token=TOKEN, effects=frozenset(EFFECTS),
            recipients=frozenset({LISTED, UNLISTED}), own=OWN, unreadable=unreadable_bodies(),
            files={CUT_FORM, *filter(None, (ask.upload for ask in GOOD_REQUESTS.values()))},
        )  # fmt: skip
        gate = Gate(Spoilt(self.bench.target, fault.alter, fault.swallow), contract, fence=fence)
        return Session(
            contract, gate, Judge(contract, mock=True), self.bench.target.receiver,
            (LISTED, UNLISTED), 7,
        )  # fmt: skip

    @property
    def settings(self) -> Any:
        """All that a law may have changed."""
        stage = MockStage(self.bench.target)
        instance = stage.control_api("GET", f"/_mock/instances/{KEY}")
        answers = []
        for path in ("/rest/group/list/", "/rest/config/"):
            headers = (("Authorization", f"Bearer {TOKEN}"),)
            answer = self.bench.target.send(request("GET", path + KEY, headers=headers))
            answers.append(_without_order(json.loads(answer.body)))
        return instance["token"], instance["webhook"], instance["state"], answers


def _without_order(document: Any) -> Any:
    """The same with its lists of names sorted: what was accepted again stands at the end of one."""
    if isinstance(document, dict):
        return {name: _without_order(value) for name, value in document.items()}
    if isinstance(document, list):
        items = [_without_order(value) for value in document]
        return sorted(items) if all(isinstance(item, str) for item in items) else items
    return document


def test_laws_without_phone_hold_on_given_instance_and_restore_it(
    bench: Bench,
) -> None:
    given_instance = Given(bench)
    before, count = given_instance.settings, 0
    for probe in all_laws():
        if not probe.needs_people:
            count += 1
            assert given_instance.tried(probe) == [], probe.name
            assert given_instance.settings == before, probe.name
    assert count > 40


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (
            "a webhook reads back as it was set",
            edited("webhookUrl", "https://bot.example.test/other"),
        ),
        (
            "blocked events are shown until accepted",
            edited("configData.webhookEvents", ["presence", "calls"]),
        ),
        ("who is added is in until removed", edited("group.size", 99)),
    ],
)
def test_a_law_that_breaks_puts_back_what_it_changed_too(
    rule: str, fault: Fault, bench: Bench
) -> None:
    given_instance = Given(bench)
    before = given_instance.settings
    assert given_instance.tried(PROBES[rule], fault)
    assert given_instance.settings == before


@pytest.mark.parametrize(
    ("path", "events"),
    [("blockEvents", ["presence", "somethingNew"]), ("configAcceptStatus", ["read"])],
)
def test_what_could_not_be_taken_back_stays(path: str, events: list[str], bench: Bench) -> None:
    given_instance = Given(bench)
    before = given_instance.settings
    session = given_instance.session(Fault())
    body = {"messageData": {"events": events}}
    headers = (("Authorization", f"Bearer {TOKEN}"),)
    with pytest.raises(HeldBack):
        session.exchange(request("POST", f"/rest/config/{KEY}/{path}", body=body, headers=headers))
    assert (given_instance.settings, session.undo) == (before, [])


def test_a_webhook_that_cannot_be_read_is_not_set(bench: Bench) -> None:
    given_instance = Given(bench)
    before = given_instance.settings
    session = given_instance.session(edited("webhookData.webhookEnabled", None))
    with pytest.raises(HeldBack):
        set_webhook(session, HostInstance(KEY, TOKEN), "https://bot.example.test/new")
    assert (given_instance.settings, session.undo) == (before, [])


def test_an_interrupted_step_is_put_back_the_next_time(bench: Bench) -> None:
    session = Given(bench).session(Fault())
    turns: list[str] = []

    def interrupted() -> None:
        turns.append("turn")
        if len(turns) == 1:
            raise KeyboardInterrupt

    session.undo.append(interrupted)
    with pytest.raises(KeyboardInterrupt):
        session.put_back()
    session.put_back()
    assert (turns, session.undo) == (["turn", "turn"], [])


def test_putting_back_goes_on_when_one_step_fails(bench: Bench) -> None:
    session = Session(
        bench.contract, Gate(bench.target, bench.contract), Judge(bench.contract, mock=True),
        bench.target.receiver, (), 7,
    )  # fmt: skip
    turns: list[str] = []

    def fails() -> None:
        turns.append("second")
        raise NotTried("no")

    session.undo += [lambda: turns.append("first"), fails, lambda: turns.append("third")]
    with pytest.raises(NotTried):
        session.put_back()
    assert turns == ["third", "second", "first"]
