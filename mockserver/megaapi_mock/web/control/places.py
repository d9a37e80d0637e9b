"""Places for waits and streams: those that hold one of the server's threads, and those that do not.

A server need not tell when a client has left (granian does not): a wait that nobody reads any more
looks like any other. So a full house answers the oldest wait early instead of refusing the newest:
a client that is still there asks again, as the tools of this kit do. Streams keep their places for
as long as their clients read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...errors import ControlRefused
from ...records.waiter import Waiter
from ...serving.deferred import DEFERRED_BYTES, DEFERRED_MOST

# The gateway's calls keep the others of waitress's 64 threads.
PLACES = 48
# A wait keeps its place for so many seconds at least: too many live clients who ask again at once
# would do nothing but answer each other.
PLACE_KEPT = 1.0
# Who finds no place waits so long for one, while every stream is sent a sign of life each so often:
# both servers notice with the first or second of them that a stream's client has left.
PATIENCE, BEAT = 0.5, 0.1


class Places:
    """A bounded number of places. Thread-safe; ControlRefused (503) when none is free."""

    def __init__(
        self,
        beat: Callable[[], object],
        most: int = PLACES,
        *,
        deferred_most: int = DEFERRED_MOST,
        deferred_bytes: int = DEFERRED_BYTES,
    ) -> None:
        """`beat` sends something on every stream: so the server notices who has left."""
        self._beat, self._most = beat, most
        self._deferred_most, self._deferred_bytes = deferred_most, deferred_bytes
        self._change = threading.Condition()
        self._streams = self.deferred_size = 0
        # Oldest first; those without a thread with what they take.
        self._waits: dict[Waiter, int] = {}
        self._deferred: dict[Waiter, int] = {}

    @contextmanager
    def waiting(self, waiter: Waiter) -> Iterator[None]:
        """A place for a wait; a newer one may end it once it has had it for a while."""
        with self._change:
            self._make_room(self._is_full, self._waits)
            self._waits[waiter] = 0
        try:
            yield
        finally:
            with self._change:
                self._waits.pop(waiter, None)
                self._change.notify()

    @contextmanager
    def hold_deferred(self, waiter: Waiter, size: int) -> Iterator[None]:
        """The same for a wait of so many bytes that holds no thread."""
        with self._change:
            self._make_room(lambda: self._has_no_room(size), self._deferred)
            self._deferred[waiter] = size
            self.deferred_size += size
        try:
            yield
        finally:
            with self._change:
                self.deferred_size -= self._deferred.pop(waiter, 0)
                self._change.notify()

    def watching(self) -> Callable[[], None]:
        """A place for a stream; call what comes back, once, when it ends."""
        with self._change:
            self._make_room(self._is_full, self._waits)
            self._streams += 1
        return self._stream_ended

    def _stream_ended(self) -> None:
        with self._change:
            self._streams -= 1
            self._change.notify()

    def _make_room(self, is_full: Callable[[], bool], waits: dict[Waiter, int]) -> None:
        """ControlRefused when there is none, nor any place that comes free in a moment."""
        deadline = time.monotonic() + PATIENCE
        while is_full():
            if self._end_oldest(waits):
                continue
            if time.monotonic() > deadline:
                count = self._most if waits is self._waits else len(waits)
                raise ControlRefused(
                    503, f"{count} streams and waits are open: close some, or try again later"
                )
            self._beat()
            self._change.wait(BEAT)

    def _is_full(self) -> bool:
        return self._streams + len(self._waits) >= self._most

    def _has_no_room(self, size: int) -> bool:
        is_full = len(self._deferred) >= self._deferred_most
        return is_full or (
            bool(self._deferred) and self.deferred_size + size > self._deferred_bytes
        )

    def _end_oldest(self, waits: dict[Waiter, int]) -> bool:
        """Whether some room was made."""
        oldest = next(iter(waits), None)
        if oldest is None or time.monotonic() - oldest.start_time < PLACE_KEPT:
            return False
        # Its thread is free in a moment; its place counts as free now.
        size = waits.pop(oldest)
        if waits is self._deferred:
            self.deferred_size -= size
        oldest.let_go()
        return True
