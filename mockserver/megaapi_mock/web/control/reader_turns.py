"""How much those who watch may work while calls come: they must not slow the gateway."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .looks import REST

# A reader rests so many seconds at most before it goes on.
REST_MOST = 2.0
# One reader reads so often at most: what comes meanwhile is read and written at once.
INTERVAL = 0.05
# Seconds between two looks at whether the rest is over.
LOOK, LOOK_MOST = 0.05, 0.5
# What the server's own threads take for each chunk, beside those that run Python.
WRITE = 0.0005
# Calls are there for so many seconds after the last one: a busy machine makes them pause.
BUSY = 0.5


class ReaderTurns:
    """Readers take turns and rest in between: together they work a thirteenth of the time.

    `newest_call` numbers the calls: while none comes, nobody rests. One reader alone reads at once
    what happens after a while of silence.
    """

    def __init__(self, newest_call: Callable[[], int], rest_most: float = REST_MOST) -> None:
        self._newest_call, self.rest_most = newest_call, rest_most
        self._lock = threading.Lock()
        self._last_call, self._busy_until = newest_call(), 0.0
        # When the next may go on.
        self._free_at = 0.0

    def reader(self, is_over: Callable[[], bool]) -> PacedReader:
        """One reader, in a thread of its own; it rests no longer once `is_over`."""
        return PacedReader(self, is_over)

    @property
    def is_busy(self) -> bool:
        """Whether calls come."""
        with self._lock:
            now, newest = time.monotonic(), self._newest_call()
            if newest != self._last_call:
                self._last_call, self._busy_until = newest, now + BUSY
            return now < self._busy_until

    def take_turn(self, worked: float) -> float:
        """When a reader's turn comes that has worked so many seconds since its last."""
        with self._lock:
            now = time.monotonic()
            turn = max(self._free_at, now)
            self._free_at = min(turn + REST * (worked + WRITE), now + self.rest_most)
            return turn

    def forget(self) -> None:
        """Nobody is disturbed: whoever comes next need not wait."""
        with self._lock:
            self._free_at = 0.0


class PacedReader:
    """Rests for what its thread has worked since it rested last."""

    def __init__(self, turns: ReaderTurns, is_over: Callable[[], bool]) -> None:
        self._turns, self._is_over = turns, is_over
        self._thread, self._used, self._last_read = 0, 0.0, 0.0

    def rest(self) -> None:
        """Wait until it may read on."""
        used, thread = time.thread_time(), threading.get_ident()
        worked = used - self._used if thread == self._thread else 0.0
        if self._turns.is_busy:
            self._wait_for(self._turns.take_turn(worked))
        else:
            self._turns.forget()
        self._thread, self._used, self._last_read = thread, time.thread_time(), time.monotonic()

    def _wait_for(self, turn: float) -> None:
        end, soonest = time.monotonic() + self._turns.rest_most, self._last_read + INTERVAL
        while not self._is_over():
            now = time.monotonic()
            seconds = max(turn, soonest) - now
            if seconds <= 0 or now >= end or not self._turns.is_busy:
                return
            time.sleep(min(max(seconds, LOOK), LOOK_MOST))
