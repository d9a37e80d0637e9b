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
from .cases import LINKING, Cases, CaseSender
from .hypothesis_settings import suite_settings, without_flaky_errors
from .probe import Probe
from .session import Session

# What changes an instance so much that the next case needs another one.
_SPENDS = frozenset({"changes", "disconnects"})


def generate_probes(
    cases: Cases, operations: Iterable[Operation], *, examples: int, quick: bool
) -> Iterator[Probe]:
    """Three probes per operation; `examples` is how many good and how many bad random requests."""
    for operation in operations:
        yield _probe("examples", operation, _run_every_case(cases.examples, operation))
        if not quick:
            yield _probe("coverage", operation, _run_every_case(cases.coverage, operation))
        yield _probe("fuzzing", operation, _run_random_cases(cases, operation, examples))


def _probe(phase: str, operation: Operation, run: Callable[[Session, Stage], None]) -> Probe:
    return Probe(
        name=f"{phase} of {operation.id}",
        phase=phase,
        operations=(operation.id,),
        run=run,
        effects=frozenset({operation.effect}),
    )


class _CaseRunner:
    """Sends cases one by one; keeps an error in `error` until Hypothesis has ended."""

    def __init__(self, session: Session, stage: Stage, operation: Operation) -> None:
        self._session, self._stage, self._operation = session, stage, operation
        self._case_sender: CaseSender | None = None
        self._turn = 0
        self.error: Exception | None = None

    def __call__(self, case: Any) -> None:
        if self.error is not None:
            return
        try:
            self._for_case().judge(case)
        except HeldBack:
            return
        except Exception as error:
            # Hypothesis would try it again and call it flaky.
            self.error = error

    def _for_case(self) -> CaseSender:
        """A casting on an instance in the state the operation needs; every seventh in the other."""
        self._turn += 1
        linked = self._operation.id not in LINKING
        connected = linked ^ (self._turn % 7 == 0)
        needs_new_instance = self._operation.effect in _SPENDS or self._turn % 7 in (0, 1)
        if self._case_sender is None or (needs_new_instance and self._stage.phone):
            try:
                instance = self._stage.instance(connected=connected)
            except NotTried:
                instance = self._stage.instance(connected=not connected)
            self._case_sender = CaseSender(self._session, instance, self._turn)
        return self._case_sender


def _run_every_case(
    source: Callable[[str], Iterator[Any]], operation: Operation
) -> Callable[[Session, Stage], None]:
    def run(session: Session, stage: Stage) -> None:
        run_case = _CaseRunner(session, stage, operation)
        # Where each message reaches somebody, one per operation tells whether it works.
        one_only = session.gate.fence is not None and operation.effect == "sends"
        for case in islice(source(operation.id), 1 if one_only else None):
            run_case(case)
        if run_case.error is not None:
            raise run_case.error

    return run


def _run_random_cases(
    cases: Cases, operation: Operation, examples: int
) -> Callable[[Session, Stage], None]:
    def run(session: Session, stage: Stage) -> None:
        run_case = _CaseRunner(session, stage, operation)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            test = given(case=cases.strategy(operation.id, mode))(lambda case: run_case(case))
            with without_flaky_errors(run_case):
                suite_settings(session.seed, examples)(test)()
            if run_case.error is not None:
                raise run_case.error

    return run
