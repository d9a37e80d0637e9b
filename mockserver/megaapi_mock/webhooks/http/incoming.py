"""The bytes a receiver sends: each read bounded by the deadline, all of them by `limit`."""

from __future__ import annotations

import select
import socket
import ssl
import sys
import time
from http.client import HTTPException, LineTooLong

# As Python's http.client has it.
LINE_MOST = 65_536
# Read at a time: of a head little, so that nothing of the body counts as head.
HEAD_PIECE, BODY_PIECE = 8_192, 65_536


def time_left(deadline: float) -> float:
    """Return the seconds until `deadline`, or raise TimeoutError when there are none."""
    seconds_left = deadline - time.monotonic()
    if seconds_left <= 0:
        raise TimeoutError
    return seconds_left


if sys.platform == "win32":

    def wait_for(sock: socket.socket, seconds: float, *, to_write: bool = False) -> None:
        """Wait until the socket can be read or written; TimeoutError where it cannot by then."""
        none: list[socket.socket] = []
        reading, writing = (none, [sock]) if to_write else ([sock], none)
        if not any(select.select(reading, writing, [sock], seconds)):
            raise TimeoutError

else:

    def wait_for(sock: socket.socket, seconds: float, *, to_write: bool = False) -> None:
        """Wait until the socket can be read or written; TimeoutError where it cannot by then."""
        poll = select.poll()
        poll.register(sock, select.POLLOUT if to_write else select.POLLIN)
        if not poll.poll(seconds * 1000):
            raise TimeoutError


class Incoming:
    """What has come of a socket, and not been read yet; the socket does not block any more."""

    def __init__(self, sock: socket.socket, limit: int) -> None:
        self.deadline = 0.0
        self.limit = limit
        self.count = 0
        self._sock = sock
        self._data = b""
        self._position = 0
        # OpenSSL may hold bytes that are not in the socket any more: it is asked before the socket.
        self._waits_first = not isinstance(sock, ssl.SSLSocket)
        # A socket with a time-out of its own costs Python a system call more for each use.
        sock.setblocking(False)

    def begin(self, deadline: float, limit: int) -> None:
        """Bound all that is read from now on."""
        self.deadline, self.limit, self.count = deadline, limit, 0

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to read now, not even the end."""
        if self._position < len(self._data):
            return False
        try:
            self._data, self._position = self._sock.recv(1), 0
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def read_line(self, what: str) -> bytes:
        """One line with its end; without one where all ends before. LineTooLong names `what`."""
        searched = self._position
        while (end := self._data.find(b"\n", searched)) < 0:
            length = len(self._data) - self._position
            if length > LINE_MOST:
                raise LineTooLong(what)
            if not self._receive(HEAD_PIECE):
                end = len(self._data) - 1
                break
            searched = length
        line = self._data[self._position : end + 1]
        if len(line) > LINE_MOST:
            raise LineTooLong(what)
        self._position = end + 1
        return line

    def read_some(self, most: int) -> bytes:
        """At least one byte and at most so many; none at the end."""
        if self._position == len(self._data) and not self._receive(BODY_PIECE):
            return b""
        piece = self._data[self._position : self._position + most]
        self._position += len(piece)
        return piece

    def _receive(self, most: int) -> bool:
        """Wait for more and keep it behind what is not read yet; False at the end."""
        piece = self._next_piece(most)
        self._data, self._position = self._data[self._position :] + piece, 0
        self.count += len(piece)
        if self.count > self.limit:
            raise HTTPException(f"more than {self.limit} bytes of headers and framing")
        return bool(piece)

    def _next_piece(self, most: int) -> bytes:
        waits = self._waits_first
        while True:
            seconds_left = time_left(self.deadline)
            if waits:
                wait_for(self._sock, seconds_left)
            try:
                return self._sock.recv(most)
            except (BlockingIOError, ssl.SSLWantReadError):
                waits = True
            except ssl.SSLWantWriteError:
                wait_for(self._sock, seconds_left, to_write=True)
