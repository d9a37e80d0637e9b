"""Probes made of the contract: which there are, and the instance that each case is sent to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import strategies as st
from megaapi_contract.errors import HeldBack, NotTried
from megaapi_contract.host.stage import Stage
from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes import generated
from megaapi_contract.probes.cases import Cases
from megaapi_contract.probes.generated import generate_probes
from megaapi_contract.probes.probe import PHASES, Probe
from megaapi_contract.probes.session import Session
from schemathesis import GenerationMode

CASES = list(range(15))


class PlainCases:
    """In place of Schemathesis: numbers are cases."""

    def __init__(self) -> None:
        self.modes: list[GenerationMode] = []

    def examples(self, operation_id: str) -> Any:
        return iter(CASES)

    def coverage(self, operation_id: str) -> Any:
        return iter(CASES)

    def strategy(self, operation_id: str, mode: GenerationMode) -> Any:
        self.modes.append(mode)
        return st.sampled_from(range(10))


class PlainStage:
    """Gives instances that say whether they are linked, and counts them."""

    def __init__(self, *, phone: bool = True, states: tuple[bool, ...] = (True, False)) -> None:
        self.phone, self.states = phone, states
        self.given: list[bool] = []

    def instance(self, *, connected: bool) -> bool:
        if connected not in self.states:
            raise NotTried("not in this state")
        self.given.append(connected)
        return connected


class Sent:
    """In place of a sender of cases: what was sent, and to which instance."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cases: list[tuple[Any, bool]] = []
        self.errors: dict[Any, Exception] = {}
        monkeypatch.setattr(generated, "CaseSender", self._sender)

    def _sender(self, session: Any, instance: bool, turn: int) -> Any:
        def judge(case: Any) -> None:
            self.cases.append((case, instance))
            if case in self.errors:
                raise self.errors[case]

        return SimpleNamespace(judge=judge)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    return Sent(monkeypatch)


def probe(contract: Contract, phase: str, operation: str, **more: Any) -> Probe:
    probes = generate_probes(
        cast(Cases, more.pop("cases", PlainCases())), [contract.by_id[operation]],
        examples=5, quick=False,
    )  # fmt: skip
    return next(each for each in probes if each.phase == phase)


def run(one: Probe, stage: PlainStage, *, fenced: bool = False) -> None:
    session = SimpleNamespace(gate=SimpleNamespace(fence=object() if fenced else None), seed=3)
    one.run(cast(Session, session), cast(Stage, stage))


@pytest.mark.parametrize(
    ("quick", "phases"),
    [(False, ["examples", "coverage", "fuzzing"]), (True, ["examples", "fuzzing"])],
)
def test_each_operation_has_a_probe_of_each_phase(
    contract: Contract, quick: bool, phases: list[str]
) -> None:
    operations = [contract.by_id["send_text"], contract.by_id["instance_status"]]
    probes = [
        *generate_probes(cast(Cases, PlainCases()), operations, examples=1, quick=quick)
    ]  # fmt: skip
    assert [one.phase for one in probes] == phases * 2
    assert set(phases) <= set(PHASES)
    assert probes[0].name == "examples of send_text"
    assert [one.effects for one in (probes[0], probes[-1])] == [{"sends"}, {"reads"}]


@pytest.mark.parametrize("phase", ["examples", "coverage"])
def test_every_case_is_sent_and_every_seventh_to_the_other_state(
    contract: Contract, sent: Sent, phase: str
) -> None:
    stage = PlainStage()
    run(probe(contract, phase, "instance_status"), stage)
    assert [case for case, _ in sent.cases] == CASES
    other = [turn for turn, (_, linked) in enumerate(sent.cases, 1) if not linked]
    assert other == [7, 14]
    # The one after it is a new linked instance again; those between share one.
    assert stage.given == [True, False, True, False, True]


def test_what_changes_an_instance_gets_a_new_one_for_each_case(
    contract: Contract, sent: Sent
) -> None:
    stage = PlainStage()
    run(probe(contract, "examples", "logout"), stage)
    assert len(stage.given) == len(CASES)


def test_a_pairing_code_is_asked_of_an_instance_that_is_not_linked(
    contract: Contract, sent: Sent
) -> None:
    run(probe(contract, "examples", "pairing_code"), PlainStage())
    assert [linked for _, linked in sent.cases[:7]] == [False] * 6 + [True]


def test_a_given_instance_is_taken_in_the_state_it_is_in(contract: Contract, sent: Sent) -> None:
    stage = PlainStage(phone=False, states=(False,))
    run(probe(contract, "examples", "logout"), stage)
    assert stage.given == [False] and len(sent.cases) == len(CASES)


@pytest.mark.parametrize(
    ("operation", "fenced", "count"),
    [("send_text", True, 1), ("send_text", False, 15), ("instance_status", True, 15)],
)
def test_where_messages_reach_somebody_one_tells(
    contract: Contract, sent: Sent, operation: str, fenced: bool, count: int
) -> None:
    run(probe(contract, "examples", operation), PlainStage(), fenced=fenced)
    assert len(sent.cases) == count


def test_what_the_gate_holds_back_is_left_out(contract: Contract, sent: Sent) -> None:
    sent.errors[3] = HeldBack("not listed")
    run(probe(contract, "examples", "instance_status"), PlainStage())
    assert len(sent.cases) == len(CASES)


def test_an_error_ends_the_probe_at_its_case(contract: Contract, sent: Sent) -> None:
    sent.errors[3] = NotTried("no phone")
    with pytest.raises(NotTried, match="no phone"):
        run(probe(contract, "coverage", "instance_status"), PlainStage())
    assert [case for case, _ in sent.cases] == [0, 1, 2, 3]


def test_random_cases_are_good_ones_and_bad_ones(contract: Contract, sent: Sent) -> None:
    cases = PlainCases()
    run(probe(contract, "fuzzing", "instance_status", cases=cases), PlainStage())
    assert cases.modes == [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    assert len(sent.cases) == 10


def test_the_seed_decides_the_random_cases(contract: Contract, sent: Sent) -> None:
    for _ in range(2):
        run(probe(contract, "fuzzing", "instance_status"), PlainStage())
    assert sent.cases[:10] == sent.cases[10:]


def test_an_error_among_random_cases_is_raised_as_it_is(contract: Contract, sent: Sent) -> None:
    sent.errors |= {number: NotTried(f"at {number}") for number in range(10)}
    with pytest.raises(NotTried, match="at"):
        run(probe(contract, "fuzzing", "instance_status"), PlainStage())
    assert len(sent.cases) == 1
