"""Bodies that stop coming: granian waits for the rest for ever, so their connections are closed.

Granian hands out neither the connection of a call nor a way to stop reading. Linux tells of each
connection when data last came and went: one that has been silent since a request began, with a
read of ours that waits as long, is the one. An idle kept-alive connection has had its answer since.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    App = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

# Seconds of silence within a body; as long as waitress gives its connections by itself.
STALLED_AFTER = 120.0
# Seconds between the last data of a request and our read of it.
SLACK = 1.0
_OPEN_FILES = "/proc/self/fd"
# Where struct tcp_info has the milliseconds since data last went and last came.
_LAST_SENT, _LAST_CAME, _TCP_INFO = 44, 52, 104


class Watched:
    """A WSGI app whose reads of bodies end: a thread looks after those that take long."""

    def __init__(self, app: App, port: int, after: float = STALLED_AFTER) -> None:
        self._app, self._port, self._after = app, port, after
        self._reads: dict[int, float] = {}
        if sys.platform == "linux":
            threading.Thread(target=self._watch, name="stalled bodies", daemon=True).start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = _Input(environ["wsgi.input"], self._reads)
        return self._app(environ, start_response)

    def _watch(self) -> None:
        while True:
            time.sleep(self._after / 4)
            now = time.monotonic()
            # A copy in one step: calls come and go meanwhile.
            longest = max((now - start for start in list(self._reads.values())), default=0.0)
            if longest >= self._after:
                close_stalled(self._port, self._after, longest + SLACK)


class _Input:
    """A body that says since when somebody waits for it."""

    def __init__(self, stream: Any, reads: dict[int, float]) -> None:
        self._stream, self._reads = stream, reads

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, *size: int) -> bytes:
        """As the stream reads."""
        self._reads[id(self)] = time.monotonic()
        try:
            content: bytes = self._stream.read(*size)
        finally:
            del self._reads[id(self)]
        return content


def close_stalled(port: int, after: float, most: float) -> int:
    """Close each connection to this port that broke off within a request; how many there were.

    Silent for `after` seconds at least, and for `most`, as long as the longest read, at most.
    """
    closed = 0
    for connection in _connections(port):
        with connection, suppress(OSError):
            if _is_stalled(connection, after, most):
                connection.shutdown(socket.SHUT_RDWR)
                closed += 1
    return closed


def _is_stalled(connection: socket.socket, after: float, most: float) -> bool:
    """Whether data came so long ago, and none has gone since."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO)
    (last_sent,), (last_received,) = (
        struct.unpack_from("I", info, offset) for offset in (_LAST_SENT, _LAST_CAME)
    )
    return bool(after * 1000 <= last_received <= most * 1000 and last_sent >= last_received)


def _connections(port: int) -> Iterator[socket.socket]:
    """Copies of the connections that this process has accepted there."""
    for name in os.listdir(_OPEN_FILES):
        with suppress(OSError):
            number = int(name)
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            connection = socket.socket(fileno=os.dup(number))
            try:
                connection.getpeername()
                mine = connection.getsockname()[1] == port
            except (OSError, IndexError):
                mine = False
            if mine:
                yield connection
            else:
                connection.close()
