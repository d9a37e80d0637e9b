"""Answers that break on the wire, by what each server lets us do.

What really reaches a client: `faults/test_wire.py`.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.web.gateway.broken_reply import send_broken
from megaapi_mock.web.gateway.reply import BrokenEnding, Headers, Reply
from waitress.channel import ClientDisconnected

GRANIAN = {"SERVER_SOFTWARE": "Granian"}
BODY = b"0123456789"


class Sent:
    """What was started, written, and released."""

    def __init__(self) -> None:
        self.started: list[tuple[str, Headers]] = []
        self.written: list[bytes] = []
        self.released = 0
        self.stopping = threading.Event()

    def start(self, status: str, headers: Headers) -> Callable[[bytes], None]:
        self.started.append((status, headers))
        return self.written.append

    def release(self) -> None:
        assert not self.started
        self.released += 1

    def send(
        self, environ: dict[str, Any], broken: BrokenEnding, *, method: str = "GET"
    ) -> list[bytes]:
        reply = Reply(200, BODY, broken=broken)
        parts = send_broken(
            environ, self.start, reply, [("Content-Length", "10")], method=method,
            stopping=self.stopping, after=self.release,
        )  # fmt: skip
        return list(parts)


class Connection:
    """Waitress's socket: what was set on it, and whether its client has left."""

    def __init__(self, *, left: bool = False) -> None:
        self.options: list[tuple[int, int, bytes]] = []
        self._left = left

    def setsockopt(self, level: int, name: int, value: bytes) -> None:
        self.options.append((level, name, value))

    def recv(self, _: int, __: int) -> bytes:
        if self._left:
            return b""
        raise BlockingIOError


class Channel(SimpleNamespace):
    socket: Connection

    def gone(self) -> bool:
        return False


def waitress(connection: Connection) -> dict[str, Any]:
    return {"waitress.client_disconnected": Channel(socket=connection).gone}


@pytest.fixture
def sent() -> Sent:
    return Sent()


def test_a_cut_answer_promises_all_and_sends_a_part(sent: Sent) -> None:
    assert sent.send({}, BrokenEnding("cut", 4)) == [b"0123"]
    assert sent.started == [("200 OK", [("Content-Length", "10")])]
    assert sent.released == 1


def test_nothing_of_a_body_is_sent_to_who_asked_for_the_head(sent: Sent) -> None:
    assert sent.send({}, BrokenEnding("cut", 4), method="HEAD") == [b""]


def test_granian_is_told_to_close_behind_a_part(sent: Sent) -> None:
    assert sent.send(GRANIAN, BrokenEnding("cut", 4)) == [b"0123"]
    assert sent.started[0][1][-1] == ("Connection", "close")


def test_waitress_writes_the_part_and_closes(sent: Sent) -> None:
    with pytest.raises(ClientDisconnected):
        sent.send(waitress(Connection()), BrokenEnding("cut", 4))
    assert sent.written == [b"0123"] and sent.released == 1


def test_a_reset_on_waitress_sends_rst(sent: Sent) -> None:
    connection = Connection()
    with pytest.raises(ClientDisconnected):
        sent.send(waitress(connection), BrokenEnding("reset"))
    assert connection.options == [(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))]
    assert sent.started == []


def test_granian_refuses_a_head_that_contradicts_itself(sent: Sent) -> None:
    assert sent.send(GRANIAN, BrokenEnding("reset")) == [b"?"]
    names = [name for name, _ in sent.started[0][1]]
    assert names == ["Content-Length", "Transfer-Encoding"]


def test_in_one_process_the_client_gets_an_exception(sent: Sent) -> None:
    with pytest.raises(ConnectionResetError):
        sent.send({}, BrokenEnding("reset"))
    assert sent.released == 1


def seconds(sent: Sent, environ: dict[str, Any], broken: BrokenEnding) -> float:
    begin = time.monotonic()
    with pytest.raises((ConnectionResetError, ClientDisconnected)):
        sent.send(environ, broken)
    return time.monotonic() - begin


def test_a_hanging_call_ends_with_its_seconds(sent: Sent) -> None:
    assert seconds(sent, {}, BrokenEnding("hang", seconds=0.06)) >= 0.06
    # What it caused does not wait.
    assert sent.released == 1


def test_a_hanging_call_ends_with_the_fault_the_server_or_the_client(sent: Sent) -> None:
    long = 60.0
    lifted = BrokenEnding("hang", seconds=long, is_lifted=lambda: True)
    assert seconds(sent, {}, lifted) < long / 2
    gone = Connection(left=True)
    assert seconds(sent, waitress(gone), BrokenEnding("hang", seconds=long)) < long / 2
    # Nothing is reset: it ended by itself.
    assert gone.options == []
    sent.stopping.set()
    assert seconds(sent, {}, BrokenEnding("hang", seconds=long)) < long / 2
