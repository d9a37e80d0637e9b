"""Work handed to workers by name, and what becomes of a worker that breaks or is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.mutation import pool as pool_module
from megaapi_contract.mutation.pool import BROKEN, CLEAN, MUTANT, Pool, pool
from megaapi_contract.mutation.run_mutant import MutantResult


class Worker:
    """In place of a process: does its work when it is joined, or is gone from the start."""

    def __init__(self, target: Any = None, args: Any = (), alive: bool = True) -> None:
        self.target, self.args, self.alive, self.steps = target, args, alive, list[str]()

    def start(self) -> None:
        self.steps.append("started")

    def is_alive(self) -> bool:
        return self.alive

    def join(self) -> None:
        self.steps.append("joined")

    def terminate(self) -> None:
        self.steps.append("ended")


class Trials:
    """In place of a mock with its probes."""

    def clean(self, name: str) -> str:
        return f"{name} is clean"

    def of(self, mutant: Any) -> MutantResult:
        if mutant.name == "two":
            raise ValueError("no such thing")
        return MutantResult(mutant.name, "killed", "a probe")


@contextmanager
def trials(*given: Any) -> Iterator[Trials]:
    GIVEN.append(given)
    yield Trials()


GIVEN: list[tuple[Any, ...]] = []


@pytest.fixture(autouse=True)
def plain_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    GIVEN.clear()
    mutants = [SimpleNamespace(name="one"), SimpleNamespace(name="two")]
    monkeypatch.setattr(pool_module, "all_mutants", lambda: mutants)
    monkeypatch.setattr(pool_module, "on_trial", trials)
    monkeypatch.setattr(pool_module, "on_given_trial", trials)
    monkeypatch.setattr(pool_module, "LOOK_EVERY", 0.001)


def done(*results: Any, alive: bool = True) -> tuple[Pool, Queue[Any]]:
    """A pool whose workers have these results ready, and the queue of its jobs."""
    jobs, results_queue = Queue[Any](), Queue[Any]()
    for result in results:
        results_queue.put(result)
    return Pool(jobs, results_queue, [Worker(alive=alive)]), jobs  # type: ignore[list-item]


def test_results_come_in_the_order_in_which_they_end() -> None:
    two, one = MutantResult("two", "idle"), MutantResult("one", "killed", "p")
    workers, jobs = done((MUTANT, "two", two), (MUTANT, "one", one))
    names: list[str] = []
    assert workers.results(["one", "two"], names.append) == [two, one]
    assert names == ["two", "one"]
    assert [jobs.get(), jobs.get()] == [(MUTANT, "one"), (MUTANT, "two")]


def test_what_probes_say_of_the_clean_mock_stands_by_their_names() -> None:
    workers, jobs = done((CLEAN, "b", ""), (CLEAN, "a", "wrong"))
    assert workers.clean(["a", "b"], lambda name: None) == {"a": "wrong", "b": ""}
    assert jobs.get() == (CLEAN, "a")


def test_a_suite_that_broke_is_told_with_the_name_of_its_work() -> None:
    workers, _ = done((BROKEN, "two", "ValueError: x"))
    with pytest.raises(SetupError, match="the suite itself broke on two: ValueError: x"):
        workers.results(["two"], lambda name: None)


def test_a_worker_that_is_gone_ends_the_wait() -> None:
    workers, _ = done(alive=False)
    with pytest.raises(SetupError, match="ended before its work did"):
        workers.clean(["a"], lambda name: None)


def test_what_a_worker_said_just_before_it_was_gone_is_heard() -> None:
    class Late(Queue[Any]):
        """A queue whose first look comes just before the worker says its last."""

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            if not self.qsize():
                self.put((BROKEN, "two", "ValueError: x"))
                raise Empty
            return super().get(block, timeout)

    workers = Pool(Queue(), Late(), [Worker(alive=False)])  # type: ignore[list-item]
    with pytest.raises(SetupError, match="the suite itself broke on two: ValueError: x"):
        workers.results(["two"], lambda name: None)


def worked(*jobs: Any, tried: Any = None) -> list[Any]:
    """What a worker leaves that is given these jobs."""
    waiting, results = Queue[Any](), Queue[Any]()
    for job in (*jobs, None):
        waiting.put(job)
    pool_module._work(waiting, results, 7, tried)
    return [results.get() for _ in range(results.qsize())]


def test_a_worker_does_its_jobs_until_there_is_none() -> None:
    assert worked((CLEAN, "a probe"), (MUTANT, "one")) == [
        (CLEAN, "a probe", "a probe is clean"),
        (MUTANT, "one", MutantResult("one", "killed", "a probe")),
    ]
    assert GIVEN == [(7,)]


def test_a_worker_with_probes_to_try_has_a_given_host() -> None:
    worked(tried=["a probe"])
    assert GIVEN == [(["a probe"], 7)]


def test_a_worker_that_breaks_says_at_what_and_stops() -> None:
    assert worked((MUTANT, "two"), (MUTANT, "one")) == [
        (BROKEN, "two", "ValueError: no such thing")
    ]


def test_a_worker_that_cannot_begin_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(seed: int) -> Any:
        raise OSError("no port")

    monkeypatch.setattr(pool_module, "on_trial", refuse)
    assert worked() == [(BROKEN, "its start", "OSError: no port")]


class Context:
    """In place of multiprocessing's: processes that only note what is done to them."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []
        self.queues: list[Queue[Any]] = []

    def Queue(self) -> Queue[Any]:
        self.queues.append(Queue())
        return self.queues[-1]

    def Process(self, target: Any, args: Any) -> Worker:
        self.workers.append(Worker(target, args))
        return self.workers[-1]


def test_a_pool_ends_each_worker_by_telling_it_that_there_is_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = Context()
    monkeypatch.setattr(pool_module.multiprocessing, "get_context", lambda method: context)
    with pool(2, 7, ["a probe"]):
        assert [worker.args[2:] for worker in context.workers] == [(7, ["a probe"])] * 2
    assert [context.queues[0].get() for _ in range(2)] == [None, None]
    assert [worker.steps for worker in context.workers] == [["started", "joined", "ended"]] * 2


def test_a_pool_ends_its_workers_when_the_measurement_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = Context()
    monkeypatch.setattr(pool_module.multiprocessing, "get_context", lambda method: context)
    with pytest.raises(SetupError), pool(1, 7):
        raise SetupError("the clean mock is not clean")
    assert context.workers[0].steps == ["started", "ended"]
