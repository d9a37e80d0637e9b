"""What granian's connections are taken for where the system tells less of them."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from megaapi_mock.serving import connections
from megaapi_mock.serving.bodies import Limits
from megaapi_mock.serving.calls import WatchedApp
from megaapi_mock.serving.connections import Watch
from megaapi_mock.serving.deferred import ANSWER_LATER, DeferredAnswer

from .test_server import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells of connections")


@pytest.fixture
def port() -> Iterator[int]:
    """A port with one connection, whose client has said nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            yield port


def look_at_a_wait(port: int) -> list[str]:
    """Whether a wait is let go that began long after all that came by the connections."""
    app, gone = WatchedApp(lambda environ, start: [b""], Limits()), list[str]()
    answer = DeferredAnswer(
        time.monotonic() + 1000.0, _never, lambda: gone.append("let go"), lambda: None
    )
    environ: Any = {ANSWER_LATER: None}
    app.deferred.keep(environ, time.monotonic() - 1000.0, answer)
    with closing(app.deferred):
        Watch(app, port, Limits(), threads=1).look()
    return gone


def _never(_: Callable[[], None]) -> None:
    """Nothing wakes it."""


def test_a_wait_is_let_go_when_no_connection_may_be_its_own(port: int) -> None:
    assert look_at_a_wait(port) == ["let go"]


def test_a_kernel_that_tells_less_of_connections_lets_no_wait_go(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_TCP_INFO", 104)
    assert look_at_a_wait(port) == []


def test_a_client_that_may_have_left_is_told_of(port: int) -> None:
    """By a look, half a second later at most: what is sent on streams then shows who."""

    class Streams:
        beats = 0

        def beat(self) -> None:
            self.beats += 1

        def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
            return []

    streams = Streams()
    app = WatchedApp(streams, Limits())
    with socket.create_server(("127.0.0.1", 0)) as server, closing(app.deferred):
        own_port = server.getsockname()[1]
        watch = Watch(app, own_port, Limits(), threads=1)
        with socket.create_connection(("127.0.0.1", own_port), 60) as client:
            accepted, _ = server.accept()
            with accepted:
                watch.look()
                assert streams.beats == 0
                client.shutdown(socket.SHUT_WR)
                assert accepted.recv(1) == b""
                watch.look()
                assert streams.beats == 1
            watch.look()
            assert streams.beats == 2, "it is closed on our side too"


def test_in_a_crowd_no_answer_is_cut_off_behind_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as stack:
        port = server.getsockname()[1]
        clients = []
        for _ in range(2):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            ours = stack.enter_context(server.accept()[0])
            client.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            ours.recv(100)
            clients.append((client, ours))
        # The system counts in milliseconds: until then both have spoken at once.
        until(
            lambda: all(time.monotonic() > each.last_came + 0.02 for each in of_port(port)),
            "the requests are some time ago",
        )
        for client, ours in clients:
            ours.sendall(head)
            assert client.recv(100) == head
        until(lambda: all(each.is_answered for each in of_port(port)), "both are answered")
        monkeypatch.setattr(connections, "BODY_FOLLOWS", 60.0)
        look_at_a_crowd(port)
        for client, ours in clients:
            ours.sendall(b"ok")
            assert client.recv(2) == b"ok"
        monkeypatch.setattr(connections, "BODY_FOLLOWS", -1.0)
        look_at_a_crowd(port)
        for client, _ in clients:
            client.setblocking(False)
        assert sorted(map(is_open, (client for client, _ in clients))) == [False, True]


def of_port(port: int) -> list[connections.ClientConnection]:
    return list(connections.connections(port))


def look_at_a_crowd(port: int) -> None:
    """A look where one connection is all that may be open."""
    app = WatchedApp(lambda environ, start: [b""], Limits())
    with closing(app.deferred):
        Watch(app, port, Limits(connections=1), threads=1).look()


def is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
