"""From a send to its webhook: sends at a steady rate, each timed until its webhook is there.

    python benchmarks/latency.py --port 8080 --rate 500 --seconds 10

One process sends and receives, so that one clock measures both ends. A send is timed from the
moment it was due, also where it left late: a mock that answers slowly hides nothing. The first two
seconds do not count. What counts is
the first webhook with the send's text, its body complete; the acknowledgements that follow are
received as well. Prints JSON.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import selectors
import socket
import time
from dataclasses import dataclass, field

from comparison.figures import percentile
from servers import KEY, TOKEN

CONNECTIONS = 16
WARM_UP = 2.0
# Seconds in which the last webhooks must come.
PATIENCE = 10.0
_NUMBER = re.compile(rb"Pedido (\d+) confirmado")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_RECEIVED = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(slots=True)
class Connection:
    """A connection with what has come on it so far; `sends` where we opened it."""

    socket: socket.socket
    sends: bool
    data: bytes = b""


@dataclass
class Trial:
    """So many sends, one each `interval` seconds."""

    port: int
    count: int
    interval: float
    due: dict[int, float] = field(default_factory=dict)
    took: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._free: list[Connection] = []
        self._next = 0

    @property
    def hook(self) -> str:
        """Where this process receives."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"

    def run(self) -> None:
        """Send and receive until every webhook is there, or the last should have been."""
        for _ in range(CONNECTIONS):
            client = socket.create_connection(("127.0.0.1", self.port))
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._free.append(self._watched(client, sends=True))
        begin = time.perf_counter() + 0.1
        self.due = {number: begin + number * self.interval for number in range(self.count)}
        end = self.due[self.count - 1] + PATIENCE
        while len(self.took) < self.count and (now := time.perf_counter()) < end:
            self._send_due(now)
            for key, _ in self._selector.select(self._pause(now)):
                if key.fileobj is self._listener:
                    self._watched(self._listener.accept()[0], sends=False)
                else:
                    self._read(key.data)

    def times(self, first: int, ended: float) -> list[float]:
        """In ms, of the sends from this one on; what had not come by the end took that long."""
        return [
            1000 * self.took.get(number, ended - due)
            for number, due in self.due.items()
            if number >= first
        ]

    def close(self) -> None:
        """Close every connection."""
        for key in [*self._selector.get_map().values()]:
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _watched(self, sock: socket.socket, *, sends: bool) -> Connection:
        sock.setblocking(False)
        connection = Connection(sock, sends)
        self._selector.register(sock, selectors.EVENT_READ, connection)
        return connection

    def _pause(self, now: float) -> float:
        if self._next == self.count or not self._free:
            return 0.1
        return max(self.due[self._next] - now, 0)

    def _send_due(self, now: float) -> None:
        while self._free and self._next < self.count and self.due[self._next] <= now:
            self._free.pop().socket.send(_request(self._next))
            self._next += 1

    def _read(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(262_144)
        except ConnectionError:
            data = b""
        if not data:
            if connection.sends:
                raise SystemExit("the mock has closed a connection that sends")
            self._selector.unregister(connection.socket)
            connection.socket.close()
            return
        connection.data += data
        if not complete(connection.data):
            return
        message, connection.data = connection.data, b""
        if connection.sends:
            if not message.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"the mock answers {message[:200]!r}")
            self._free.append(connection)
        else:
            self._receive(message)
            connection.socket.send(_RECEIVED)

    def _receive(self, message: bytes) -> None:
        number = _NUMBER.search(message)
        if number is not None:
            sent = int(number[1])
            self.took.setdefault(sent, time.perf_counter() - self.due[sent])


def complete(message: bytes) -> bool:
    """Whether a request or an answer is there with its whole body."""
    head = message.find(b"\r\n\r\n")
    if head < 0:
        return False
    length = _LENGTH.search(message, 0, head + 2)
    return len(message) - head - 4 >= (int(length[1]) if length else 0)


def _request(number: int) -> bytes:
    text = f"Pedido {number} confirmado"
    body = json.dumps({"messageData": {"to": "5511900000002", "text": text}})
    return (
        f"POST /rest/sendMessage/{KEY}/text HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def set_webhook(port: int, url: str) -> None:
    """Have the instance's events sent there."""
    body = json.dumps({"messageData": {"webhookUrl": url, "webhookEnabled": True}})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    asker = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asker.request("POST", f"/rest/webhook/{KEY}/configWebhook", body, headers)
    reply = asker.getresponse()
    answer = reply.read()
    asker.close()
    if reply.status != 200:
        raise SystemExit(f"configWebhook is answered with {reply.status}: {answer!r}")


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, default=500.0, help="sends a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    first = int(options.rate * WARM_UP)
    trial = Trial(options.port, first + int(options.rate * options.seconds), 1 / options.rate)
    set_webhook(options.port, trial.hook)
    trial.run()
    times = trial.times(first, time.perf_counter())
    figures = {
        "per_second": options.rate,
        "sends": len(times),
        "missing": trial.count - len(trial.took),
        "p50_ms": percentile(times, 50),
        "p99_ms": percentile(times, 99),
        "most_ms": max(times),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
