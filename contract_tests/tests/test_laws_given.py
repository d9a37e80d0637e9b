"""Laws on an instance that was given: they keep within the fence, and leave it as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from megaapi_contract.contract import Contract
from megaapi_contract.errors import NotTried
from megaapi_contract.fence import EFFECTS, Fence
from megaapi_contract.gate import Gate
from megaapi_contract.judge import Judge
from megaapi_contract.laws import all_laws
from megaapi_contract.probe import Probe
from megaapi_contract.session import Place, Session
from megaapi_contract.stage import GivenStage, MockStage
from megaapi_contract.target import MockTarget
from megaapi_contract.wire import request

from .spoiling import Bench, Fault, Spoilt, edited
from .support import KEY, LISTED, OWN, TOKEN, UNLISTED

PROBES = {probe.name: probe for probe in all_laws()}


@pytest.fixture
def bench() -> Iterator[Bench]:
    target = MockTarget()
    yield Bench(Contract(), target)
    target.close()


@dataclass
class Given:
    """The mock's own first instance, behind a fence, as if it were somebody's."""

    bench: Bench

    def __post_init__(self) -> None:
        MockStage(self.bench.target).door("POST", "/_mock/clock", {"set": time.time()})

    def tried(self, probe: Probe, fault: Fault | None = None) -> list[str]:
        """What the probe finds broken."""
        fault, contract = fault or Fault(), self.bench.contract
        fence = Fence(
            contract=contract, key=KEY, token=TOKEN, allowed=frozenset(EFFECTS),
            recipients=frozenset({LISTED, UNLISTED}), own=OWN,
        )  # fmt: skip
        gate = Gate(Spoilt(self.bench.target, fault.alter, fault.swallow), contract, fence=fence)
        session = Session(
            contract, gate, Judge(contract, mock=True), self.bench.target.receiver,
            (LISTED, UNLISTED), 7, probe=probe.name,
        )  # fmt: skip
        probe.run(session, GivenStage(Place(KEY, TOKEN, OWN)))
        assert not gate.held, (probe.name, gate.held)
        return [broken.message for broken in session.broken]

    @property
    def settings(self) -> Any:
        """All that a law may have changed."""
        stage = MockStage(self.bench.target)
        shown = stage.door("GET", f"/_mock/instances/{KEY}")
        answers = []
        for path in ("/rest/group/list/", "/rest/config/"):
            headers = (("Authorization", f"Bearer {TOKEN}"),)
            answers.append(self.bench.target.send(request("GET", path + KEY, headers=headers)).body)
        return shown["token"], shown["webhook"], shown["state"], answers


def test_laws_that_need_no_phone_hold_on_a_given_instance_and_leave_it_as_it_was(
    bench: Bench,
) -> None:
    given = Given(bench)
    before, tried = given.settings, 0
    for probe in all_laws():
        if not probe.phone:
            tried += 1
            assert given.tried(probe) == [], probe.name
            assert given.settings == before, probe.name
    assert tried > 40


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("a webhook reads back as it was set", edited("webhookData.webhookEnabled", None)),
        ("blocked events are shown until accepted", edited("configData.webhookEvents", [])),
        ("who is added is in until removed", edited("group.size", 99)),
    ],
)
def test_a_law_that_breaks_puts_back_what_it_changed_too(
    rule: str, fault: Fault, bench: Bench
) -> None:
    given = Given(bench)
    before = given.settings
    assert given.tried(PROBES[rule], fault)
    assert given.settings == before


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
