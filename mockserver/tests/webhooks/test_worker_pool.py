"""How many threads a courier has: as many as it may, and more while receivers are silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.webhooks import worker_pool
from megaapi_mock.webhooks.lanes import Lanes
from megaapi_mock.webhooks.trip import RunningAttempt
from megaapi_mock.webhooks.worker_pool import WorkerPool

KEY = "megacode-TESTKEY0001"


class Bench:
    """A pool whose threads do nothing until they are let go."""

    def __init__(self, workers: int) -> None:
        self.lock, self.over, self.let_go = threading.Lock(), threading.Event(), threading.Event()
        self.lanes, self.under_way = Lanes(), dict[Delivery, RunningAttempt]()
        self.threads: list[threading.Thread] = []
        self.pool = WorkerPool(
            lock=self.lock,
            lanes=self.lanes,
            under_way=self.under_way,
            over=self.over,
            run=self._run,
            workers=workers,
        )

    def _run(self) -> None:
        self.threads.append(threading.current_thread())
        assert self.let_go.wait(60)

    def owe(self, count: int) -> list[Delivery]:
        """So many lanes that wait."""
        deliveries = [
            Delivery(f"d{n}", 1.0, KEY, "text-plain", "", "http://a", b"", f"{KEY}{n}")
            for n in range(len(self.under_way), len(self.under_way) + count)
        ]
        for delivery in deliveries:
            self.lanes.queue(delivery)
        return deliveries

    def depart(self, count: int, *, ago: float) -> None:
        """So many lanes are taken, and their receivers silent for so long."""
        for _ in range(count):
            delivery = self.lanes.next_of(self.lanes.take(0.0))
            self.under_way[delivery] = RunningAttempt(1.0, time.perf_counter() - ago)
            self.pool.free -= 1

    def ensure(self) -> None:
        with self.lock:
            self.pool.ensure_workers()

    @property
    def count(self) -> int:
        return len(self.pool._threads)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert holds()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench(workers=2)
    yield bench
    bench.let_go.set()
    bench.over.set()
    bench.pool.join()


def test_a_thread_is_started_for_each_lane_up_to_the_workers(bench: Bench) -> None:
    bench.ensure()
    assert bench.count == 0
    bench.owe(1)
    bench.ensure()
    bench.ensure()
    assert (bench.count, bench.pool.free) == (1, 1)
    bench.owe(4)
    bench.ensure()
    assert (bench.count, bench.pool.is_too_large) == (2, False)


def test_threads_of_silent_receivers_are_replaced(bench: Bench) -> None:
    bench.owe(2)
    bench.ensure()
    bench.depart(2, ago=10.0)
    bench.owe(3)
    bench.ensure()
    # One for each that is stuck, and where most are, as many again.
    assert bench.count == 4 and bench.pool.is_too_large


def test_receivers_that_are_not_silent_long_are_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "STUCK", 60.0)
    bench.owe(2)
    bench.ensure()
    bench.depart(2, ago=0.0)
    bench.owe(3)
    bench.ensure()
    assert bench.count == 2


def test_somebody_watches_while_lanes_wait(bench: Bench) -> None:
    bench.owe(2)
    bench.ensure()
    bench.depart(2, ago=0.0)
    bench.owe(1)
    bench.ensure()
    # It starts another thread once the first two count as stuck, and goes when no lane waits.
    wait_until(lambda: bench.count == 3)
    with bench.lock:
        bench.lanes.take(0.0)
    wait_until(lambda: bench.pool._watcher is None)
    assert bench.count == 3


def test_there_are_never_too_many(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "WORKERS_MOST", 3)
    bench.owe(2)
    bench.ensure()
    bench.depart(2, ago=10.0)
    bench.owe(5)
    bench.ensure()
    assert bench.count == 3


def test_a_thread_that_ends_is_counted_no_longer(bench: Bench) -> None:
    bench.owe(1)
    bench.ensure()
    own = threading.current_thread()
    bench.pool._threads.append(own)
    bench.pool.remove_current()
    assert own not in bench.pool._threads and bench.pool.free == 0


def test_a_machine_without_threads_fails_nobody(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    bench.owe(1)
    bench.ensure()
    assert (bench.count, bench.pool.free, bench.pool._watcher) == (0, 0, None)
    monkeypatch.undo()
    bench.ensure()
    assert bench.count == 1


def test_joining_from_one_of_its_threads_does_not_wait_for_itself(bench: Bench) -> None:
    bench.owe(1)
    bench.ensure()
    bench.pool._threads.append(threading.current_thread())
    bench.let_go.set()
    bench.pool.join()
    bench.pool._threads.remove(threading.current_thread())
    assert not any(thread.is_alive() for thread in bench.threads)
