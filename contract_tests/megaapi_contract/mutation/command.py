"""A measurement as the command shows it: a bar while it goes on, tables at the end."""

from __future__ import annotations

from megaapi_mock.spec.plans import EVERY_PLAN
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..judging.contract import Contract
from ..run.console import OutputConsole, draws_progress
from .measure import docs, mutate, require_writable, store
from .mutant import Mutant
from .score import BAR, Score, countable
from .table import by_controller, by_operation


def run(sample: int | None, only: tuple[str, ...], workers: int, *, given: bool = False) -> int:
    """The exit code: 0 when enough is noticed, else 1. A whole measurement is written to docs/.

    That of a given host is only shown, whatever its score.
    """
    folder = docs() if sample is None and not only and not given else None
    if folder is not None:
        require_writable(folder)
    score, mutants = _measure_with_progress(sample, only, workers, given=given)
    _show_score(score, mutants)
    if given:
        return 0
    if folder is not None:
        store(score, mutants, folder)
    return 0 if score.share(mutants) >= BAR else 1


def _measure_with_progress(
    sample: int | None, only: tuple[str, ...], workers: int, *, given: bool
) -> tuple[Score, list[Mutant]]:  # fmt: skip
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(),
        console=console, transient=True, disable=not draws_progress(),
    ) as progress:  # fmt: skip
        task = progress.add_task("getting ready", total=None)

        def show_progress(stage: str, completed: int, of: int) -> None:
            progress.update(task, description=stage, completed=completed, total=of)

        return mutate(
            only=only, sample=sample, workers=workers, given=given, on_progress=show_progress
        )


def _show_score(score: Score, mutants: list[Mutant]) -> None:
    console, contract = OutputConsole(), Contract(plan=EVERY_PLAN)
    for title, rows in (
        ("operation", by_operation(score, mutants, contract)),
        ("controller", by_controller(score, mutants, contract)),
    ):
        table = Table(title, "faults", "noticed", "not noticed")
        for row in rows:
            if row.faults:
                table.add_row(row.of, str(row.faults), str(row.killed), str(row.survived or ""))
        console.print(table)
    real = countable(mutants)
    for mutant in real:
        outcome = score.outcomes[mutant.name][0]
        if outcome != "killed":
            console.print(f"{outcome}: {mutant.name}: {mutant.sentence}", markup=False)
    console.print(f"{score.killed(real)} of {len(real)} faults noticed, seed {score.seed}")
