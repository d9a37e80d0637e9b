"""The one clock behind everything: real time, or frozen and moved from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

# The last second of the year 9999: no calendar goes further.
LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where a clock stands: `frozen_at`, or `ahead` so many seconds of the machine's."""

    frozen_at: float | None
    ahead: float
    ticks: int


class OutOfRange(ValueError):
    """The clock would stand before 1970 or after the latest moment allowed."""


class Clock:
    """Unix seconds. Thread-safe. `listen` registers a callback for every jump made from outside."""

    def __init__(self, frozen_at: float | None = None) -> None:
        self._lock = threading.Lock()
        # Where it is frozen, and how far ahead of the machine's time it runs otherwise. One value,
        # replaced whole: `now` reads it without the lock and must never see half of a move.
        self._stand: tuple[float | None, float] = (frozen_at, 0.0)
        self._listeners: list[Callable[[], None]] = []
        self._ticks = 0

    def now(self) -> float:
        """Seconds since 1970."""
        return _time_at(self._stand)

    def tick(self) -> int:
        """A number above all before it: orders what happens while the time stands still."""
        with self._lock:
            self._ticks += 1
            return self._ticks

    def save(self) -> ClockState:
        """What `restore` needs to go on from here: frozen at, ahead by, ticks so far."""
        with self._lock:
            frozen, ahead = self._stand
            return ClockState(frozen, ahead if frozen is None else 0.0, self._ticks)

    def restore(self, state: ClockState) -> None:
        """Stand there; whoever listens hears of it with `announce`, once all else stands too."""
        with self._lock:
            self._stand = (state.frozen_at, state.ahead)
            self._ticks = state.ticks

    def announce(self) -> None:
        """Tell whoever listens that the clock stands elsewhere now."""
        self._tell()

    @property
    def frozen(self) -> bool:
        """Whether time stands still until moved."""
        return self._stand[0] is not None

    def read(self) -> tuple[float, bool]:
        """The time, and whether it stands still: both of one moment."""
        stand = self._stand
        return _time_at(stand), stand[0] is not None

    def freeze(self, frozen: bool = True) -> None:
        """Stop time where it is, or let it run on from there."""
        self.move(freeze=frozen)

    def advance(self, seconds: float) -> None:
        """Move forward; frozen stays frozen, running goes on running."""
        self.move(by=seconds)

    def set(self, unix: float) -> None:
        """Move to an absolute time."""
        self.move(to=unix)

    def move(
        self,
        *,
        freeze: bool | None = None,
        to: float | None = None,
        by: float = 0.0,
        latest: float = inf,
    ) -> None:
        """Freeze or thaw, go to a time, go on by so many seconds: all of it as one jump.

        OutOfRange, and nothing has changed, when the clock would stand before 1970 or after
        `latest`.
        """
        with self._lock:
            now = _time_at(self._stand) if to is None else to
            if not 0 <= now + by <= latest:
                raise OutOfRange(now + by)
            stops = self.frozen if freeze is None else freeze
            self._stand = (now + by, 0.0) if stops else (None, now + by - time.time())
        self._tell()

    def listen(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every jump, in the thread that made it."""
        self._listeners.append(callback)

    def _tell(self) -> None:
        for callback in self._listeners:
            callback()


def _time_at(stand: tuple[float | None, float]) -> float:
    frozen, ahead = stand
    return frozen if frozen is not None else time.time() + ahead


def utc(unix: float) -> datetime:
    """Unix seconds as a date; the last one there is for every later time."""
    return datetime.fromtimestamp(min(unix, LATEST), UTC)
