"""`serve --shared`: processes on one PostgreSQL database are one mock, whichever of them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import cycle
from urllib.request import urlopen

import pytest

from ..postgres_server import PostgresServer
from ..processes import Process, mock_command
from ..shared_mocks import (
    LOST,
    PATIENCE,
    Bot,
    Json,
    SharedMock,
    command_of,
    descendants,
    eventually,
)
from ..support import KEY

pytestmark = pytest.mark.postgres
OTHER = "megacode-TESTKEY0003"
LISTS = ("instances", "messages", "exchanges", "deliveries", "faults", f"instances/{KEY}/chats")
Start = Callable[..., list[SharedMock]]


@pytest.fixture
def start(postgres_url: str) -> Iterator[Start]:
    running: list[SharedMock] = []

    def start_all(count: int, *arguments: str) -> list[SharedMock]:
        for _ in range(count):
            running.append(SharedMock(postgres_url, "--set", "acks=off", *arguments))
        return running[-count:]

    yield start_all
    for mock in running:
        mock.kill()


@pytest.fixture
def bot() -> Iterator[Bot]:
    with closing(Bot()) as opened:
        yield opened


def configure(mock: SharedMock, bot: Bot) -> None:
    hook = {"messageData": {"webhookUrl": bot.url, "webhookEnabled": True}}
    mock.call("POST", f"/rest/webhook/{KEY}/configWebhook", hook)


def lists(mock: SharedMock) -> Json:
    return {name: mock.items(f"/{name}?limit=1000") for name in LISTS}


def leader_of(mocks: list[SharedMock]) -> SharedMock:
    (leader,) = [mock for mock in mocks if mock.leads]
    return leader


def test_three_processes_are_one_mock(start: Start, bot: Bot) -> None:
    mocks = start(3)
    first, second, third = mocks
    assert [mock.leads for mock in mocks] == [True, False, False]
    configure(second, bot)
    texts = [f"mensagem {number}" for number in range(30)]
    ids = [mock.send(text) for mock, text in zip(cycle(mocks), texts, strict=False)]
    assert len({*ids}) == 30
    bot.wait_for(texts)
    assert [body["key"]["id"] for body in bot.bodies] == ids
    other = {"key": OTHER, "token": "TESTKEY0001", "number": "5511900000007", "connected": True}
    second.control("POST", "/instances", other)
    third.send("de outra", OTHER)
    second.control("POST", "/faults", {"fault": "bad-gateway", "operation": "logout", "times": 1})
    logout = f"/rest/instance/{KEY}/logout"
    assert third.status("DELETE", logout) == 502
    assert [hit["what"] for hit in first.items("/faults")[0]["hits"]] == ["logout"]
    assert lists(first) == lists(second) == lists(third)


def test_who_waits_on_one_process_sees_what_another_is_sent(start: Start) -> None:
    first, second, third = start(3)
    answers: list[list[Json]] = []
    path = f"/messages?instance={KEY}&wait=60"
    waiting = threading.Thread(target=lambda: answers.append(second.items(path)))
    waiting.start()
    with urlopen(f"{third.url}/_mock/stream", timeout=PATIENCE) as stream:
        first.send("para quem espera")
        while b"para quem espera" not in stream.readline():
            pass
    waiting.join(PATIENCE)
    assert "para quem espera" in str(answers)


def test_clock_snapshot_and_reset_hold_for_all(start: Start) -> None:
    first, second = start(2)
    second.control("POST", "/clock", {"freeze": True})
    assert first.control("GET", "/clock") == second.control("GET", "/clock")
    assert first.control("GET", "/clock")["frozen"] is True
    sent = first.send("antes")
    state = second.control("GET", "/state")
    second.control("POST", "/reset")
    assert first.items("/messages") == []
    first.control("PUT", "/state", state)
    assert [message["id"] for message in second.items("/messages")] == [sent]


class Sender:
    """Sends through one process after the other until it is told to stop."""

    def __init__(self, mocks: list[SharedMock]) -> None:
        self._mocks, self._stopping = mocks, threading.Event()
        self.acknowledged: dict[str, str] = {}
        self._has_sent = threading.Condition()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        for number, mock in enumerate(cycle(self._mocks)):
            if self._stopping.is_set():
                return
            text = f"mensagem {number}"
            try:
                sent = mock.send(text)
            except LOST:
                continue
            with self._has_sent:
                self.acknowledged[sent] = text
                self._has_sent.notify_all()

    def wait_for_more(self, count: int) -> None:
        """Return once so many more were acknowledged."""
        with self._has_sent:
            total = len(self.acknowledged) + count
            assert self._has_sent.wait_for(lambda: len(self.acknowledged) >= total, PATIENCE)

    def stop(self) -> dict[str, str]:
        """What was acknowledged: the texts by id."""
        self._stopping.set()
        self._thread.join(PATIENCE)
        return self.acknowledged


def kill_all(mock: SharedMock) -> None:
    mock.kill()


def kill_front(mock: SharedMock) -> None:
    mock.process.stop(signal.SIGKILL)


def kill_serving(mock: SharedMock) -> None:
    for pid in descendants(mock.process.pid):
        os.kill(pid, signal.SIGKILL)


def stop(mock: SharedMock) -> None:
    assert mock.process.stop() == 0


@pytest.mark.parametrize(
    ("end", "count"), [(kill_all, 3), (kill_front, 2), (kill_serving, 2), (stop, 2)]
)
def test_when_the_one_that_does_the_work_ends_nothing_is_lost(
    start: Start, bot: Bot, end: Callable[[SharedMock], None], count: int
) -> None:
    mocks = start(count)
    configure(mocks[0], bot)
    leader = leader_of(mocks)
    others = [mock for mock in mocks if mock is not leader]
    begun = descendants(leader.process.pid)
    sender = Sender(others)
    sender.wait_for_more(20)
    end(leader)
    sender.wait_for_more(20)
    acknowledged = sender.stop()
    bot.wait_for([*acknowledged.values()])
    messages = {message["id"]: message for message in others[0].items("/messages?limit=1000")}
    assert acknowledged.keys() <= messages.keys()
    # Each came first in the order of the sends, whichever process sent it.
    numbers = [int(text.split()[1]) for text in bot.texts()]
    assert numbers == sorted(numbers)
    assert lists(others[0]) == lists(others[-1])
    assert not [pid for pid in begun if command_of(pid)]
    leader_of(mocks)


def test_the_end_of_one_that_stands_by_is_not_noticed(start: Start) -> None:
    first, second = start(2)
    second.kill()
    first.send("um")
    assert first.leads and len(first.items("/messages")) == 1


def test_beyond_loopback_the_control_api_asks_for_its_token_at_every_port(start: Start) -> None:
    first, second = start(2, "--host", "0.0.0.0", "--control-token", "TESTTOKEN0001")
    peer = second.process.wait_for(r"Stands by at \S+: (127\.0\.0\.1:\d+) does").group(1)
    assert f"http://{peer}" not in (first.url, second.url)
    for url in (first.url, second.url, f"http://{peer}"):
        second.url = url
        assert second.status("GET", "/_mock/messages") == 403
    assert second.send("oi")


def test_they_go_on_when_the_server_of_the_database_was_killed(
    start: Start, bot: Bot, postgres_server: PostgresServer
) -> None:
    mocks = start(2)
    configure(mocks[0], bot)
    before = [mock.send(f"antes {number}") for number, mock in enumerate(mocks)]
    postgres_server.kill()
    body = {"messageData": {"to": "5511900000002", "text": "enquanto"}}
    for mock in mocks:
        assert mock.status("POST", f"/rest/sendMessage/{KEY}/text", body) == 503
    postgres_server.start()
    after = [eventually(lambda mock=mock: mock.send(f"depois {mock.url}")) for mock in mocks]
    # Another may take over once more meanwhile: who calls just then is reset.
    messages = eventually(lambda: mocks[1].items("/messages?limit=1000"))
    ids = [message["id"] for message in messages]
    assert [each for each in ids if each in before + after] == before + after
    bot.wait_for([f"depois {mock.url}" for mock in mocks])
    leader_of(mocks)


@pytest.mark.parametrize("arguments", [(), ("--shared",)])
def test_a_mock_that_does_not_share_is_in_the_way(
    postgres_url: str, arguments: tuple[str, ...]
) -> None:
    """The one that comes second is refused, whichever of them shares."""
    other = () if arguments else ("--shared",)
    command = mock_command("serve", "--port", "0", "--store", postgres_url)
    with closing(Running([*command, *other])):
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, timeout=PATIENCE
        )
    assert done.returncode == 2
    assert " is in use by megaapi-mock, process " in done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stdout == ""


class Running:
    """A mock that answers."""

    def __init__(self, command: list[str]) -> None:
        self._process = Process(command)
        self._process.wait_for(r"Address +http", PATIENCE)

    def close(self) -> None:
        assert self._process.stop() == 0
