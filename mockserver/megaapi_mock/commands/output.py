"""Printing that can neither stop nor fail who prints: lines wait in a queue, a thread writes them.

A full disk, a reader that has gone, a pipe that nobody reads and an encoding that lacks a character
are trouble of the output alone.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import IO, Any

# What may wait for a slow reader; later lines are dropped, counted and said.
WAITING_BYTES = 1024 * 1024
# What takes the place of those that were dropped.
LINES_DROPPED = "({count} lines were not shown: nobody read them in time)\n"
# How long the end of the program waits for its last lines to be read; and, where nobody is slow to
# read but the machine is busy, for them to be written.
LAST_SECONDS, BUSY_SECONDS = 1.0, 10.0


def has_colours(stream: IO[str] | None) -> bool:
    """Whether colours may be used there: a terminal that has them, of a person who wants them."""
    if stream is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    with suppress(ValueError):  # closed
        return stream.isatty()
    return False


class Output:
    """Lines for a stream, stdout unless given, in order. Safe for threads; never raises.

    Nothing is written before `begin`, so that the start screen is above all other lines. It can be
    pickled before it has begun: a process started afresh then prints on its own stdout.
    """

    def __init__(self, stream: IO[str] | None = None, dropped: str = LINES_DROPPED) -> None:
        self._stream, self._dropped = stream, dropped
        self._waiting: deque[str] = deque()
        self._size = 0
        self._dropped_lines = 0
        self._is_at_end = False
        # Since when a reader has not taken what is being written.
        self._writing_since: float | None = None
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def __reduce__(self) -> tuple[type[Output], tuple[None, str]]:
        return (Output, (None, self._dropped))

    @property
    def stream(self) -> IO[str] | None:
        """Where the lines go; None where there is no stdout at all."""
        return self._stream if self._stream is not None else sys.stdout

    def write(self, text: str) -> None:
        """Whole lines, as soon as the reader takes them; dropped when too much waits already."""
        with self._news:
            if self._is_at_end:
                return
            if self._size + len(text) > WAITING_BYTES:
                self._dropped_lines += text.count("\n")
                return
            self._append(text)

    def begin(self, first: str = "") -> None:
        """Write `first`, then what has waited, then everything that comes."""
        with self._news:
            if self._is_at_end or self._thread is not None:
                return
            if first:
                self._waiting.appendleft(first)
                self._size += len(first)
            self._start()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def end(self, last: str = "", within: float = LAST_SECONDS) -> None:
        """Write `last`, and wait until everything is read: at most so long for a slow reader."""
        with self._news:
            if last and not self._is_at_end:
                self._append(last)
            self._is_at_end = True
            if self._thread is None and self._waiting:
                # It was over before it began: what was said is said all the same.
                self._start()
            self._news.notify_all()
        if self._thread is not None:
            self._await_end(self._thread, within)

    def _await_end(self, thread: threading.Thread, within: float) -> None:
        """Until it has written everything, or a reader is slow, or it takes too long."""
        deadline = monotonic() + max(within, BUSY_SECONDS)
        thread.join(within)
        while thread.is_alive() and (now := monotonic()) < deadline:
            since = self._writing_since
            if since is not None and now - since >= within:
                return
            thread.join(0.02)

    def _append(self, text: str) -> None:
        self._waiting.append(text)
        self._size += len(text)
        self._news.notify_all()

    def _run(self) -> None:
        write = _writer(self.stream)
        # The first failure ends it: nothing comes back to a reader that has gone.
        with suppress(OSError, ValueError):
            while (text := self._next()) is not None:
                self._writing_since = monotonic()
                write(text)
                self._writing_since = None
        with self._news:
            self._is_at_end = True
            self._waiting.clear()
            self._size = 0

    def _next(self) -> str | None:
        """The next text to write; None at the end."""
        with self._news:
            while not self._waiting and not self._is_at_end:
                self._news.wait()
            if not self._waiting:
                return None
            text = self._waiting.popleft()
            self._size -= len(text)
            if self._dropped_lines and not self._waiting:
                text += self._dropped.format(count=self._dropped_lines)
                self._dropped_lines = 0
            return text


class LogHandler(logging.Handler):
    """The log on a stream, stderr unless given, past every call as all other lines."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        super().__init__()
        target = stream or sys.stderr
        # Without stderr nobody reads the log; stdout is not its place.
        self._output = None if target is None else Output(target)
        if self._output is not None:
            self._output.begin()

    def emit(self, record: logging.LogRecord) -> None:
        """Show it as soon as it is read; a record that cannot be written in words is left out."""
        if self._output is None:
            return
        with suppress(Exception):
            self._output.write(f"{self.format(record)}\n")

    def close(self) -> None:
        """Wait a moment until what was logged is read."""
        if self._output is not None:
            self._output.end()
        super().close()


def end_log() -> None:
    """Wait a moment for the last lines of the log: a serving process may end without asking."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LogHandler):
            handler.close()


def _writer(stream: IO[str] | None) -> Callable[[str], Any]:
    """Something that writes a text there at once.

    Past the stream's own buffer where that can be: Python would wait for the buffer's lock, which
    a stuck write holds, on its way out.
    """
    if stream is None:
        return _discard
    with suppress(OSError, ValueError, AttributeError):
        if sys.platform != "win32":
            return _to_file(stream.fileno(), _encoding(stream))
    return _to_stream(stream)


def _discard(text: str) -> None:
    """There is nobody to read it."""


def _to_file(number: int, encoding: str) -> Callable[[str], None]:
    def write(text: str) -> None:
        rest = text.encode(encoding, errors="replace")
        while rest:
            rest = rest[os.write(number, rest) :]

    return write


def _to_stream(stream: IO[str]) -> Callable[[str], None]:
    encoding = _encoding(stream)

    def write(text: str) -> None:
        stream.write(text.encode(encoding, errors="replace").decode(encoding))
        stream.flush()

    return write


def _encoding(stream: IO[str]) -> str:
    return getattr(stream, "encoding", None) or "utf-8"
