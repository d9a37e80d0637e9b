"""One request over kept-alive connections, again and again: requests per second and latencies.

The request's bytes come on standard input, the measurement leaves as JSON on standard output:

    python benchmarks/load.py --port 8080 --status 200 --seconds 10 < request.bin

One thread, raw sockets, one request in flight per connection (no pipelining), so that a request
costs the generator some tens of microseconds. A reply with another status, and a connection that
ends inside a reply, are counted as wrong; a connection the server closes between two replies is
opened again.
"""

from __future__ import annotations

import argparse
import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
# A server that says nothing for so long is taken for dead.
PATIENCE = 30.0


@dataclass(slots=True)
class _Line:
    """One connection with the reply it is waiting for."""

    socket: socket.socket
    sent: float = 0.0
    got: bytes = b""


@dataclass
class Load:
    """Fires until `seconds` have passed or `requests` were sent, whichever is given."""

    port: int
    request: bytes
    status: int
    connections: int = 16
    seconds: float | None = None
    requests: int | None = None
    times: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def run(self) -> dict[str, object]:
        """The measurement; replies that arrive after the last moment are read but not counted."""
        self._selector = selectors.DefaultSelector()
        self._left = sys.maxsize if self.requests is None else self.requests
        began = time.perf_counter()
        self._end = began + (self.seconds if self.seconds is not None else float("inf"))
        self._open = 0
        for _ in range(min(self.connections, self._left)):
            self._fire(self._line())
        while self._open:
            ready = self._selector.select(PATIENCE)
            if not ready:
                self.wrong["no reply"] += self._open
                break
            for key, _ in ready:
                self._hear(key.data)
        took = min(time.perf_counter(), self._end) - began
        return self._result(took)

    def _line(self) -> _Line:
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        line = _Line(sock)
        self._selector.register(sock, selectors.EVENT_READ, line)
        self._open += 1
        return line

    def _fire(self, line: _Line) -> None:
        self._left -= 1
        line.sent = time.perf_counter()
        line.socket.send(self.request)

    def _hear(self, line: _Line) -> None:
        try:
            data = line.socket.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self._ended(line)
            return
        data = line.got + data
        if not _complete(data):
            line.got = data
            return
        now = time.perf_counter()
        line.got = b""
        if now <= self._end:
            self.times.append(now - line.sent)
            if int(data[9:12]) != self.status:
                self.wrong[f"status {data[9:12].decode()}"] += 1
        if now < self._end and self._left > 0:
            self._fire(line)
        else:
            self._close(line)

    def _ended(self, line: _Line) -> None:
        self._close(line)
        if line.got:
            self.wrong["reply cut off"] += 1
        elif time.perf_counter() < self._end:
            self.wrong["connection closed"] += 1
            self._left += 1
            self._fire(self._line())

    def _close(self, line: _Line) -> None:
        self._selector.unregister(line.socket)
        line.socket.close()
        self._open -= 1

    def _result(self, took: float) -> dict[str, object]:
        ordered = sorted(self.times) or [0.0]
        return {
            "requests": len(self.times),
            "seconds": took,
            "rate": len(self.times) / took,
            "p50_ms": ordered[len(ordered) // 2] * 1e3,
            "p99_ms": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1e3,
            "wrong": dict(self.wrong),
        }


def _complete(data: bytes) -> bool:
    """Whether this is a whole reply; both servers state the length of every one measured."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return False
    length = _LENGTH.search(data, 0, head + 2)
    if length is None:
        raise SystemExit(f"a reply without Content-Length: {data[:head]!r}")
    return len(data) - head - 4 >= int(length[1])


def main() -> None:
    """Read the request, fire it, print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--status", type=int, default=200, help="the status that counts as right")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--requests", type=int)
    options = parser.parse_args()
    if options.seconds is None and options.requests is None:
        parser.error("--seconds or --requests is needed")
    load = Load(request=sys.stdin.buffer.read(), **vars(options))
    print(json.dumps(load.run()))


if __name__ == "__main__":
    main()
