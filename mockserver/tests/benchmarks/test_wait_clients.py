"""Clients that wait beside what is measured, and the kinds of waits there are."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator

import pytest
import wait_clients
import wait_kinds
from megaapi_mock.testing import MockServer
from open_waits import wait_until_open
from wait_clients import clients, request_bytes

KEY = "megacode-TESTKEY0001"


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def port_of(server: MockServer) -> int:
    return int(server.url.rpartition(":")[2])


def test_a_request_says_how_long_its_body_is() -> None:
    head, _, body = request_bytes("POST", "/x", {"a": 1}).partition(b"\r\n\r\n")
    assert head.startswith(b"POST /x HTTP/1.1\r\n") and body == b'{"a": 1}'
    assert b"Content-Length: 8" in head
    assert request_bytes("GET", "/x", None).endswith(b"Content-Length: 0\r\n\r\n")


def test_clients_that_wait_are_not_answered_and_leave_with_the_block(server: MockServer) -> None:
    path = f"/_mock/exchanges?instance={KEY}&wait=60"
    with clients(port_of(server), [("GET", path, None)] * 3) as seen:
        wait_until_open(port_of(server), 3)
    assert seen.answered == 0


@pytest.mark.parametrize(
    ("answer", "answered"),
    [(b"HTTP/1.1 200 OK\r\n\r\n{}", 1), (b"HTTP/1.1 200\r\ncontent-type: text/event-stream", 0)],
)
def test_whoever_was_answered_and_is_no_stream_is_counted(answer: bytes, answered: int) -> None:
    client, server = socket.socketpair()
    with client, server, selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, [0])
        server.sendall(answer)
        seen = wait_clients.Seen()
        assert wait_clients._read_all(selector, seen)
        assert (seen.answered, seen.bytes) == (answered, len(answer))
        assert len(selector.get_map()) == 1 - answered


def test_every_kind_asks_for_something_of_its_own() -> None:
    names = [kind.name for kind in wait_kinds.KINDS]
    assert len(set(names)) == len(names)
    for kind in wait_kinds.KINDS:
        method, path, _ = kind.request_at(7, "3EB0TESTID")
        assert method in ("GET", "POST") and path.startswith("/_mock/") and "{" not in path


def test_ratios_are_those_of_rounds_that_follow_each_other() -> None:
    without, beside = [(1.0, 2.0), (2.0, 2.0), (4.0, 2.0)], [(2.0, 2.0), (3.0, 2.0), (4.0, 2.0)]
    assert wait_kinds._quartiles(without, beside, 0)[1] == 1.5
    assert wait_kinds._quartiles(without, beside, 1) == [1.0, 1.0, 1.0]
