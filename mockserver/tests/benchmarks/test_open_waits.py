"""Waits and streams that are open while something else is measured."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import open_waits
import pytest
from megaapi_mock.testing import MockServer
from open_waits import TooFewOpen, is_open, opened


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    client, server = socket.socketpair()
    with client, server:
        yield client, server


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "still"),
    [
        (b"", True),
        (STREAM, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", False),
        (b"HTTP/1.1 503 Busy\r\nContent-Type: text/event-stream\r\n\r\n", False),
    ],
)
def test_a_waiter_is_open_until_it_is_answered(
    pair: tuple[socket.socket, socket.socket], answer: bytes, still: bool
) -> None:
    client, server = pair
    server.sendall(answer)
    assert is_open(client) is still


def test_a_stream_that_ended_is_not_open(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    server.sendall(STREAM)
    server.close()
    assert is_open(client) is False


@pytest.fixture
def port() -> Iterator[int]:
    with MockServer() as server:
        yield int(server.url.rpartition(":")[2])


def test_waits_are_open_together_and_end_with_the_block(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A mock of tests notices only at the next line of a stream that its reader has left.
    monkeypatch.setattr(open_waits, "STREAMS", 0)
    with opened(port, 5) as clients:
        assert [is_open(client) for client in clients] == [True] * 5
    open_waits.wait_until_open(port, 0)


def test_the_first_ones_are_streams() -> None:
    paths = [open_waits.path(at) for at in range(open_waits.STREAMS + 4)]
    assert sum("/stream?" in each for each in paths) == open_waits.STREAMS
    assert len({each for each in paths if "wait=60" in each}) == len(open_waits.LISTS)


def test_fewer_than_were_asked_for_are_told(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_waits, "STREAMS", 0)
    with opened(port, 3):
        with monkeypatch.context() as patch, pytest.raises(TooFewOpen, match="3 wait, not 5"):
            patch.setattr(open_waits, "_OPEN_WITHIN", 0.0)
            open_waits.wait_until_open(port, 5)
