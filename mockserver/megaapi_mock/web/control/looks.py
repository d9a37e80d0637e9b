"""Looks through many records: in slices, so that the gateway's calls go on beside them.

Only one thread runs Python at a time. Whoever goes through a hundred thousand messages at once
stops everybody: a call gives the interpreter away several times, and waits for it 5 ms each time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Row = TypeVar("Row")
# A look rests after so many seconds, and then for so many times as long as it has worked, as long
# as calls come; they are there for so long after the last one.
SLICE, REST, BUSY = 0.0005, 12, 0.1
# It rests so long at most.
REST_MOST = 0.25


class Looks:
    """One look at a time goes on after its first slice: forty cost the calls no more than one.

    `newest_call` numbers the calls: while it stands still, nobody is disturbed.
    """

    def __init__(self, newest_call: Callable[[], int]) -> None:
        self._newest_call = newest_call
        self._turn = threading.Lock()
        self._last_call, self._busy_until = newest_call(), 0.0

    @contextmanager
    def begin(self, is_over: Callable[[], bool] | None = None) -> Iterator[Look]:
        """A look, which ends early once `is_over`."""
        look = Look(self._rest, self._turn, is_over)
        try:
            yield look
        finally:
            look.end()

    def _rest(self, worked: float) -> None:
        """Let the others run; called by whoever has the turn."""
        newest, now = self._newest_call(), time.monotonic()
        if newest != self._last_call:
            self._last_call, self._busy_until = newest, now + BUSY
        # Also where nobody was seen: a call may be waiting for just this.
        time.sleep(min(REST * worked, REST_MOST) if now < self._busy_until else SLICE / 10)


class Look:
    """One look, of one thread."""

    def __init__(
        self,
        rest: Callable[[float], None],
        turn: threading.Lock,
        is_over: Callable[[], bool] | None,
    ) -> None:
        self._rest, self._turn, self._is_over = rest, turn, is_over
        self._has_turn = False
        self._begin = time.perf_counter()
        self._until = self._begin + SLICE

    def paced(self, rows: Iterable[Row]) -> Iterator[Row]:
        """These rows, with rests between them; no more of them once the look is over."""
        clock = time.perf_counter
        for row in rows:
            yield row
            if clock() > self._until and not self._goes_on():
                return

    def _goes_on(self) -> bool:
        worked = time.perf_counter() - self._begin
        if not self._has_turn:
            self._turn.acquire()
            self._has_turn = True
        self._rest(worked)
        self._begin = time.perf_counter()
        self._until = self._begin + SLICE
        return self._is_over is None or not self._is_over()

    def end(self) -> None:
        """Give the turn to the next."""
        if self._has_turn:
            self._has_turn = False
            self._turn.release()
