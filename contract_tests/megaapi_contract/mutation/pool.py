"""Trials side by side, each worker process with one mock of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import SpawnProcess
from queue import Empty
from typing import Any

from ..errors import SetupError
from .catalogue import all_mutants
from .given_host import on_given_trial
from .run_mutant import MutantResult, on_trial

LOOK_EVERY = 1.0
CLEAN, MUTANT, BROKEN = "clean", "mutant", "broken"
OnDone = Callable[[str], None]


class Pool:
    """Workers waiting for probes and mutants by name."""

    def __init__(self, jobs: Any, results: Any, workers: list[SpawnProcess]) -> None:
        self._jobs, self._result_queue, self._workers = jobs, results, workers

    def clean(self, probes: Iterable[str], on_done: OnDone) -> dict[str, str]:
        """What each probe says of the clean mock: nothing, if all is well."""
        return dict(self._results(CLEAN, list(probes), on_done))

    def results(self, mutants: Iterable[str], on_done: OnDone) -> list[MutantResult]:
        """The result of each of these mutants, in the order in which they end."""
        return [result for _, result in self._results(MUTANT, list(mutants), on_done)]

    def _results(self, kind: str, names: list[str], on_done: OnDone) -> Iterator[tuple[str, Any]]:
        for name in names:
            self._jobs.put((kind, name))
        for _ in names:
            message_kind, name, result = self._next()
            if message_kind == BROKEN:
                raise SetupError(f"the suite itself broke on {name}: {result}")
            on_done(name)
            yield name, result

    def _next(self) -> tuple[str, str, Any]:
        while True:
            try:
                result: tuple[str, str, Any] = self._result_queue.get(timeout=LOOK_EVERY)
                return result
            except Empty:
                if not all(worker.is_alive() for worker in self._workers):
                    return self._last_words()

    def _last_words(self) -> tuple[str, str, Any]:
        """What a worker that is gone has said before it went, after nobody had heard it yet."""
        try:
            result: tuple[str, str, Any] = self._result_queue.get(timeout=LOOK_EVERY)
        except Empty:
            raise SetupError("a worker process ended before its work did") from None
        return result


@contextmanager
def pool(workers: int, seed: int, tried: Sequence[str] | None = None) -> Iterator[Pool]:
    """So many processes, ended at the end whatever happens.

    With `tried` the mock is a given host, on which a run tries these probes.
    """
    context = multiprocessing.get_context("spawn")
    jobs, results = context.Queue(), context.Queue()
    processes = [
        context.Process(target=_work, args=(jobs, results, seed, tried)) for _ in range(workers)
    ]
    for worker in processes:
        worker.start()
    try:
        yield Pool(jobs, results, processes)
        for _ in processes:
            jobs.put(None)
        for worker in processes:
            worker.join()
    finally:
        for worker in processes:
            worker.terminate()


def _work(jobs: Any, results: Any, seed: int, tried: Sequence[str] | None) -> None:
    mutants = {mutant.name: mutant for mutant in all_mutants()}
    name = "its start"
    try:
        with on_trial(seed) if tried is None else on_given_trial(tried, seed) as trials:
            for kind, name in iter(jobs.get, None):
                if kind == CLEAN:
                    results.put((kind, name, trials.clean(name)))
                else:
                    results.put((kind, name, trials.of(mutants[name])))
    except Exception as error:
        results.put((BROKEN, name, f"{type(error).__name__}: {error}"))
