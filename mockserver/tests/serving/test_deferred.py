"""Answers that are made later: when, by whom, and what becomes of the calls that wait."""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from megaapi_mock.serving import deferred
from megaapi_mock.serving.deferred import (
    ANSWER_LATER,
    CALL_BYTES,
    STALE_MOST,
    WORKERS,
    DeferredAnswer,
    DeferredAnswers,
    size_of,
)

FAR = 1000.0


class Client:
    """What answers one call, and what came."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.answers: list[tuple[int, list[tuple[str, str]], bytes]] = []

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None:
        self.answers.append((status, headers, body))
        self.came.set()

    def answer(self) -> tuple[int, list[tuple[str, str]], bytes]:
        assert self.came.wait(60), "no answer came"
        (answer,) = self.answers
        return answer


class App:
    """Answers with the number of its calls once there are `enough`; until then it waits on.

    Calls with a `gate` are held up until that is open; `held` is how many were.
    """

    def __init__(self, enough: int = 1, *, seconds: float = FAR) -> None:
        self.enough, self.seconds = enough, seconds
        self.calls = self.ends = self.held = 0
        self.wake: list[Callable[[], None]] = []
        self.environ_gets: dict[str, Any] = {}
        self.wakes_at_once, self.goes = False, 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if "gate" in environ:
            self.held += 1
            assert environ["gate"].wait(60), "nobody opened the gate"
        self.calls += 1
        environ.update(self.environ_gets)
        if self.calls < self.enough:
            return self.later()
        start_response("201 CREATED", [("X-Calls", str(self.calls))])
        return iter([b"a", b"b"])

    def later(self) -> DeferredAnswer:
        return DeferredAnswer(
            time.monotonic() + self.seconds, self.on_wait, self.let_go, self.on_end
        )

    def let_go(self) -> None:
        self.wake[self.goes]()

    def on_wait(self, wake: Callable[[], None]) -> None:
        self.wake.append(wake)
        if self.wakes_at_once:
            wake()

    def on_end(self) -> None:
        self.ends += 1


def keep(calls: DeferredAnswers, app: App, **environ: Any) -> Client:
    client = Client()
    calls.keep({ANSWER_LATER: client, **environ}, time.monotonic(), app.later())
    return client


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def calls(app: App) -> Iterator[DeferredAnswers]:
    with closing(DeferredAnswers(app)) as calls:
        yield calls


def test_a_call_is_answered_when_its_app_says_so(app: App, calls: DeferredAnswers) -> None:
    client = keep(calls, app)
    assert len(calls) == len(calls.begin_times()) == 1 and app.calls == 0
    app.wake[0]()
    assert client.answer() == (201, [("X-Calls", "1")], b"ab")
    assert (app.ends, len(calls)) == (1, 0)


def test_what_came_before_it_waits_is_not_missed(app: App, calls: DeferredAnswers) -> None:
    app.wakes_at_once = True
    assert keep(calls, app).answer()[0] == 201


def test_at_its_deadline_the_app_is_called_in_any_case(app: App, calls: DeferredAnswers) -> None:
    late = keep(calls, app)
    app.seconds = 0.05
    assert keep(calls, app).answer()[0] == 201
    assert late.answers == []


def test_woken_twice_it_is_called_once(app: App, calls: DeferredAnswers) -> None:
    client, other = keep(calls, app), keep(calls, app)
    app.wake[0]()
    app.wake[0]()
    client.answer()
    app.wake[0]()
    app.wake[1]()
    other.answer()
    assert app.calls == 2


def test_waits_are_let_go_by_when_they_have_begun(app: App, calls: DeferredAnswers) -> None:
    first = keep(calls, app)
    (begun,) = calls.begin_times()
    second = keep(calls, app)
    calls.let_go({begun})
    first.answer()
    assert second.answers == []


def test_an_app_may_wait_on(app: App, calls: DeferredAnswers) -> None:
    app.enough = 3
    client = keep(calls, app)
    for number in range(3):
        until(lambda number=number: len(app.wake) > number)
        assert (client.answers, app.ends) == ([], 0)
        app.wake[number]()
    assert client.answer()[1] == [("X-Calls", "3")]
    assert app.ends == 1


@pytest.mark.parametrize("is_log_gone", [False, True])
def test_an_app_that_fails_answers_500(
    is_log_gone: bool,
    app: App,
    calls: DeferredAnswers,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where nobody can write to the log or to stderr."""
    app.enough, app.later = 9, fail  # type: ignore[method-assign]
    if is_log_gone:
        monkeypatch.setattr(deferred.log, "exception", lambda *_: fail())
        monkeypatch.setattr(sys.stderr, "write", lambda *_: fail())
    client = Client()
    calls.keep(
        {ANSWER_LATER: client},
        0.0,
        DeferredAnswer(FAR, lambda wake: wake(), app.let_go, app.on_end),
    )
    assert client.answer() == (500, [], b"")
    assert ("a made-up bug" in caplog.text) is not is_log_gone
    assert (app.ends, len(calls)) == (1, 0)


def fail() -> Any:
    raise RuntimeError("a made-up bug")


def test_a_client_that_cannot_be_answered_is_no_trouble_of_others(
    app: App, calls: DeferredAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    class Gone(Client):
        def response_bytes(self, *_: Any) -> None:
            raise OSError("gone")

    for _ in range(WORKERS + 1):
        calls.keep({ANSWER_LATER: Gone()}, 0.0, app.later())
    client = keep(calls, app)
    for wake in app.wake:
        wake()
    client.answer()
    until(lambda: len(calls) == 0)
    until(lambda: len(caplog.records) == WORKERS + 1)


def test_a_thousand_calls_hold_a_few_threads(app: App, calls: DeferredAnswers) -> None:
    before = threading.active_count()
    clients = [keep(calls, app) for _ in range(1000)]
    assert threading.active_count() - before == WORKERS
    for wake in app.wake:
        wake()
    assert all(client.answer()[0] == 201 for client in clients)
    assert app.ends == 1000


def test_what_was_answered_long_before_its_deadline_is_forgotten(
    app: App, calls: DeferredAnswers
) -> None:
    app.wakes_at_once = True
    for _ in range(3 * STALE_MOST):
        keep(calls, app).answer()
    assert len(calls._deadlines) <= STALE_MOST + 1


def test_of_what_was_answered_before_its_deadline_nothing_is_kept(
    app: App, calls: DeferredAnswers
) -> None:
    class Large:
        """A part of the call."""

    part = Large()
    is_kept = weakref.ref(part)
    client = keep(calls, app, part=part)
    del part
    app.wake[0]()
    assert client.answer()[0] == 201
    until(lambda: is_kept() is None)


def test_flasks_request_is_not_kept_by_any_wait(app: App, calls: DeferredAnswers) -> None:
    environ: Any = {ANSWER_LATER: Client(), "werkzeug.request": app}
    app.enough, app.environ_gets = 4, {"werkzeug.request": app}
    calls.keep(environ, 0.0, app.later())
    for number in range(2):
        assert "werkzeug.request" not in environ
        app.wake[number]()
        until(lambda number=number: len(app.wake) > number + 1)
    assert app.calls == 2 and "werkzeug.request" not in environ


@pytest.mark.parametrize("is_due", [False, True])
def test_wait_whose_time_is_over_is_answered_while_others_are_held_up(
    app: App, calls: DeferredAnswers, is_due: bool
) -> None:
    gate = threading.Event()
    slow = [keep(calls, app, gate=gate) for _ in range(2 * WORKERS)]
    for wake in list(app.wake):
        wake()
    until(lambda: app.held >= WORKERS - 1)
    app.seconds = 0.05
    client = keep(calls, app)
    if is_due:
        app.wake[-1]()
    assert client.answer()[0] == 201
    assert app.held == WORKERS - 1
    gate.set()
    assert all(each.answer()[0] == 201 for each in slow)
    assert app.calls == app.ends == len(slow) + 1


def test_deadline_is_kept_while_an_earlier_waiter_is_held_up(
    app: App, calls: DeferredAnswers
) -> None:
    gate = threading.Event()
    keep(calls, app)
    app.wake[0]()
    until(lambda: len(calls._change._waiters) >= 4)  # type: ignore[attr-defined]
    clients = []
    for app.seconds in (0.1, 0.2, 0.3):
        clients.append(keep(calls, app, gate=gate))
    app.seconds = 0.4
    assert keep(calls, app).answer()[0] == 201
    gate.set()
    assert all(each.answer()[0] == 201 for each in clients)


def test_without_any_thread_a_call_is_refused_and_the_next_tries_again(
    app: App, calls: DeferredAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError, match="new thread"):
            keep(calls, app)
    assert (len(calls), app.ends) == (0, 1)
    client = keep(calls, app)
    app.wake[-1]()
    assert client.answer()[0] == 201


def test_with_too_few_threads_calls_are_answered_and_more_are_tried_for(
    app: App, calls: DeferredAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, start = threading.active_count(), threading.Thread.start

    def start_one(thread: threading.Thread) -> None:
        if threading.active_count() > before:
            no_thread(thread)
        start(thread)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start_one)
        client = keep(calls, app)
    app.wake[0]()
    assert client.answer()[0] == 201
    assert threading.active_count() - before == 1
    keep(calls, app)
    assert threading.active_count() - before == WORKERS


def no_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_a_wait_that_cannot_begin_is_no_call_any_more(app: App, calls: DeferredAnswers) -> None:
    app.on_wait = fail  # type: ignore[method-assign]
    with pytest.raises(TypeError):
        keep(calls, app)
    assert (len(calls), app.ends) == (0, 1)


def test_a_wait_that_cannot_go_on_is_answered_once(
    app: App, calls: DeferredAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    client, app.enough, app.seconds = keep(calls, app), 9, 0.05
    app.on_wait = fail  # type: ignore[method-assign]
    app.wake[0]()
    assert client.answer()[0] == 500
    # Its second deadline is over before that of another.
    app.on_wait, app.enough = app.wake.append, 1  # type: ignore[method-assign]
    app.seconds = 0.1
    assert keep(calls, app).answer()[0] == 201
    assert (app.calls, app.ends) == (2, 2)
    assert caplog.messages == ["our own bug: a call that waited failed"]


def test_what_a_waiting_call_takes() -> None:
    texts = len("PATH_INFO") + 10
    assert size_of({"PATH_INFO": "x" * 10, "wsgi.input": object()}) == CALL_BYTES + texts


def test_a_server_that_cannot_answer_later_says_so() -> None:
    with pytest.raises(TypeError, match="does not answer later"):
        iter(App().later())


def until(fact: Callable[[], Any]) -> None:
    deadline, pause = time.monotonic() + 60, threading.Event()
    while not fact():
        assert time.monotonic() < deadline, "it never came"
        pause.wait(0.005)
