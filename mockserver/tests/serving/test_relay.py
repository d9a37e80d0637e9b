"""A relay: bytes and ends of connections pass both ways, wherever the server is just now."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.serving import relay as relay_module
from megaapi_mock.serving.relay import Relay

from ..processes import free_port

PATIENCE = 60.0
HOST = "127.0.0.1"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with closing(Relay(HOST, 0)) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(PATIENCE)
        yield listener


def client_of(relay: Relay) -> socket.socket:
    return socket.create_connection((HOST, relay.port), timeout=PATIENCE)


def accepted(server: socket.socket) -> socket.socket:
    connection, _ = server.accept()
    connection.settimeout(PATIENCE)
    return connection


def address(server: socket.socket) -> tuple[str, int]:
    return HOST, server.getsockname()[1]


def all_of(connection: socket.socket) -> bytes:
    content = b""
    while piece := connection.recv(65536):
        content += piece
    return content


def test_bytes_pass_both_ways_and_the_last_answer_still_arrives(
    relay: Relay, server: socket.socket
) -> None:
    relay.hand_to(address(server))
    with client_of(relay) as client:
        client.sendall(b"one")
        with accepted(server) as upstream:
            assert upstream.recv(3) == b"one"
            client.shutdown(socket.SHUT_WR)
            assert upstream.recv(1) == b""
            upstream.sendall(b"two")
        assert all_of(client) == b"two"


def test_a_client_that_leaves_is_gone_for_the_server_too(
    relay: Relay, server: socket.socket
) -> None:
    relay.hand_to(address(server))
    client = client_of(relay)
    with accepted(server) as upstream:
        client.close()
        assert upstream.recv(1) == b""


def test_a_connection_that_the_server_resets_is_reset(relay: Relay, server: socket.socket) -> None:
    relay.hand_to(address(server))
    with client_of(relay) as client:
        upstream = accepted(server)
        upstream.sendall(b"half")
        assert client.recv(4) == b"half"
        upstream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, relay_module.AT_ONCE)
        upstream.close()
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_large_answer_waits_for_a_slow_client(relay: Relay, server: socket.socket) -> None:
    relay.hand_to(address(server))
    size, sent = 32 * 2**20, 0
    with client_of(relay) as client, accepted(server) as upstream:
        upstream.settimeout(0.5)
        with pytest.raises(TimeoutError):
            while sent < size:
                sent += upstream.send(bytes(65536))
        assert sent < size
        upstream.settimeout(PATIENCE)
        rest = threading.Thread(target=lambda: upstream.sendall(bytes(size - sent)))
        rest.start()
        received = 0
        while received < size:
            received += len(client.recv(2**20))
        rest.join(PATIENCE)
    assert received == size


def test_connections_wait_for_a_server(relay: Relay, server: socket.socket) -> None:
    with client_of(relay) as client:
        client.sendall(b"early")
        relay.hand_to(address(server))
        with accepted(server) as upstream:
            assert upstream.recv(5) == b"early"


def test_a_server_that_does_not_answer_is_tried_again(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = asyncio.BaseEventLoop.create_connection, threading.Semaphore(0)

    async def connect(*arguments: Any, **options: Any) -> Any:
        try:
            return await real(*arguments, **options)
        except OSError:
            failures.release()
            raise

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connect)
    place = (HOST, free_port())
    relay.hand_to(place)
    with client_of(relay) as client:
        client.sendall(b"early")
        assert failures.acquire(timeout=PATIENCE), "nobody tried"
        with socket.create_server(place) as late:
            late.settimeout(PATIENCE)
            with accepted(late) as upstream:
                assert upstream.recv(5) == b"early"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_mock/health", {"error": relay_module.NO_SERVER}),
        (
            "/rest/instance/megacode-TESTKEY0001",
            {"name": "SERVICE_UNAVAILABLE", "message": "Service Unavailable", "statusCode": 503},
        ),
    ],
)
def test_where_no_server_comes_the_answer_is_503(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, object]
) -> None:
    monkeypatch.setattr(relay_module, "SERVER_WITHIN", 0.1)
    with client_of(relay) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        head, _, content = all_of(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert f"X-Mock-Reason: {relay_module.NO_SERVER}".encode() in head
    assert json.loads(content) == body


def test_connections_to_the_server_before_end(relay: Relay, server: socket.socket) -> None:
    with socket.create_server((HOST, 0)) as other:
        other.settimeout(PATIENCE)
        relay.hand_to(address(server))
        with client_of(relay) as client, accepted(server) as upstream:
            relay.hand_to(address(other))
            with pytest.raises(ConnectionResetError):
                client.recv(1)
            with pytest.raises(ConnectionResetError):
                upstream.recv(1)
        with client_of(relay) as client, accepted(other) as upstream:
            client.sendall(b"new")
            assert upstream.recv(3) == b"new"


def test_a_server_that_goes_at_once_leaves_no_client_waiting(
    relay: Relay, server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is there before the relay has put the two ends together."""
    real = asyncio.BaseEventLoop.create_connection

    async def connect(*arguments: Any, **options: Any) -> Any:
        transport, upstream = await real(*arguments, **options)
        with accepted(server) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, relay_module.AT_ONCE)
        while not transport.is_closing():
            await asyncio.sleep(0.01)
        return transport, upstream

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", connect)
    relay.hand_to(address(server))
    with client_of(relay) as client:
        client.sendall(b"one")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_port_that_is_taken_is_one_sentence(server: socket.socket) -> None:
    port = server.getsockname()[1]
    with pytest.raises(SetupError, match=f"^port {port} on {HOST} is taken: "):
        Relay(HOST, port)
