"""Which instance has something scheduled first."""

from __future__ import annotations

import heapq
import threading
from dataclasses import dataclass
from itertools import count

# Turns that count no more and are tolerated, beside as many as there are instances.
STALE_MOST = 64


@dataclass(slots=True, eq=False)
class DueTime:
    """When one instance has something due first; None while it has nothing scheduled."""

    key: str
    moment: float | None = None
    is_over: bool = False


class DueTimes:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._order = count()
        # An instance may have turns that count no more: they go once they are first, or too many.
        self._turns: list[tuple[float, int, DueTime]] = []
        self._scheduled: set[DueTime] = set()

    def __len__(self) -> int:
        return len(self._turns)

    def note(self, due_time: DueTime, moment: float | None) -> bool:
        """Remember when the instance is due; whether that is before everybody else."""
        with self._lock:
            if due_time.is_over:
                return False
            due_time.moment = moment
            if moment is None:
                self._scheduled.discard(due_time)
                return False
            self._scheduled.add(due_time)
            turn = (moment, next(self._order), due_time)
            heapq.heappush(self._turns, turn)
            if len(self._turns) > 2 * len(self._scheduled) + STALE_MOST:
                self._drop_stale()
            first_moment, _, first = self._turns[0]
            return first is due_time and first_moment == moment

    def forget(self, due_time: DueTime) -> None:
        """The instance is gone: nothing of it is due any more."""
        with self._lock:
            due_time.is_over = True
            self._scheduled.discard(due_time)

    def first(self) -> tuple[float, str] | None:
        """The earliest moment, and the key of the instance."""
        with self._lock:
            while self._turns:
                moment, _, due_time = self._turns[0]
                if due_time in self._scheduled and due_time.moment == moment:
                    return moment, due_time.key
                heapq.heappop(self._turns)
            return None

    def _drop_stale(self) -> None:
        self._turns = [
            (each.moment, next(self._order), each)
            for each in self._scheduled
            if each.moment is not None
        ]
        heapq.heapify(self._turns)
