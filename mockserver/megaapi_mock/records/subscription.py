"""What one event stream has still to read, within bounds: a slow reader is disconnected."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

R = TypeVar("R")
# A record with its kind; a sign of life has neither.
StreamEntry = tuple[str | None, R | None]
# Records a stream may lie behind; one that nobody reads is ended instead of filling memory.
BACKLOG = 10_000


class Subscription(Generic[R]):
    """A queue of at most BACKLOG records and `budget` bytes; `behind` once that was not enough.

    `tell` and `read_done` are called under the owner's lock, `next` without it.
    """

    def __init__(self, budget: int) -> None:
        self.behind = False
        self._budget = budget
        self._size = 0
        self._queue: SimpleQueue[tuple[StreamEntry[R], int]] = SimpleQueue()

    def tell(self, entry: StreamEntry[R], size: int) -> None:
        """Add one record; what nobody has read so far is dropped when it becomes too much."""
        if self.behind:
            return
        full = self._size and self._size + size > self._budget
        if full or self._queue.qsize() >= BACKLOG:
            self.behind = True
            self._clear()
            self.wake()
        else:
            self._size += size
            self._queue.put((entry, size))

    def wake(self) -> None:
        """Wake a reader that waits in `next`."""
        self._queue.put(((None, None), 0))

    def beat(self) -> None:
        """Send a heartbeat, unless there is something to read anyway."""
        if self._queue.empty():
            self.wake()

    def next(self, seconds: float) -> tuple[StreamEntry[R], int]:
        """The next record and its size; a heartbeat when none came within `seconds`."""
        try:
            return self._queue.get(timeout=seconds)
        except Empty:
            return (None, None), 0

    def read_done(self, size: int) -> None:
        """One record of this size has been taken out."""
        self._size -= size

    def _clear(self) -> None:
        with suppress(Empty):
            while True:
                self._queue.get_nowait()
