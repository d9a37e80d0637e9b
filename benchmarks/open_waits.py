"""Waits and streams of an instance that are open while something else is measured."""

from __future__ import annotations

import select
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

OTHER = "megacode-TESTKEY0002"
# As many of them are streams as a mock has places for, with some to spare; all others are waits.
STREAMS = 40
LISTS = ("exchanges", "deliveries", "messages", "fault-hits")


@contextmanager
def opened(port: int, number: int) -> Iterator[list[socket.socket]]:
    """So many waits and streams on another instance are open; they end before this does."""
    with ExitStack() as stack:
        clients = [stack.enter_context(ask(port, path(at))) for at in range(number)]
        wait_until_open(port, number)
        yield clients
    wait_until_open(port, 0)


def path(at: int) -> str:
    """Of the wait or stream with this number, from 0."""
    if at < STREAMS:
        return f"/_mock/stream?instance={OTHER}"
    return f"/_mock/{LISTS[at % len(LISTS)]}?instance={OTHER}&wait=60"


def ask(port: int, path: str) -> socket.socket:
    """A connection with a GET on it."""
    client = socket.create_connection(("127.0.0.1", port), 30)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return client


def wait_until_open(port: int, number: int) -> None:
    """Return once so many wait, those that were left included until the mock has noticed."""
    url, end = f"http://127.0.0.1:{port}/_mock/metrics", time.monotonic() + 120
    while True:
        with urllib.request.urlopen(url, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        count = sum(float(line.split()[-1]) for line in lines if "clients_waiting{" in line)
        if count == number:
            return
        assert time.monotonic() < end, f"{count} wait, not {number}"
        time.sleep(0.2)


def is_open(client: socket.socket) -> bool:
    """Whether a wait is not answered yet, or a stream has begun and goes on."""
    if not select.select([client], [], [], 0)[0]:
        return True
    client.setblocking(False)
    data = b""
    try:
        while chunk := client.recv(65536):
            data += chunk
    except BlockingIOError:
        return data.startswith(b"HTTP/1.1 200") and b"text/event-stream" in data
    except ConnectionError:
        return False
    return False
