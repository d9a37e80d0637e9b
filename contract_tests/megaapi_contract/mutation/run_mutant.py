"""One mutant on trial: the probes that could see it, cheapest first, until one does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from megaapi_mock.spec.plans import EVERY_PLAN

from ..judging.contract import Contract
from ..judging.results import Exchange, Result
from ..probes.probe import SINGLE_LAWS, Probe, phases_from
from ..run.options import RunOptions
from ..run.runner import RunContext, prepare_run, probes, try_probe
from .mutant import Mutant
from .mutated_mock import MutatedMock

# The seed of every trial, so that the same faults are killed by the same probes everywhere.
SEED = 4
# Cheap and telling first; `run.selection.probes` has the order of a run, which is another one.
ORDER = phases_from("laws", "examples", "webhooks", "coverage", "lifecycle")
# Of these also probes about other operations are tried when nothing nearer has noticed.
ELSEWHERE = (*SINGLE_LAWS, "lifecycle")

# In place of a probe where no request of the whole run got a 2xx.
WHOLE_RUN = "the whole run"

ExchangeListener = Callable[[Exchange], None]
MutantOutcome = Literal["killed", "survived", "idle"]


@dataclass(frozen=True, slots=True)
class MutantResult:
    """How a trial ended. `idle` says that the fault hit nothing, so that nothing was tried.

    `by` is the probe that noticed, `observation` what it noticed.
    """

    mutant: str
    outcome: MutantOutcome
    by: str = ""
    observation: str = ""
    tried: int = 0
    seconds: float = 0.0


class MutantRuns:
    """One clean mock and all probes, for any number of mutants."""

    def __init__(self, context: RunContext, mock: MutatedMock) -> None:
        self._context, self._mock = context, mock
        self._rank = {phase: rank for rank, phase in enumerate(ORDER)}
        self.probes = {probe.name: probe for probe in probes(context)}

    def clean(self, name: str) -> str:
        """What a probe says of the clean mock; empty when it has nothing to say."""
        result = self._try_probe(self.probes[name])
        self._forget()
        self._mock.take_off()
        return _finding(result)

    def of(self, mutant: Mutant, *, first: Iterable[str] = ()) -> MutantResult:
        """Try a mutant; the probes named `first` before all others, the nearest after them."""
        self._mock.put_on(mutant.make())
        try:
            return self._run_until_noticed(
                mutant, [*self._probes_named(first), *self._near(mutant)]
            )
        finally:
            self._forget()
            self._mock.take_off()

    def _forget(self) -> None:
        """Nothing of the last mutant's ways is held against the next."""
        self._context.settled_switches.clear()
        self._context.routes.clear()

    def _run_until_noticed(self, mutant: Mutant, probes: list[Probe]) -> MutantResult:
        answered_operations: set[str] = set()
        seconds = 0.0

        def note_answer(exchange: Exchange) -> None:
            if exchange.ok and exchange.operation:
                answered_operations.add(exchange.operation)

        for count, probe in enumerate(probes, 1):
            result = self._try_probe(probe, note_answer)
            seconds += result.seconds
            if _finding(result) and self._mock.hits:
                return MutantResult(
                    mutant.name, "killed", probe.name, _finding(result), count, seconds
                )
        silent = sorted(set(mutant.operations) - answered_operations)
        if silent and self._mock.hits:
            reason = f"no request of {silent[0]} got a 2xx"
            return MutantResult(mutant.name, "killed", WHOLE_RUN, reason, len(probes), seconds)
        outcome: MutantOutcome = "survived" if self._mock.hits else "idle"
        return MutantResult(mutant.name, outcome, "", "", len(probes), seconds)

    def _try_probe(
        self, probe: Probe, on_exchange: ExchangeListener = lambda exchange: None
    ) -> Result:
        result = try_probe(probe, self._context, on_exchange)
        self._context.stage.close()
        self._mock.require_sound_fault()
        return result

    def _probes_named(self, names: Iterable[str]) -> Iterator[Probe]:
        return (self.probes[name] for name in names if name in self.probes)

    def _near(self, mutant: Mutant) -> list[Probe]:
        """Those about its operations or events first, and of these the most particular ones."""
        operations, events = set(mutant.operations), set(mutant.events)
        order = []
        for probe in self.probes.values():
            is_about_event = bool(events & set(probe.events))
            near = is_about_event or bool(operations & set(probe.operations))
            if near or probe.phase in ELSEWHERE:
                breadth = len(probe.events) + len(probe.operations)
                nearest = is_about_event if events else near
                rank = self._rank[probe.phase]
                order.append((not near, not nearest, rank, breadth, probe.name))
        return [self.probes[name] for *_, name in sorted(order)]


def _finding(result: Result) -> str:
    """What a probe noticed; empty for nothing."""
    if result.bug:
        # A mistake of ours notices nothing.
        return ""
    if result.state == "unusable":
        return result.reason
    if result.breaches:
        first = result.breaches[0]
        return f"{first.operation}: {first.message}"
    return ""


@contextmanager
def on_trial(seed: int = SEED) -> Iterator[MutantRuns]:
    """A mock, a contract and all probes; put away at the end."""
    options = RunOptions(target="mock", seed=seed, gateway_plan=EVERY_PLAN)
    mock = MutatedMock(Contract(plan=EVERY_PLAN), seed=seed, profile=EVERY_PLAN)
    with prepare_run(options, mock) as context:
        yield MutantRuns(context, mock)
