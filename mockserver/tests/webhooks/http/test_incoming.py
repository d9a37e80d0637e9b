"""Bytes of a receiver: lines and pieces, however they arrive, within a time and a number."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.client import HTTPException, LineTooLong

import pytest
from megaapi_mock.webhooks.http.incoming import LINE_MOST, Incoming, time_left, wait_for


@pytest.fixture
def ends() -> Iterator[tuple[Incoming, socket.socket]]:
    """What we read, and the receiver's end."""
    ours, receiver = socket.socketpair()
    with ours, receiver:
        incoming = Incoming(ours, 200_000)
        incoming.begin(time.monotonic() + 60, 200_000)
        yield incoming, receiver


def test_lines_and_pieces_come_in_order(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    receiver.sendall(b"one\r\ntwo\nbody, and m")
    assert [incoming.read_line("line") for _ in range(2)] == [b"one\r\n", b"two\n"]
    assert incoming.read_some(4) == b"body"
    receiver.sendall(b"ore\nlast")
    receiver.shutdown(socket.SHUT_WR)
    assert incoming.read_line("line") == b", and more\n"
    assert incoming.read_line("line") == b"last"
    assert (incoming.read_line("line"), incoming.read_some(9)) == (b"", b"")
    assert incoming.count == len(b"one\r\ntwo\nbody, and more\nlast")


def test_a_line_may_be_long_but_not_longer(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    longest = b"x" * (LINE_MOST - 1) + b"\n"
    receiver.sendall(longest)
    assert incoming.read_line("line") == longest
    receiver.sendall(b"x" + longest)
    with pytest.raises(LineTooLong, match="when reading line"):
        incoming.read_line("line")


def test_a_line_without_an_end_is_too_long(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    receiver.sendall(b"x" * (LINE_MOST + 1))
    with pytest.raises(LineTooLong):
        incoming.read_line("line")


def test_more_than_the_limit_is_refused(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    incoming.begin(time.monotonic() + 60, 5)
    receiver.sendall(b"12345\n")
    with pytest.raises(HTTPException, match="more than 5 bytes of headers and framing"):
        incoming.read_line("line")


def test_what_does_not_come_in_time_is_given_up(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    incoming.begin(time.monotonic() + 0.05, 100)
    receiver.sendall(b"no end of line")
    with pytest.raises(TimeoutError):
        incoming.read_line("line")


def test_a_flood_ends_at_the_deadline(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    receiver.sendall(b"there already\n")
    incoming.begin(time.monotonic(), 100)
    with pytest.raises(TimeoutError):
        incoming.read_line("line")


def test_a_socket_is_silent_until_something_comes(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    assert incoming.is_silent and incoming.is_silent
    receiver.sendall(b"xyz")
    assert not incoming.is_silent
    # What was there when it was asked is not lost for whoever reads on.
    assert not incoming.is_silent
    assert incoming.read_some(1) == b"x"


def test_bytes_read_ahead_are_not_silence(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    receiver.sendall(b"line\nmore")
    assert incoming.read_line("line") == b"line\n"
    assert not incoming.is_silent


def test_the_end_is_not_silence(ends: tuple[Incoming, socket.socket]) -> None:
    incoming, receiver = ends
    receiver.close()
    assert not incoming.is_silent


def test_a_socket_can_be_written_before_it_can_be_read() -> None:
    ours, receiver = socket.socketpair()
    with ours, receiver:
        wait_for(ours, 60.0, to_write=True)
        with pytest.raises(TimeoutError):
            wait_for(ours, 0.01)
        receiver.sendall(b"x")
        wait_for(ours, 60.0)


def test_there_is_no_time_left_at_the_deadline() -> None:
    assert 0 < time_left(time.monotonic() + 60) <= 60
    with pytest.raises(TimeoutError):
        time_left(time.monotonic())
