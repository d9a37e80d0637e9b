"""Bodies on their way in: read in pieces, within one budget for all calls, and until a deadline."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote

from ..errors import CUT, LATE, Overloaded

# What needs no room of the budget, and how much is read at once.
SMALL = PIECE = 2**16
# By how much the room of a body grows that does not say how long it is.
STEP = 2**20
# Seconds for headers to come, which is also how long granian keeps an idle connection.
HEADERS_WITHIN = 30.0
# Of an answer that waits for its client: who takes less within `answer_seconds` is let go.
TAKEN_LEAST = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """What one server bears: connections, and of each request its time and its bytes.

    `url_bytes`, `header_bytes` and `headers` bound what comes before a body; within
    `answer_seconds` a client has to take TAKEN_LEAST bytes of an answer that waits for it.

    `request_seconds` is for headers and body together; `bodies_bytes` for all large bodies that
    are held at the same time, and `patience` how long another one waits for room.
    """

    request_seconds: float = 120.0
    bodies_bytes: int = 96 * 2**20
    connections: int = 2_048
    patience: float = 10.0
    url_bytes: int = 16 * 1024
    header_bytes: int = 64 * 1024
    headers: int = 100
    answer_seconds: float = 120.0


@dataclass(slots=True, eq=False)
class CallInProgress:
    """One call under way: when it began, when data of it last came, and when an answer last went.

    `is_reading` is whether it waits for more of its body, `length` how much of that has come.
    """

    begun: float
    last_came: float
    environ: Mapping[str, Any] = field(default_factory=dict)
    last_went: float | None = None
    length: int = 0
    is_reading: bool = False

    def size(self) -> int:
        """How many bytes the request had, closely enough."""
        lines = [
            len(name.removeprefix("HTTP_")) + len(str(value)) + len(": \r\n")
            for name, value in self.environ.items()
            if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        ]
        query = self.environ.get("QUERY_STRING") or ""
        target = len(quote(self.environ.get("PATH_INFO", ""), encoding="latin-1"))
        first = len(self.environ.get("REQUEST_METHOD", "")) + target + len("  HTTP/1.1\r\n")
        return first + (len(query) + 1 if query else 0) + sum(lines) + len("\r\n") + self.length


class Budget:
    """Bytes of large bodies that calls hold together; one body may always be held."""

    def __init__(self, most: int, patience: float) -> None:
        self.most, self._patience = most, patience
        self.bytes_held = self._waiting = 0
        self._room = threading.Condition()

    @property
    def is_short(self) -> bool:
        """Whether a body waits for room."""
        return self._waiting > 0

    def take(self, size: int) -> None:
        """Hold so many bytes more. Overloaded when there is no room for them within a while."""
        with self._room:
            self._waiting += 1
            try:
                fits = self._room.wait_for(lambda: self._has_room(size), self._patience)
            finally:
                self._waiting -= 1
            if not fits:
                raise Overloaded(
                    f"other calls hold {self.bytes_held} bytes of large bodies and have not ended "
                    f"for {self._patience:g} s; all together may have {self.most} (--bodies-bytes)"
                )
            self.bytes_held += size

    def give_back(self, size: int) -> None:
        """Hold so many bytes less."""
        with self._room:
            self.bytes_held -= size
            self._room.notify_all()

    def _has_room(self, size: int) -> bool:
        return self.bytes_held == 0 or self.bytes_held + size <= self.most


class Body:
    """The `wsgi.input` of a call. `release` gives its room back.

    A body that ends early says so in the call's environ: under LATE because its time is over, under
    CUT because its client has left, where only the connection tells so: it came in chunks.
    """

    __slots__ = ("_budget", "_bytes_taken", "_call", "_environ", "_has_left", "_seconds", "_stream")

    def __init__(
        self,
        environ: MutableMapping[str, Any],
        call: CallInProgress,
        budget: Budget,
        seconds: float,
        *,
        has_left: Callable[[CallInProgress], bool],
    ) -> None:
        self._stream: Any = environ["wsgi.input"]
        self._environ, self._call, self._budget = environ, call, budget
        self._seconds, self._has_left = seconds, has_left
        self._bytes_taken = 0

    def read(self, size: int | None = -1) -> bytes:
        """As streams read. Overloaded when all bodies together are too large."""
        if size is not None and 0 <= size <= PIECE and self._call.length + size <= SMALL:
            return self._piece(size)  # what nearly every call has
        most = math.inf if size is None or size < 0 else size
        pieces: list[bytes] = []
        length = 0
        while length < most and (piece := self._piece(int(min(PIECE, most - length)))):
            pieces.append(piece)
            length += len(piece)
            self._make_room()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readline(self, size: int = -1) -> bytes:
        """As streams read."""
        line: bytes = self._stream.readline(size)
        return line

    def readlines(self, hint: int = -1) -> list[bytes]:
        """As streams read."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def skip(self, size: int) -> None:
        """Read so many bytes and forget them."""
        while size > 0 and (piece := self._piece(min(PIECE, size))):
            size -= len(piece)

    def release(self) -> None:
        """The call has ended: nothing is held any more.

        Its environ has the stream again in place of this: they would hold each other, and with them
        the body, until garbage is collected.
        """
        self._environ["wsgi.input"] = self._stream
        if self._bytes_taken:
            self._budget.give_back(self._bytes_taken)
            self._bytes_taken = 0

    def _piece(self, size: int) -> bytes:
        call = self._call
        call.is_reading = True
        try:
            piece: bytes = self._stream.read(size)
        finally:
            call.is_reading = False
        call.last_came = monotonic()
        call.length += len(piece)
        if len(piece) < size:
            self._look_at_the_end()
        return piece

    def _look_at_the_end(self) -> None:
        """Say that the body is late or cut where it has ended before it was whole."""
        call, announced = self._call, self._announced_length
        is_whole = announced is not None and call.length >= announced
        if not is_whole and call.last_came - call.begun >= self._seconds:
            self._environ.setdefault(LATE, late(call.length, announced, self._seconds))
        elif announced is None and self._has_left(call):
            self._environ.setdefault(CUT, cut(call.length))

    @property
    def _announced_length(self) -> int | None:
        length = self._environ.get("CONTENT_LENGTH") or ""
        return int(length) if length.isascii() and length.isdigit() else None

    def _make_room(self) -> None:
        """Take room once it is not a small body: for all of it where it says how long it is."""
        came = self._call.length
        if came > max(SMALL, self._bytes_taken):
            announced = self._announced_length
            whole = came + STEP if announced is None else announced
            more = max(whole, came) - self._bytes_taken
            self._budget.take(more)
            self._bytes_taken += more


def late(came: int, announced: int | None, seconds: float) -> str:
    """Why a request is given up that did not come in time."""
    whole = "" if announced is None else f" of {announced}"
    return (
        f"after {seconds:g} s {came}{whole} bytes of the body had come: a request must be here "
        "within --request-seconds"
    )


def cut(came: int) -> str:
    """Why a request is given up whose client has gone."""
    return (
        f"the connection was closed when {came} bytes of the body had come, in chunks: a client "
        "sends the last chunk and waits for its answer"
    )
