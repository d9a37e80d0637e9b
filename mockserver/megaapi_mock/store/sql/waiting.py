"""What is to be written soon: in order, and bounded while the database cannot be written."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .batch import Batch

Add = Callable[[Batch], None]
# Beyond either everything is written again later, from the journal, which has bounds of its own.
WAITING_MOST, WAITING_BYTES = 50_000, 32 * 2**20


class WaitingWrites:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._adds: list[Add] = []
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._adds)

    def put(self, add: Add, size: int) -> bool:
        """One more, which holds so many bytes; False where that is too much: nothing waits then."""
        with self._lock:
            self._adds.append(add)
            self._size += size
            if len(self._adds) <= WAITING_MOST and self._size <= WAITING_BYTES:
                return True
            self._empty()
        return False

    def take(self) -> tuple[list[Add], int]:
        """All that waits, out of here, and the bytes it holds."""
        with self._lock:
            writes = self._adds, self._size
            self._empty()
        return writes

    def put_back(self, adds: list[Add], size: int) -> None:
        """What was taken could not be written: it waits again, before all that came since."""
        with self._lock:
            self._adds[:0] = adds
            self._size += size

    def _empty(self) -> None:
        self._adds, self._size = [], 0
