"""What clients cannot do to others: take all connections, dribble for ever, fill the memory."""

from __future__ import annotations

import json
import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.errors import LATE, Overloaded
from megaapi_mock.serving.bodies import SMALL, STEP, Body, Budget, CallInProgress
from megaapi_mock.serving.server import GRANIAN_THREADS

from .test_server import PATIENCE, Running, Start, read_whole, starting, until

engines = pytest.mark.parametrize("engine", ["granian", "waitress"])
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="granian's connections are seen on Linux"
)
HEAD = b"POST /body HTTP/1.1\r\nHost: test\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
UNFINISHED = {
    "nothing": b"",
    "half headers": b"GET / HTTP/1.1\r\nHost: te",
    "half bodies": HEAD + b"Content-Length: 1000\r\n\r\n0123456789",
    "half chunks": CHUNKED + b"3e8\r\n0123456789",
}


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts processes that serve within the limits given by name."""
    with starting(tmp_path) as begin:

        def start(engine: str, **limits: Any) -> Running:
            monkeypatch.setenv("LIMITS", json.dumps(limits))
            return begin(engine).ready()

        yield start


def connected(server: Running, data: bytes = b"") -> socket.socket:
    """A connection with something sent on it."""
    connection = socket.create_connection(address_of(server), PATIENCE)
    connection.sendall(data)
    return connection


def address_of(server: Running) -> tuple[str, int]:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    return host, int(port)


def is_silent(connection: socket.socket) -> bool:
    """Whether the server has neither closed it nor sent anything more."""
    return not select.select([connection], [], [], 0)[0]


def is_open(connection: socket.socket) -> bool:
    """Whether the server has not closed it."""
    try:
        return is_silent(connection) or bool(connection.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


# --- connections -------------------------------------------------------------------------------


@engines
@pytest.mark.parametrize("kind", UNFINISHED)
def test_connections_without_a_whole_request_shut_nobody_out(
    start: Start, engine: str, kind: str
) -> None:
    server = start(engine, connections=64)
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(closing(connected(server, UNFINISHED[kind])))
        assert b"200 OK" in server.get()


@engines
def test_idle_connections_beyond_the_limit_shut_nobody_out(start: Start, engine: str) -> None:
    server = start(engine, connections=64)
    with ExitStack() as stack:
        for _ in range(200):
            read_whole(stack.enter_context(closing(server.ask("/"))))
        assert b"200 OK" in server.get()


@engines
def test_a_crowd_closes_nothing_that_is_being_answered(start: Start, engine: str) -> None:
    server = start(engine, connections=64)
    with ExitStack() as stack:
        streams = server.streams(3, stack)
        slow = [stack.enter_context(closing(server.ask("/slow?4"))) for _ in range(3)]
        read_whole(stack.enter_context(closing(server.ask("/"))))
        crowd = [stack.enter_context(closing(connected(server))) for _ in range(50)]
        crowd += [
            stack.enter_context(closing(connected(server, UNFINISHED["half bodies"])))
            for _ in range(100)
        ]
        streams += server.streams(1, stack)
        until(lambda: sum(map(is_open, crowd)) <= 56, "the crowd is smaller")
        assert all(map(is_open, [*streams, *slow]))
        assert b"200 OK" in server.get()
        for asker in slow:
            assert read_whole(asker).startswith(b"HTTP/1.1 200")
        assert all(map(is_open, streams))


def test_slow_bodies_do_not_hold_all_threads_of_granian(start: Start) -> None:
    """There may be more connections than threads, and each of these calls holds one."""
    server = start("granian")
    with ExitStack() as stack:
        slow = [
            stack.enter_context(closing(connected(server, UNFINISHED["half bodies"])))
            for _ in range(GRANIAN_THREADS + 50)
        ]
        until(lambda: not all(map(is_open, slow)), "the slowest are ended")
        assert b"200 OK" in server.get()
        assert sum(map(is_open, slow)) > GRANIAN_THREADS / 2


@engines
def test_a_crowd_loses_those_first_that_are_idle_the_longest(start: Start, engine: str) -> None:
    server = start(engine, connections=64)
    with ExitStack() as stack:
        idle = [stack.enter_context(closing(server.ask("/"))) for _ in range(40)]
        for each in idle:
            read_whole(each)
        threading.Event().wait(1.5)
        begun = [
            stack.enter_context(closing(connected(server, UNFINISHED["half bodies"])))
            for _ in range(20)
        ]
        until(lambda: not all(map(is_open, idle)), "an idle one is closed")
        assert all(map(is_open, begun))
        assert b"200 OK" in server.get()


# --- heads -------------------------------------------------------------------------------------


def head_of(url: str = "/", headers: int = 0, size: int = 0) -> bytes:
    """A request with a URL, so many headers, and one more of this size."""
    lines = [f"GET {url} HTTP/1.1", "Host: test", *(f"X-{n}: x" for n in range(headers))]
    if size:
        lines.append(f"X-Large: {'x' * size}")
    return "\r\n".join([*lines, "", ""]).encode()


@engines
@pytest.mark.parametrize(
    ("head", "status"),
    [
        (head_of(url=f"/{'a' * 9_000}"), b"200"),
        (head_of(url=f"/{'a' * 10_000}"), b"414"),
        (head_of(url=f"/?{'a' * 10_000}"), b"414"),
        (head_of(headers=30), b"200"),
        (head_of(headers=60), b"431"),
        (head_of(size=10_000), b"200"),
        (head_of(size=40_000), b"431"),
        (head_of(size=400_000), b"431"),
    ],
    ids=["url", "long URL", "long query", "headers", "many", "bytes", "large", "huge"],
)
def test_a_head_beyond_its_limits_is_refused(
    start: Start, engine: str, head: bytes, status: bytes
) -> None:
    server = start(engine, url_bytes=10_000, headers=50, header_bytes=16_384)
    with closing(socket.create_connection(address_of(server), PATIENCE)) as asker:
        # A server that has refused it reads no further.
        with suppress(OSError):
            asker.sendall(head)
        assert asker.recv(20).split()[1] == status
    assert b"200 OK" in server.get()


# --- clients that leave ------------------------------------------------------------------------


@engines
@pytest.mark.parametrize("kind", ["half chunks", "no last chunk"])
def test_chunks_whose_client_has_left_are_said_to_be_cut(
    start: Start, engine: str, kind: str
) -> None:
    server = start(engine)
    chunks = UNFINISHED["half chunks"] if kind == "half chunks" else CHUNKED + b"2\r\n{}\r\n"
    with closing(connected(server, chunks)) as leaving:
        leaving.shutdown(socket.SHUT_WR)
        # Waitress hands on whole requests only, and closes.
        assert leaving.recv(20)[:12] in (b"HTTP/1.1 400", b"")
    assert b"200 OK" in server.get()


@engines
def test_whole_chunks_are_taken_beside_clients_that_leave(start: Start, engine: str) -> None:
    server = start(engine)
    with ExitStack() as stack:
        for _ in range(5):
            leaving = stack.enter_context(closing(connected(server, UNFINISHED["half bodies"])))
            leaving.shutdown(socket.SHUT_WR)
        for _ in range(20):
            whole = stack.enter_context(closing(connected(server, CHUNKED + b"2\r\n{}\r\n")))
            whole.sendall(b"0\r\n\r\n")
            assert read_whole(whole).startswith(b"HTTP/1.1 200")


# --- time --------------------------------------------------------------------------------------


def dribble_until_answered(connection: socket.socket) -> None:
    """Send a byte now and then until the server speaks or closes; it must do so meanwhile."""
    end = time.monotonic() + PATIENCE
    while is_silent(connection):
        assert time.monotonic() < end, "bytes that dribble keep it open"
        connection.sendall(b"x")
        threading.Event().wait(0.3)


@engines
@pytest.mark.parametrize("kind", ["half bodies", "half chunks"])
def test_a_dribbled_body_is_answered_with_408(start: Start, engine: str, kind: str) -> None:
    server = start(engine, request_seconds=2)
    begun = time.monotonic()
    with closing(connected(server, UNFINISHED[kind])) as dribble:
        dribble_until_answered(dribble)
        assert dribble.recv(20).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - begun >= 2
    assert b"200 OK" in server.get()


@engines
def test_dribbled_headers_are_given_up(start: Start, engine: str) -> None:
    server = start(engine, request_seconds=2)
    begun = time.monotonic()
    with closing(connected(server, b"GET / HTTP/1.1\r\nX-Slow: ")) as dribble:
        dribble_until_answered(dribble)
        assert time.monotonic() - begun >= 1.5


def large_answers(server: Running) -> int:
    """How many large answers are under way."""
    try:
        return server.figure("large")
    except OSError:
        return 1  # nobody could answer: they are under way


@engines
def test_clients_that_do_not_read_their_answers_hold_no_threads(start: Start, engine: str) -> None:
    server = start(engine, answer_seconds=2)
    with ExitStack() as stack:
        # Waitress has 64 threads.
        for _ in range(70):
            stack.enter_context(closing(server.ask("/large")))
        until(lambda: large_answers(server) == 0, "all large answers are given up", limit=120)


@engines
def test_a_client_that_reads_slowly_gets_its_whole_answer(start: Start, engine: str) -> None:
    server = start(engine, answer_seconds=4)
    for _ in range(10):
        with closing(server.ask("/large")) as reader:
            longest = read_slowly(reader)
            # A reader that was itself held up for so long is none that reads slowly.
            if longest < 3:
                assert size_of_rest(reader) > 2**27
                return
    pytest.fail("this machine never lets a client read in time")


def read_slowly(reader: socket.socket) -> float:
    """Read a part of a large answer in six seconds; the longest time without a byte."""
    longest, last = 0.0, time.monotonic()
    for _ in range(12):
        threading.Event().wait(0.5)
        for _ in range(50):
            with suppress(ConnectionResetError):
                reader.recv(65536)
            now = time.monotonic()
            longest, last = max(longest, now - last), now
    return longest


def size_of_rest(reader: socket.socket) -> int:
    """How many bytes come yet, until the last chunk."""
    size = 0
    while piece := reader.recv(2**20):
        size += len(piece)
        if piece.endswith(b"0\r\n\r\n"):
            break
    return size


@engines
def test_who_is_being_answered_has_no_deadline(start: Start, engine: str) -> None:
    server = start(engine, request_seconds=2)
    with ExitStack() as stack:
        stream = server.streams(1, stack)[0]
        slow = stack.enter_context(closing(server.ask("/slow?4")))
        assert read_whole(slow).startswith(b"HTTP/1.1 200")
        assert is_open(stream)


@engines
def test_a_slow_body_in_time_is_taken(start: Start, engine: str) -> None:
    server = start(engine, request_seconds=40)
    with closing(connected(server, HEAD + b"Content-Length: 10\r\n\r\n")) as slow:
        for _ in range(10):
            threading.Event().wait(0.3)
            slow.sendall(b"x")
        assert read_whole(slow).startswith(b"HTTP/1.1 200")


# --- bytes -------------------------------------------------------------------------------------


def test_large_bodies_that_stop_coming_leave_room_for_small_ones(start: Start) -> None:
    """On waitress they lie on the disk until they are complete."""
    size = 8 * 2**20
    server = start("granian", bodies_bytes=2 * size, patience=1)
    before = resident(server)
    head = HEAD + b"Content-Length: %d\r\n\r\n" % size
    with ExitStack() as stack:
        stalled = [
            stack.enter_context(closing(connected(server, head + bytes(2 * SMALL))))
            for _ in range(12)
        ]
        for each in stalled:
            each.setblocking(False)
        # Ten of them find no room; what they send from then on is read and forgotten.
        pending = {each: size - 2 * SMALL - 1 for each in stalled}
        end = time.monotonic() + PATIENCE
        while pending and time.monotonic() < end:
            for each in select.select([], list(pending), [], 0.1)[1]:
                try:
                    pending[each] -= each.send(bytes(min(2**16, pending[each])))
                except OSError:
                    pending[each] = 0
                if not pending[each]:
                    del pending[each]
            assert len(stalled) > 2
        assert b"200 OK" in server.get()
        with closing(connected(server, HEAD + b"Content-Length: 9\r\n\r\n123456789")) as small:
            assert read_whole(small).startswith(b"HTTP/1.1 200")
        assert resident(server) - before < 5 * size


def test_a_large_body_without_room_is_refused_and_later_taken(start: Start) -> None:
    server = start("granian", bodies_bytes=3 * STEP, patience=1)
    large = HEAD + b"Content-Length: %d\r\n\r\n" % (2 * STEP) + bytes(2 * STEP)
    with closing(connected(server, large[: 4 * SMALL])):
        until(lambda: server.figure("held") > 0, "the first has its room")
        with closing(connected(server, large)) as second:
            assert read_whole(second).startswith(b"HTTP/1.1 503")

    def taken() -> bool:
        with closing(connected(server, large)) as third:
            return read_whole(third).startswith(b"HTTP/1.1 200")

    until(taken, "the room is free again")


def resident(server: Running) -> int:
    """Bytes of memory that the serving process has."""
    status = Path(f"/proc/{server.serving_pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


class Stream:
    """Gives so many bytes, then none."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int) -> bytes:
        part = min(size, self._left)
        self._left -= part
        return bytes(part)


def body_of(size: int, budget: Budget, *, announced: int | None, begun: float = 0.0) -> Body:
    environ: dict[str, Any] = {"wsgi.input": Stream(size)}
    if announced is not None:
        environ["CONTENT_LENGTH"] = str(announced)
    now = time.monotonic()
    return Body(environ, CallInProgress(now - begun, now), budget, 60.0, has_left=lambda _: False)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_takes_room_for_as_long_as_it_is_held(announced: bool) -> None:
    budget = Budget(10 * STEP, 0.05)
    size = 6 * STEP
    first, second = (body_of(size, budget, announced=size if announced else None) for _ in range(2))
    assert len(first.read()) == size
    with pytest.raises(Overloaded, match="--bodies-bytes"):
        second.read()
    second.release()
    first.release()
    assert len(body_of(size, budget, announced=size).read(size)) == size


def test_small_bodies_take_no_room() -> None:
    budget = Budget(STEP, 0.05)
    large = body_of(STEP, budget, announced=STEP)
    large.read()
    assert len(body_of(SMALL, budget, announced=SMALL).read()) == SMALL


def test_one_body_may_be_larger_than_the_budget() -> None:
    assert len(body_of(5 * STEP, Budget(STEP, 0.05), announced=5 * STEP).read()) == 5 * STEP


def test_a_body_whose_time_is_over_says_so() -> None:
    environ: dict[str, Any] = {"wsgi.input": Stream(10), "CONTENT_LENGTH": "1000"}
    now = time.monotonic()
    budget, call = Budget(STEP, 0.05), CallInProgress(now - 61, now)
    body = Body(environ, call, budget, 60.0, has_left=lambda _: True)
    assert len(body.read(1000)) == 10
    assert environ[LATE].startswith("after 60 s 10 of 1000 bytes of the body had come")
