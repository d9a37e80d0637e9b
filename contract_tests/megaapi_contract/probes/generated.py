"""Probes made from the contract itself: its examples, its boundaries, random and chained calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from hypothesis import given
from megaapi_mock.spec.operations import Operation
from schemathesis import GenerationMode

from ..errors import HeldBack, NotTried
from ..host.stage import Stage
from ..session import Session
from .cases import LINKING, Cases, Casting
from .hypothesis_settings import quiet, steady
from .probe import Probe

# What changes an instance so much that the next case needs another one.
_SPENDS = frozenset({"changes", "disconnects"})


def generated(
    cases: Cases, operations: Iterable[Operation], *, examples: int, quick: bool
) -> Iterator[Probe]:
    """Three probes per operation; `examples` is how many good and how many bad random requests."""
    for operation in operations:
        yield _probe("examples", operation, _each(cases.examples, operation))
        if not quick:
            yield _probe("coverage", operation, _each(cases.coverage, operation))
        yield _probe("fuzzing", operation, _fuzz(cases, operation, examples))


def _probe(phase: str, operation: Operation, run: Callable[[Session, Stage], None]) -> Probe:
    return Probe(
        name=f"{phase} of {operation.id}",
        phase=phase,
        operations=(operation.id,),
        run=run,
        effects=frozenset({operation.effect}),
    )


class _Cast:
    """Sends one case after the other; what ends the run is raised after Hypothesis has ended."""

    def __init__(self, session: Session, stage: Stage, operation: Operation) -> None:
        self._session, self._stage, self._operation = session, stage, operation
        self._casting: Casting | None = None
        self._turn = 0
        self.ended: Exception | None = None

    def __call__(self, case: Any) -> None:
        if self.ended is not None:
            return
        try:
            self._for_case().judge(case)
        except HeldBack:
            return
        except Exception as error:
            # Hypothesis would try it again and call it flaky.
            self.ended = error

    def _for_case(self) -> Casting:
        """An instance in the state the operation wants; every seventh finds the other one."""
        self._turn += 1
        linked = self._operation.id not in LINKING
        wanted = linked ^ (self._turn % 7 == 0)
        spent = self._operation.effect in _SPENDS or self._turn % 7 in (0, 1)
        if self._casting is None or (spent and self._stage.phone):
            try:
                place = self._stage.place(connected=wanted)
            except NotTried:
                place = self._stage.place(connected=not wanted)
            self._casting = Casting(self._session, place, self._turn)
        return self._casting


def _each(
    source: Callable[[str], Iterator[Any]], operation: Operation
) -> Callable[[Session, Stage], None]:
    def run(session: Session, stage: Stage) -> None:
        cast = _Cast(session, stage, operation)
        # Where each message reaches somebody, one per operation tells whether it works.
        sparing = session.gate.fence is not None and operation.effect == "sends"
        for case in islice(source(operation.id), 1 if sparing else None):
            cast(case)
        if cast.ended is not None:
            raise cast.ended

    return run


def _fuzz(cases: Cases, operation: Operation, examples: int) -> Callable[[Session, Stage], None]:
    def run(session: Session, stage: Stage) -> None:
        cast = _Cast(session, stage, operation)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            drawn = given(case=cases.strategy(operation.id, mode))(lambda case: cast(case))
            with steady(cast):
                quiet(session.seed, examples)(drawn)()
            if cast.ended is not None:
                raise cast.ended

    return run
