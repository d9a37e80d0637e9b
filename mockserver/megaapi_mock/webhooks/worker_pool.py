"""The courier's threads: how many there are, and who starts another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from ..records.bugs import log_failure
from ..records.delivery import Delivery
from .lanes import Lanes
from .trip import RunningAttempt

log = logging.getLogger(__name__)

# A thread whose receiver has been silent for so many seconds is no help to others: while lanes
# wait, another is started in its place, and where most are silent, as many again. Only more than
# WORKERS_MOST silent receivers at a time can make others wait.
STUCK = 0.05
WORKERS_MOST = 1024
# What threads may take to notice that their sockets were cut.
JOIN_SECONDS = 1.0


class WorkerPool:
    """Threads that do `run`: `workers` of them, and more while those wait for silent receivers.

    Not safe by itself: `lock`, the courier's, is held around every call but `join`.
    """

    def __init__(
        self,
        *,
        lock: threading.Lock,
        lanes: Lanes,
        under_way: Mapping[Delivery, RunningAttempt],
        over: threading.Event,
        run: Callable[[], None],
        workers: int,
    ) -> None:
        self._lock, self._lanes, self._under_way, self._over = lock, lanes, under_way, over
        self._do, self._workers = run, workers
        self.free = 0  # threads without a lane
        self._threads: list[threading.Thread] = []
        self._watcher: threading.Thread | None = None  # while lanes wait for a thread

    def ensure_workers(self) -> None:
        """See to it that no lane waits without a thread, or somebody who will start one."""
        try:
            self._grow()
            if self.free < self._lanes.ready and self._watcher is None:
                self._watcher = self._start_thread(self._watch, "outbox-watch")
        except Exception:
            # What was accepted is in its lane: a thread that exists takes it, or the next time.
            log_failure(log, "our own bug: no courier thread can be started")

    @property
    def is_too_large(self) -> bool:
        """Whether there are more than `workers`: somebody replaced others."""
        return len(self._threads) > self._workers

    def remove_current(self) -> None:
        """The current thread ends; it has no lane."""
        self.free -= 1
        self._threads.remove(threading.current_thread())

    def join(self) -> None:
        """Wait until they have ended, for JOIN_SECONDS at most."""
        deadline = time.monotonic() + JOIN_SECONDS
        watcher = self._watcher
        for thread in [*self._threads, *([watcher] if watcher else [])]:
            # A listener may stop the courier from one of these, which cannot wait for itself.
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _grow(self) -> None:
        """Start threads for the lanes that wait for one, as many as there may be by now."""
        missing_threads = self._lanes.ready - self.free
        if missing_threads <= 0:
            return
        most = self._workers
        if len(self._threads) >= most:
            now = time.perf_counter()
            stuck_count = sum(now - trip.started > STUCK for trip in self._under_way.values())
            most = min(stuck_count + max(stuck_count, most), WORKERS_MOST)
        for _ in range(min(missing_threads, most - len(self._threads))):
            self._start_worker()

    def _start_worker(self) -> None:
        thread = self._start_thread(self._do, f"courier-{len(self._threads) + 1}")
        if thread is not None:
            self._threads.append(thread)
            self.free += 1

    @staticmethod
    def _start_thread(run: Callable[[], None], name: str) -> threading.Thread | None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # The lane stays ready: a thread that exists takes it, or the next accept tries again.
            log_failure(log, "no further courier thread can be started")
            return None
        return thread

    def _watch(self) -> None:
        """Replace threads that wait for silent receivers, as long as there are lanes to take."""
        while not self._over.wait(STUCK):
            with self._lock:
                if not self._lanes.ready:
                    self._watcher = None
                    return
                self._grow()
