"""The whole measurement: the clean mock first, then every mutant; the tables it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from megaapi_mock.errors.names import did_you_mean
from megaapi_mock.resources import root
from megaapi_mock.spec.plans import EVERY_PLAN

from ..errors import SetupError
from ..judging.contract import Contract
from .catalogue import all_mutants
from .given_host import tried_probes
from .mutant import Mutant
from .pool import Pool, pool
from .run_mutant import SEED, WHOLE_RUN, on_trial
from .score import Score, score_of
from .sources import sources_hash
from .table import page

TABLE, PAGE = "mutation.json", "mutation.md"
# What is being done, how much of it is done, and of how much.
OnProgress = Callable[[str, int, int], None]


def mutate(
    *,
    only: Sequence[str] = (),
    sample: int | None = None,
    workers: int = 2,
    seed: int = SEED,
    given: bool = False,
    on_progress: OnProgress = lambda stage, done, of: None,
) -> tuple[Score, list[Mutant]]:
    """Measure the mutants asked for; all of them unless told otherwise.

    `given` puts them on a host without a control API instead.
    SetupError when the clean mock already breaks a promise, or the suite itself breaks.
    """
    mutants, whole = chosen_mutants(only, sample), not only and sample is None
    sources = sources_hash()
    tried = tried_probes(seed) if given else None
    with pool(workers, seed, tried) as workers_pool:
        if whole and not given:
            with on_trial(seed) as trials:
                _hold_clean(workers_pool, trials.probes, on_progress)
        names = [mutant.name for mutant in mutants]
        results = workers_pool.results(names, _counter("faults", len(names), on_progress))
        if not whole and not given:
            _hold_clean(workers_pool, {one.by for one in results if one.by}, on_progress)
    if sources_hash() != sources:
        raise SetupError("the sources changed during the measurement: measure again")
    return score_of(results, seed=seed, sources=sources), mutants


def _hold_clean(workers_pool: Pool, probes: Iterable[str], on_progress: OnProgress) -> None:
    """SetupError unless these probes have nothing to say of the clean mock."""
    names = sorted(set(probes) - {WHOLE_RUN})
    failures = workers_pool.clean(names, _counter("clean mock", len(names), on_progress))
    wrong = {probe: words for probe, words in failures.items() if words}
    if wrong:
        probe = min(wrong)
        raise SetupError(f"the clean mock is not clean: {probe}: {wrong[probe]}")


def _require_known(only: Sequence[str], names: Sequence[str]) -> None:
    """SetupError for a text that no fault has in its name."""
    for text in only:
        if not any(text in name for name in names):
            guess = did_you_mean(text, {name.partition(":")[0] for name in names})
            raise SetupError(f"no fault is called {text}: {guess}docs/{PAGE} lists the operations")


def chosen_mutants(only: Sequence[str], sample: int | None) -> list[Mutant]:
    """Those with this name, or with this text in it; or so many from all over the list."""
    mutants = list(all_mutants())
    if only:
        _require_known(only, [mutant.name for mutant in mutants])
        whole = {text for text in only if text in {mutant.name for mutant in mutants}}
        mutants = [
            mutant
            for mutant in mutants
            if mutant.name in whole or any(text in mutant.name for text in {*only} - whole)
        ]
    if sample is not None and sample < len(mutants):
        mutants = [mutants[index * len(mutants) // sample] for index in range(sample)]
    return mutants


def store(score: Score, mutants: Sequence[Mutant], folder: Path) -> None:
    """Write the table for programs and the page for people; SetupError where that fails."""
    texts = {TABLE: score.dump(), PAGE: page(score, mutants, Contract(plan=EVERY_PLAN))}
    for name, text in texts.items():
        try:
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise SetupError(_problem(folder / name, error)) from None


def require_writable(folder: Path) -> None:
    """SetupError, before the measurement, unless its tables can be written there."""
    for name in (TABLE, PAGE):
        try:
            (folder / name).open("ab").close()
        except OSError as error:
            raise SetupError(_problem(folder / name, error)) from None


def _problem(file: Path, error: OSError) -> str:
    return f"{file} cannot be written: {error.strerror or error}"


def docs() -> Path | None:
    """The checkout's docs folder; None where the suite is installed without one."""
    folder = root("spec").parent / "docs"
    return folder if folder.is_dir() else None


def _counter(stage: str, of: int, on_progress: OnProgress) -> Callable[[str], None]:
    numbers = iter(range(1, of + 1))
    on_progress(stage, 0, of)
    return lambda name: on_progress(stage, next(numbers), of)
