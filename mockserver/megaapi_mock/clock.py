"""The one clock behind everything: real time, or frozen and moved from outside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where a clock stands: `frozen_at`, or `ahead` so many seconds of the machine's."""

    frozen_at: float | None
    ahead: float
    ticks: int


class Clock:
    """Unix seconds. Thread-safe. `listen` registers a callback for every jump made from outside."""

    def __init__(self, frozen_at: float | None = None) -> None:
        self._lock = threading.Lock()
        self._frozen = frozen_at
        self._offset = 0.0
        self._listeners: list[Callable[[], None]] = []
        self._ticks = 0

    def now(self) -> float:
        """Seconds since 1970."""
        frozen = self._frozen
        return frozen if frozen is not None else time.time() + self._offset

    def tick(self) -> int:
        """A number above all before it: orders what happens while the time stands still."""
        with self._lock:
            self._ticks += 1
            return self._ticks

    def save(self) -> ClockState:
        """Where it stands."""
        with self._lock:
            frozen = self._frozen
            return ClockState(frozen, self._offset if frozen is None else 0.0, self._ticks)

    def restore(self, state: ClockState) -> None:
        """Stand there; whoever listens hears of it with `announce`, once all else stands too."""
        with self._lock:
            self._frozen, self._offset = state.frozen_at, state.ahead
            self._ticks = state.ticks

    def announce(self) -> None:
        """Tell whoever listens that the clock stands elsewhere now."""
        self._tell()

    @property
    def frozen(self) -> bool:
        """Whether time stands still until moved."""
        return self._frozen is not None

    def freeze(self, frozen: bool = True) -> None:
        """Stop time where it is, or let it run on from there."""
        with self._lock:
            now = self.now()
            self._frozen = now if frozen else None
            self._offset = now - time.time()
        self._tell()

    def advance(self, seconds: float) -> None:
        """Move forward; frozen stays frozen, running goes on running."""
        with self._lock:
            self._move_to(self.now() + seconds)
        self._tell()

    def set(self, unix: float) -> None:
        """Move to an absolute time."""
        with self._lock:
            self._move_to(unix)
        self._tell()

    def listen(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every jump, in the thread that made it."""
        self._listeners.append(callback)

    def _move_to(self, unix: float) -> None:
        if self._frozen is not None:
            self._frozen = unix
        self._offset = unix - time.time()

    def _tell(self) -> None:
        for callback in self._listeners:
            callback()
