"""The process that does the work: what it says of itself, and that it ends with who began it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from megaapi_mock.commands.shared_worker import Worker, WorkerOptions
from megaapi_mock.commands.start_screen import Greeting
from megaapi_mock.profile import load_profile
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings

PATIENCE = 60.0
GREETING = Greeting(
    key=None, token=None, unlinked=None, profile="code", world="default", seed=1, control=""
)


@pytest.fixture
def begin() -> Iterator[Callable[[Settings], Worker]]:
    workers: list[Worker] = []

    def begin_one(settings: Settings) -> Worker:
        profile = load_profile("code", root("fixtures"))
        workers.append(Worker(settings))
        workers[-1].begin(WorkerOptions(profile, GREETING, "http://mock", 0))
        return workers[-1]

    yield begin_one
    for worker in workers:
        worker.kill()


def until(question: Callable[[], bool]) -> None:
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while not question():
        assert time.monotonic() < deadline
        pause.wait(0.02)


def answers(port: int) -> bool:
    with suppress(URLError, ConnectionError):
        with urlopen(f"http://127.0.0.1:{port}/_mock/health", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    return False


def test_it_tells_its_port_and_answers_there_until_it_is_killed(
    begin: Callable[[Settings], Worker], capfd: pytest.CaptureFixture[str]
) -> None:
    worker = begin(Settings(port=8080, seed=1, quiet=True))
    until(lambda: worker.look() and worker.port is not None)
    port = worker.port
    assert port is not None and port != 8080
    assert answers(port)
    worker.kill()
    assert not worker.look()
    until(lambda: not answers(port))
    # People are shown where they reach it.
    assert "http://mock" in capfd.readouterr().out


def test_it_stops_when_it_is_asked_to(
    begin: Callable[[Settings], Worker], capfd: pytest.CaptureFixture[str]
) -> None:
    worker = begin(Settings(seed=1, quiet=True))
    until(lambda: worker.look() and worker.port is not None)
    worker.stop()
    assert not worker.look()
    assert "Stopped, all webhooks sent." in capfd.readouterr().out


def test_it_says_why_it_cannot_begin(begin: Callable[[Settings], Worker], tmp_path: Path) -> None:
    worker = begin(Settings(world=str(tmp_path / "no.yaml")))
    until(lambda: not worker.look())
    assert worker.refusal is not None and "no.yaml" in worker.refusal
    assert worker.port is None


def test_one_that_was_not_needed_ends_when_it_is_asked_to() -> None:
    worker = Worker(Settings())
    assert worker.look() and worker.port is None
    worker.stop()
    assert not worker.look()
