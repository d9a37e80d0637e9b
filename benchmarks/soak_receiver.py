"""Receivers of webhooks, good and bad, in one process. The path says what comes back.

    /ok      200 at once            /slow    200 after 20 ms
    /error   500                    /large   200 with a body and headers of some 90 KB
    /drop    the connection ends without an answer

Prints its port.
"""

from __future__ import annotations

import heapq
import selectors
import socket
import time

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
_ERROR = b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
_LARGE = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 65536\r\nConnection: close\r\n"
    + b"".join(b"X-Padding-%d: %s\r\n" % (number, b"x" * 1_000) for number in range(24))
    + b"\r\n"
    + b"x" * 65_536
)
_REPLIES = {b"/ok": _OK, b"/slow": _OK, b"/error": _ERROR, b"/large": _LARGE, b"/drop": b""}
_SLOW = 0.02


class Receiver:
    """Answers whoever has sent a whole request, one request to a connection."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._held: dict[socket.socket, bytes] = {}
        self._late: list[tuple[float, int, socket.socket]] = []
        self._count = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def run(self) -> None:
        """Serve until killed."""
        while True:
            pause = max(0.0, self._late[0][0] - time.monotonic()) if self._late else None
            for key, _ in self._selector.select(pause):
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._read(key.fileobj)  # type: ignore[arg-type]
            while self._late and self._late[0][0] <= time.monotonic():
                self._answer(heapq.heappop(self._late)[2], _OK)

    def _accept(self) -> None:
        caller, _ = self._listener.accept()
        self._selector.register(caller, selectors.EVENT_READ)
        self._held[caller] = b""

    def _read(self, caller: socket.socket) -> None:
        try:
            data = caller.recv(262_144)
        except OSError:
            data = b""
        request = self._held[caller] + data
        self._held[caller] = request
        if data and not _is_whole(request):
            return
        self._selector.unregister(caller)
        del self._held[caller]
        path = request.partition(b" ")[2].partition(b" ")[0]
        if data and path == b"/slow":
            self._count += 1
            heapq.heappush(self._late, (time.monotonic() + _SLOW, self._count, caller))
        else:
            self._answer(caller, _REPLIES.get(path, _OK) if data else b"")

    @staticmethod
    def _answer(caller: socket.socket, reply: bytes) -> None:
        caller.settimeout(1)
        try:
            caller.sendall(reply)
        except OSError:
            pass
        caller.close()


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    at = head.lower().find(b"\r\ncontent-length:")
    return bool(end) and (at < 0 or len(body) >= int(head[at + 17 :].partition(b"\r\n")[0]))


if __name__ == "__main__":
    receiver = Receiver()
    print(receiver.port, flush=True)
    receiver.run()
