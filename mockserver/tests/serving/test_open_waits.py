"""Waits on granian, in a process of its own: many at once, and clients that do as they like."""

from __future__ import annotations

import json
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from megaapi_mock.serving.connections import LOOK

from ..support import AUTH, KEY, UNLINKED
from .test_server import PATIENCE, Running, read_until, read_whole, starting, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of threads")
WAITS = 200
THREADS_MOST = 40


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Running]:
    with starting(tmp_path) as start:
        yield start("granian", kind="mock").ready()


def line(path: str, protocol: str = "HTTP/1.1") -> bytes:
    """A request of the control API, which takes no other Host."""
    return f"GET {path} {protocol}\r\nHost: 127.0.0.1\r\n\r\n".encode()


def ask(mock: Running, path: str) -> socket.socket:
    """A connection with a request on it."""
    address = ("127.0.0.1", int(mock.url.rpartition(":")[2]))
    connection = socket.create_connection(address, PATIENCE)
    connection.sendall(line(path))
    return connection


def get(mock: Running, path: str) -> bytes:
    with closing(ask(mock, path)) as connection:
        return read_whole(connection)


def wait_path(key: str, name: str = "exchanges", seconds: float = 60) -> str:
    return f"/_mock/{name}?instance={key}&wait={seconds}"


def open_waits(mock: Running) -> int:
    text = get(mock, "/_mock/metrics").decode()
    line = next(line for line in text.splitlines() if 'clients_waiting{kind="wait"}' in line)
    return int(float(line.split()[-1]))


def threads(mock: Running) -> int:
    return len(list(Path(f"/proc/{mock.serving_pid}/task").iterdir()))


def send_on(connection: socket.socket) -> bytes:
    body = json.dumps({"messageData": {"to": "5511900000002", "text": "oi"}})
    head = (
        f"POST /rest/sendMessage/{KEY}/text HTTP/1.1\r\nHost: test\r\n"
        f"Authorization: {AUTH['Authorization']}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall((head + body).encode())
    return read_whole(connection)


def send(mock: Running) -> None:
    with closing(ask(mock, "/_mock/health")) as connection:
        read_whole(connection)
        assert b" 200 OK" in send_on(connection)


def items(answer: bytes) -> list[str]:
    status, _, body = answer.partition(b"\n")
    assert status.endswith(b" 200 OK")
    return [item["operation"] for item in json.loads(body)["items"]]


def is_silent(connection: socket.socket) -> bool:
    return not select.select([connection], [], [], 0)[0]


def open_in_turn(mock: Running, keys: list[str], stack: ExitStack) -> list[socket.socket]:
    """Waits on these instances, a few at a time.

    Many at once are a crowd that has not been answered, and have granian begin threads for a while.
    """
    waits: list[socket.socket] = []
    for key in keys:
        waits.append(stack.enter_context(closing(ask(mock, wait_path(key)))))
        if len(waits) % 10 == 0:
            until(lambda: open_waits(mock) == len(waits), "the waits are open")
    return waits


def test_many_waits_hold_no_threads_and_calls_are_answered_beside_them(mock: Running) -> None:
    with ExitStack() as stack:
        clients: dict[str, list[socket.socket]] = {KEY: [], UNLINKED: []}
        opened = open_in_turn(mock, [KEY, UNLINKED] * (WAITS // 2), stack)
        clients[KEY], clients[UNLINKED] = opened[::2], opened[1::2]
        assert threads(mock) < THREADS_MOST
        send(mock)
        assert [items(read_whole(each)) for each in clients[KEY]] == [["send_text"]] * 100
        assert all(map(is_silent, clients[UNLINKED]))
        assert open_waits(mock) == WAITS / 2
        # A connection goes on after its wait.
        clients[KEY][0].sendall(line("/_mock/health"))
        assert b"200 OK" in read_whole(clients[KEY][0])
        code, seconds = mock.stopped_by(signal.SIGTERM)
        assert [items(read_whole(each)) for each in clients[UNLINKED]] == [[]] * 100
    assert code == 0 and seconds < 20
    assert mock.err.read_text() == ""


def test_a_request_behind_a_wait_is_answered_after_it(mock: Running) -> None:
    with closing(ask(mock, wait_path(KEY, seconds=0.3))) as client:
        client.sendall(line("/_mock/health"))
        both = read_until(client, b'"status":"ok"')
        assert both.index(b'"items":[]') < both.index(b'"status":"ok"')


def test_a_client_of_http_1_0_gets_its_answer_and_the_end(mock: Running) -> None:
    with closing(ask(mock, "/_mock/health")) as old:
        read_whole(old)
        old.sendall(line(wait_path(KEY, seconds=0.3), "HTTP/1.0"))
        answer = b""
        while more := old.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.0 200 OK") and b'"items":[]' in answer


@pytest.mark.parametrize("how", ["closes", "says nothing more"])
def test_a_client_that_leaves_harms_nobody(mock: Running, how: str) -> None:
    leaver, pause = ask(mock, wait_path(KEY)), threading.Event()
    until(lambda: open_waits(mock) == 1, "one waits")
    # Of those that begin together nobody can say which has left.
    pause.wait(0.1)
    other = ask(mock, wait_path(KEY))
    until(lambda: open_waits(mock) == 2, "both wait")
    if how == "closes":
        leaver.close()
    else:
        leaver.shutdown(socket.SHUT_WR)
    until(lambda: open_waits(mock) == 1, "its place is free")
    send(mock)
    with closing(other):
        assert items(read_whole(other)) == ["send_text"]
    leaver.close()
    until(lambda: open_waits(mock) == 0, "nobody waits")
    assert mock.err.read_text() == ""


def test_a_crowd_of_idle_connections_closes_no_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMITS", json.dumps({"connections": 40}))
    with starting(tmp_path) as start, ExitStack() as stack:
        mock = start("granian", kind="mock").ready()
        waits = open_in_turn(mock, [UNLINKED] * 60, stack)
        address = ("127.0.0.1", int(mock.url.rpartition(":")[2]))
        idle = [stack.enter_context(closing(socket.create_connection(address))) for _ in range(40)]
        until(lambda: not all(map(is_silent, idle)), "idle ones are closed")
        begun = time.monotonic()
        while time.monotonic() - begun < 1.5:
            send(mock)
        assert all(map(is_silent, waits)) and open_waits(mock) == 60


def test_a_client_that_asks_again_at_once_waits_as_long_as_it_asked_for(mock: Running) -> None:
    """Its wait is not taken for one that was left alone."""
    with closing(ask(mock, wait_path(KEY, seconds=0.01))) as client:
        for _ in range(20):
            assert items(read_whole(client)) == []
            client.sendall(line(wait_path(KEY, seconds=0.01)))
        read_whole(client)
        begun = time.monotonic()
        client.sendall(line(wait_path(KEY, seconds=3 * LOOK)))
        assert items(read_whole(client)) == []
        assert time.monotonic() - begun >= 3 * LOOK
