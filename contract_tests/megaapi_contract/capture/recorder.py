"""Judges, redacts and writes what a relay has passed on, in a thread of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from .relay import Passage

# What waits to be written: beyond it passages are passed on and not recorded.
QUEUE_MOST = 64 * 2**20
# What is written after the end of a recording, at most.
SECONDS_AT_END = 30.0


class Recorder:
    """Takes passages at once and has them written later, so that no call waits for it.

    `write` is called in one thread with each passage; `left_out` counts those that came faster
    than they could be written. What `write` raises is kept in `problem`, and ends the recording.
    """

    def __init__(self, write: Callable[[str, Passage], None]) -> None:
        self._write = write
        self._queue: deque[tuple[str, Passage]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._is_closed = False
        self.left_out = 0
        self.problem: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def offer(self, kind: str, passage: Passage) -> None:
        """Queue one passage: a `call` or a `webhook`. Never waits."""
        with self._changed:
            is_full = self._bytes + passage.size > QUEUE_MOST
            if is_full or self.problem is not None or self._is_closed:
                self.left_out += 1
                return
            self._queue.append((kind, passage))
            self._bytes += passage.size
            self._changed.notify()

    def close(self) -> None:
        """Write what waits, for SECONDS_AT_END at most."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(SECONDS_AT_END)
        with self._changed:
            self.left_out += len(self._queue)

    def _run(self) -> None:
        while (item := self._next()) is not None:
            try:
                self._write(*item)
            except Exception as error:
                # Whatever went wrong here must not end in silence, and not stop the calls.
                with self._changed:
                    self.problem = error
                    self.left_out += 1 + len(self._queue)
                    self._queue.clear()
                    self._bytes = 0
                return

    def _next(self) -> tuple[str, Passage] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._is_closed)
            if not self._queue:
                return None
            kind, passage = self._queue.popleft()
            self._bytes -= passage.size
            return kind, passage
