"""Clients that wait: each sends one request and reads whatever comes, until standard input ends.

    python benchmarks/wait_clients.py PORT < requests.json

The first line of standard input is a JSON list of requests, [method, path, body or null]. A line of
output says that all were sent. The last line says how many clients had a whole answer, and how
many bytes came. It is a process of its own: a reader must cost nobody but itself.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

Request = tuple[str, str, object]


@dataclass
class Seen:
    """What the clients saw until they left."""

    answered: int = 0
    bytes: int = 0


@contextmanager
def clients(port: int, requests: Sequence[Request]) -> Iterator[Seen]:
    """These requests are under way; filled in at the end: what came."""
    seen = Seen()
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(requests) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "open\n":
            raise SystemExit("the clients could not send their requests")
        yield seen
        process.stdin.close()
        seen.answered, seen.bytes = json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Open the connections, read them, and say what came."""
    port = int(sys.argv[1])
    # Not through sys.stdin: what it has read ahead, a selector does not tell of.
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 65536)
    selector = selectors.DefaultSelector()
    for method, path, body in json.loads(line):
        connection = socket.create_connection(("127.0.0.1", port), 30)
        connection.sendall(request_bytes(method, path, body))
        selector.register(connection, selectors.EVENT_READ, [0])
    print("open", flush=True)
    selector.register(0, selectors.EVENT_READ)
    seen = Seen()
    while _read_all(selector, seen):
        pass
    print(json.dumps([seen.answered, seen.bytes]), flush=True)


def request_bytes(method: str, path: str, body: object) -> bytes:
    """One request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def _read_all(selector: selectors.BaseSelector, seen: Seen) -> bool:
    """Read what is there; False once nobody asks us to go on."""
    goes_on = True
    for key, _ in selector.select():
        if key.fileobj == 0:
            goes_on = os.read(0, 65536) != b""
            continue
        connection: socket.socket = key.fileobj  # type: ignore[assignment]
        try:
            data = connection.recv(2**20)
        except ConnectionError:
            data = b""
        seen.bytes += len(data)
        # A stream has no end while its client reads; every other answer is one piece.
        is_stream = key.data[0] or b"text/event-stream" in data
        key.data[0] += is_stream
        if not is_stream or not data:
            seen.answered += 1
            selector.unregister(connection)
            connection.close()
    return goes_on


if __name__ == "__main__":
    main()
