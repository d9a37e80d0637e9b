"""Waitress with deadlines: requests that do not come, clients that do not read, and crowds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.errors import LATE
from megaapi_mock.serving.bodies import HEADERS_WITHIN, SMALL, TAKEN_LEAST, Limits
from megaapi_mock.serving.waitress_server import (
    CONNECTIONS_MOST,
    ON_DISK,
    WaitressServer,
    _Channel,
    _rank,
    _Request,
    _Task,
)
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

LIMITS = Limits(request_seconds=10, connections=8, bodies_bytes=4 * SMALL, answer_seconds=30)


def app(environ: Any, start_response: Any) -> Any:
    raise AssertionError("nobody calls")


@pytest.fixture
def server() -> Iterator[WaitressServer]:
    """A server that listens and is asked for nothing; its tasks are kept in `tasks`."""
    server = WaitressServer(app, LIMITS, host="127.0.0.1", port=0, threads=1)
    server.tasks = []
    server.add_task = server.tasks.append
    yield server
    server.active_channels = {}
    server.task_dispatcher.shutdown()
    server.close()


class Channel(_Channel):
    """A connection without a socket; `closed` says that it was closed at once."""

    def __init__(self, server: WaitressServer, *, activity: float = 0) -> None:
        self.server, self.requests_lock = server, threading.Lock()
        self.requests: list[Any] = []
        self.request = self.socket = None
        self.will_close = self.closed = False
        self.last_activity, self.total_outbufs_len = activity, 0
        server.active_channels[len(server.active_channels)] = self

    def handle_close(self) -> None:
        self.closed = True

    def receive(self, began: float, *, body: int = 0, headers: bool = True) -> _Request:
        """A request that has come so far."""
        request = _Request(self.server.adj)
        request.began, request.headers_finished = began, headers
        request.content_length = 10 * SMALL
        request.body_rcv = None if not body else b"x" * body
        self.request = request
        return request


# -- one request -------------------------------------------------------------------------------


def test_a_request_that_does_not_come_is_given_up_and_its_app_told(server: WaitressServer) -> None:
    channel = Channel(server)
    request = channel.receive(0, body=7)
    assert request.body_bytes == 7
    channel.give_up(10)
    assert request.completed and request.late is not None and "7 of" in request.late
    # No other request is read from this connection.
    assert request.headers["CONNECTION"] == "close"
    assert (channel.request, channel.requests, server.tasks) == (None, [request], [channel])


def test_a_request_without_its_headers_has_no_app_to_tell(server: WaitressServer) -> None:
    channel = Channel(server)
    channel.receive(0, headers=False)
    channel.give_up(10)
    assert channel.will_close and server.tasks == []


def test_nothing_is_given_up_while_an_answer_is_made(server: WaitressServer) -> None:
    channel = Channel(server)
    channel.give_up(10)
    request = channel.receive(0)
    channel.requests.append(object())
    channel.give_up(10)
    assert request.late is None and not channel.will_close and server.tasks == []


@pytest.mark.parametrize("late", [None, "only 7 of 9 bytes came"])
def test_the_app_hears_of_a_request_that_is_given_up(
    monkeypatch: pytest.MonkeyPatch, late: str | None
) -> None:
    monkeypatch.setattr(WSGITask, "get_environment", lambda _: {"PATH_INFO": "/"})
    task = _Task.__new__(_Task)
    task.request = SimpleNamespace(late=late)
    expected = {"PATH_INFO": "/"} if late is None else {"PATH_INFO": "/", LATE: late}
    assert task.get_environment() == expected


# -- one answer --------------------------------------------------------------------------------


def test_what_a_client_takes_is_counted(
    server: WaitressServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, sent = Channel(server), [3, None, 4]
    monkeypatch.setattr(HTTPChannel, "send", lambda *_: sent.pop(0))
    assert [channel.send(b"1234", False) for _ in range(3)] == [3, 0, 4]
    assert channel.bytes_taken == 7


def test_a_client_that_takes_nothing_of_its_answer_is_let_go(server: WaitressServer) -> None:
    channel = Channel(server)
    channel.total_outbufs_len = 1
    channel.let_go_if_slow(0, 30)
    channel.bytes_taken = TAKEN_LEAST - 1
    channel.let_go_if_slow(29.9, 30)
    assert not channel.closed
    channel.let_go_if_slow(30, 30)
    assert channel.closed


def test_a_client_that_takes_enough_or_all_has_its_time_again(server: WaitressServer) -> None:
    channel = Channel(server)
    channel.total_outbufs_len = 1
    channel.let_go_if_slow(0, 30)
    channel.bytes_taken = TAKEN_LEAST
    channel.let_go_if_slow(29, 30)
    channel.let_go_if_slow(58, 30)
    assert not channel.closed
    channel.total_outbufs_len = 0
    channel.let_go_if_slow(59, 30)
    channel.total_outbufs_len = 1
    channel.let_go_if_slow(100, 30)
    channel.let_go_if_slow(129, 30)
    assert not channel.closed


def test_a_connection_is_free_when_it_is_owed_no_answer(server: WaitressServer) -> None:
    channel = Channel(server)
    assert channel.is_free
    channel.total_outbufs_len = 1
    assert not channel.is_free
    channel.total_outbufs_len, channel.requests = 0, [object()]
    assert not channel.is_free


# -- all of them -------------------------------------------------------------------------------


def test_requests_that_take_too_long_are_given_up(server: WaitressServer) -> None:
    late, early = Channel(server, activity=100), Channel(server, activity=100)
    late.receive(90)
    early.receive(90.1)
    server.maintenance(100)
    assert server.tasks == [late]


def test_headers_alone_have_less_time_than_a_whole_request(server: WaitressServer) -> None:
    server._limits = replace(LIMITS, request_seconds=4 * HEADERS_WITHIN)
    dribbled, whole = Channel(server, activity=100), Channel(server, activity=100)
    dribbled.receive(100 - HEADERS_WITHIN, headers=False)
    whole.receive(100 - HEADERS_WITHIN)
    server.maintenance(99)
    assert not dribbled.will_close
    server.maintenance(100)
    assert dribbled.will_close and not whole.will_close and server.tasks == []


def test_a_crowd_loses_idle_connections_first_then_the_slowest_requests(
    server: WaitressServer,
) -> None:
    """Above seven of eight, down to six."""
    now = 100.0
    answered = Channel(server, activity=0)
    answered.requests.append(object())
    slow, quick = Channel(server, activity=now), Channel(server, activity=now)
    slow.receive(now - 9)
    quick.receive(now - 1)
    idle = [Channel(server, activity=now - age) for age in (1, 3, 2)]
    crowd = [Channel(server, activity=now - 0.5) for _ in range(1)]
    server.maintenance(now)
    assert not any(each.will_close for each in server.active_channels.values())
    Channel(server, activity=now)
    server.maintenance(now)
    assert [each.will_close for each in idle] == [False, True, True]
    assert not any(each.will_close for each in (answered, slow, quick, *crowd))
    assert sorted([slow, quick, *idle], key=_rank) == [idle[1], idle[2], idle[0], slow, quick]


def test_bodies_beyond_their_room_on_disk_are_dropped_oldest_first(
    server: WaitressServer,
) -> None:
    room = ON_DISK * LIMITS.bodies_bytes
    old, new = Channel(server, activity=98), Channel(server, activity=99)
    small = Channel(server, activity=97)
    small.receive(95, body=SMALL)
    old.receive(95, body=room // 2)
    new.receive(95, body=room // 2 - SMALL)
    server.maintenance(100)
    assert server.tasks == []
    new.receive(95, body=room // 2)
    server.maintenance(100)
    # A small one lies in memory: it makes no room on the disk.
    assert server.tasks == [old]


def test_a_client_that_does_not_read_is_let_go_by_the_loop(server: WaitressServer) -> None:
    channel = Channel(server, activity=100)
    channel.total_outbufs_len = 1
    server.maintenance(70)
    server.maintenance(99)
    assert not channel.closed
    server.maintenance(100)
    assert channel.closed


def test_no_more_connections_are_watched_than_the_loop_can_look_at() -> None:
    many = Limits(connections=10 * CONNECTIONS_MOST)
    server = WaitressServer(app, many, host="127.0.0.1", port=0, threads=1)
    try:
        assert server.adj.connection_limit == 2 * CONNECTIONS_MOST
    finally:
        server.task_dispatcher.shutdown()
        server.close()
