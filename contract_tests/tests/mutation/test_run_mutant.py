"""One mutant on trial: the nearest probes first, until one notices."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_contract.judging.results import Result
from megaapi_contract.mutation import run_mutant
from megaapi_contract.mutation.mutant import Fault, Mutant
from megaapi_contract.mutation.run_mutant import WHOLE_RUN, MutantRuns
from megaapi_contract.probes.probe import Probe

from ..made_up import exchange, failure


def probe(name: str, *operations: str, phase: str = "laws", events: tuple[str, ...] = ()) -> Probe:
    return Probe(name, phase, operations, lambda session, stage: None, events=events)


MUTANT = Mutant("m", "lost", "It is lost.", Fault, ("send_text",))


class Trial:
    """Probes that end as they are told, on a mock that counts hits as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *probes: Probe) -> None:
        self.hits, self.log = 1, list[str]()
        self.results: dict[str, Result] = {}
        self.answers: dict[str, Any] = {}
        mock = SimpleNamespace(
            hits=self.hits, put_on=lambda fault: self.log.append("on"),
            take_off=lambda: self.log.append("off"), require_sound_fault=lambda: None,
        )  # fmt: skip
        clear = lambda: self.log.append("clear")  # noqa: E731
        context: Any = SimpleNamespace(
            settled_switches=SimpleNamespace(clear=clear), routes=SimpleNamespace(clear=clear),
            stage=SimpleNamespace(close=lambda: None),
        )  # fmt: skip
        self.mock = mock
        monkeypatch.setattr(run_mutant, "probes", lambda _: probes)
        monkeypatch.setattr(run_mutant, "try_probe", self._try)
        self.runs = MutantRuns(context, mock)  # type: ignore[arg-type]

    def _try(self, tried: Probe, _: Any, hear: Callable[[Any], None]) -> Result:
        self.log.append(tried.name)
        for answer in self.answers.get(tried.name, ()):
            hear(answer)
        return self.results.get(tried.name, Result(tried.name, tried.phase, tried.operations))

    def tried(self) -> list[str]:
        return [name for name in self.log if name not in ("on", "off", "clear")]


def test_the_nearest_and_cheapest_probes_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(
        monkeypatch,
        probe("fuzzing", "send_text", phase="fuzzing"),
        probe("elsewhere", "logout"),
        probe("broad", "send_text", "logout"),
        probe("narrow", "send_text"),
        probe("never", "logout", phase="examples"),
        probe("example", "send_text", phase="examples"),
    )
    trial.runs.of(MUTANT, first=["elsewhere", "unknown"])
    assert trial.tried() == [
        "elsewhere", "narrow", "broad", "example", "fuzzing", "elsewhere",
    ]  # fmt: skip


def test_of_a_webhooks_fault_those_about_the_event_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial = Trial(
        monkeypatch, probe("operation", "send_text"),
        probe("event", "logout", phase="webhooks", events=("ack-read",)),
    )  # fmt: skip
    mutant = Mutant("m", "lost", "It is lost.", Fault, ("send_text",), ("ack-read",))
    trial.runs.of(mutant)
    assert trial.tried() == ["event", "operation"]


def noticed(**fields: Any) -> Result:
    return Result("two", "laws", ("send_text",), "failed", 0.5, breaches=(failure(),), **fields)


def test_a_trial_ends_with_the_probe_that_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = Trial(monkeypatch, *(probe(name, "send_text") for name in ("one", "three", "two")))
    trial.results["three"] = noticed()
    result = trial.runs.of(MUTANT)
    assert (result.outcome, result.by, result.tried) == ("killed", "three", 2)
    assert result.observation == "send_text: 201 is not promised" and result.seconds == 0.5
    # The next mutant meets a clean mock, and nothing of this one's ways.
    assert trial.log[-3:] == ["clear", "clear", "off"]


def test_host_that_cannot_be_judged_is_told_from_a_bug_of_the_suite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial = Trial(monkeypatch, probe("one", "send_text"), probe("two", "send_text"))
    trial.results["one"] = noticed(bug=True)
    trial.results["two"] = Result("two", "laws", (), "unusable", reason="cut")
    trial.answers["one"] = [exchange(status=200)]
    result = trial.runs.of(MUTANT)
    assert (result.outcome, result.by, result.observation) == ("killed", "two", "cut")


@pytest.mark.parametrize(
    ("hits", "status", "outcome", "by"),
    [
        (1, 200, "survived", ""),
        (1, 500, "killed", WHOLE_RUN),
        (0, 200, "idle", ""),
        (0, 500, "idle", ""),
    ],
)
def test_a_fault_that_nobody_notices_survives_or_never_hit(
    monkeypatch: pytest.MonkeyPatch, hits: int, status: int, outcome: str, by: str
) -> None:
    trial = Trial(monkeypatch, probe("one", "send_text"))
    trial.mock.hits = hits
    trial.answers["one"] = [exchange(status=status)]
    result = trial.runs.of(MUTANT)
    assert (result.outcome, result.by, result.tried) == (outcome, by, 1)


def test_what_a_probe_says_without_a_hit_is_not_of_the_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trial = Trial(monkeypatch, probe("one", "send_text"))
    trial.results["one"], trial.mock.hits = noticed(), 0
    assert trial.runs.of(MUTANT).outcome == "idle"
    assert trial.runs.clean("one") == "send_text: 201 is not promised"
