"""One exchange: what goes over the wire, and when it is ended by force."""

from __future__ import annotations

import gc
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from megaapi_mock.serving.http_client import Server, exchange, host_field, trusted_tls_context

Script = Callable[[socket.socket], None]
Serve = Callable[[Script], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Runs a script on the first connection to a port of its own."""
    with ExitStack() as at_end:

        def start(script: Script) -> Server:
            listening = at_end.enter_context(socket.create_server(("127.0.0.1", 0)))

            def run() -> None:
                peer, _ = listening.accept()
                with peer, suppress(OSError):
                    script(peer)

            thread = threading.Thread(target=run)
            thread.start()
            at_end.callback(thread.join, 60)
            return Server("127.0.0.1", listening.getsockname()[1])

        yield start


def answering(*pieces: bytes, heard: list[bytes] | None = None) -> Script:
    def script(peer: socket.socket) -> None:
        request = peer.recv(65536)
        if heard is not None:
            heard.append(request)
        for piece in pieces:
            peer.sendall(piece)

    return script


def test_the_fields_given_are_sent_and_no_others(serve: Serve) -> None:
    heard: list[bytes] = []
    server = serve(answering(b"HTTP/1.1 201 Created\r\nX-A: 1\r\n\r\nbody", heard=heard))
    fields = [("Host", "mock.example.test"), ("X-Name", "Jos\u00e9".encode("latin-1"))]
    answer = exchange(server, "POST", "/a?b=c", fields, b"", seconds=60)
    assert heard == [b"POST /a?b=c HTTP/1.1\r\nHost: mock.example.test\r\nX-Name: Jos\xe9\r\n\r\n"]
    assert (answer.status, answer.headers["X-A"], answer.body) == (201, "1", b"body")
    assert answer.missing == 0


def test_a_body_that_ends_too_early_is_said(serve: Serve) -> None:
    server = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234"))
    answer = exchange(server, "GET", "/", [], seconds=60)
    assert (answer.body, answer.missing) == (b"1234", 6)


def test_a_failed_exchange_leaves_no_socket_to_the_collector(serve: Serve) -> None:
    def cut(peer: socket.socket) -> None:
        answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[")(peer)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server = serve(cut)
    with pytest.raises(ConnectionResetError) as failure:
        exchange(server, "GET", "/", (), seconds=60)
    assert failure.tb is not None, "holds the frames, and what they hold, until here"
    sockets = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]
    assert [sock for sock in sockets if "[closed]" in repr(sock) and sock.fileno() >= 0] == []


def test_no_more_than_the_most_is_read(serve: Serve) -> None:
    server = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234567890"))
    assert exchange(server, "GET", "/", [], seconds=60, most=4).body == b"1234"


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_a_byte_now_and_then_does_not_move_the_deadline(serve: Serve, head: bytes) -> None:
    over = threading.Event()

    def drip(peer: socket.socket) -> None:
        peer.recv(65536)
        peer.sendall(head)
        while not over.wait(0.02):
            peer.sendall(b"H")

    server, begin = serve(drip), time.monotonic()
    with pytest.raises(TimeoutError):
        exchange(server, "GET", "/", [], seconds=0.3)
    over.set()
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize(
    ("server", "field"),
    [
        (Server("mock.example.test", 80), "mock.example.test"),
        (Server("mock.example.test", 443), "mock.example.test:443"),
        (Server("mock.example.test", 443, trusted_tls_context()), "mock.example.test"),
        (Server("::1", 8080), "[::1]:8080"),
        (Server("maçã.example.test", 80), "xn--ma-tiap.example.test"),
    ],
)
def test_the_host_field_has_no_port_of_the_scheme(server: Server, field: str) -> None:
    assert host_field(server) == field
