"""Calls that a server has under way, and the room of their bodies, from begin to end."""

from __future__ import annotations

import gc
import io
import json
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.serving.bodies import SMALL, Body, Limits
from megaapi_mock.serving.calls import WatchedApp
from megaapi_mock.serving.deferred import DeferredAnswer

LIMITS = Limits(url_bytes=100, bodies_bytes=10 * SMALL)


class App:
    """An app that answers as it is told, and sees what is under way meanwhile."""

    def __init__(self, answer: Any = None) -> None:
        self.answer: Any = [b"ok"] if answer is None else answer
        self.watcher: WatchedApp | None = None
        self.seen: list[tuple[int, int]] = []
        self.body = b""

    def watched_by(self, watcher: WatchedApp) -> None:
        self.watcher = watcher

    def __call__(self, environ: Any, start_response: Any) -> Any:
        assert self.watcher is not None
        self.body = environ["wsgi.input"].read() if "wsgi.input" in environ else b""
        self.seen.append((len(self.watcher.answering()), self.watcher.budget.bytes_held))
        if isinstance(self.answer, Exception):
            raise self.answer
        start_response("200 OK", [])
        return self.answer


def ask(app: App, body: bytes | None = None, **environ: Any) -> Any:
    watched = app.watcher or WatchedApp(app, LIMITS)
    values = {"PATH_INFO": "/a", "QUERY_STRING": "", **environ}
    if body is not None:
        values |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    return watched(values, lambda *values: None)


def at_rest(app: App) -> bool:
    assert app.watcher is not None
    return app.watcher.answering() == [] and app.watcher.budget.bytes_held == 0


def test_an_app_is_told_who_watches_it_and_need_not_be() -> None:
    app = App()
    watched = WatchedApp(app, LIMITS)
    assert app.watcher is watched
    WatchedApp(lambda environ, start: [b""], LIMITS)


def test_a_call_is_under_way_until_its_answer_is_there() -> None:
    app = App()
    assert ask(app) == [b"ok"]
    assert app.seen == [(1, 0)] and at_rest(app)


def test_a_large_body_takes_room_until_its_call_ends() -> None:
    app = App()
    body = b"x" * (2 * SMALL)
    ask(app, body)
    assert app.body == body
    assert app.seen[0][1] >= len(body) and at_rest(app)


@pytest.mark.parametrize("answer", [[b"ok"], iter((b"o", b"k"))], ids=["whole", "in parts"])
def test_a_body_goes_with_its_call_whatever_the_garbage_collector_does(answer: Any) -> None:
    app = App(answer)
    watched = WatchedApp(app, LIMITS)
    stream = io.BytesIO(b"{}")
    has_gone = weakref.ref(stream)
    environ = {"PATH_INFO": "/a", "CONTENT_LENGTH": "2", "wsgi.input": stream}
    gc.disable()
    try:
        parts = watched(environ, lambda *values: None)
        assert b"".join(parts) == b"ok" and app.body == b"{}"
        getattr(parts, "close", list)()
        del environ, stream, parts
        assert has_gone() is None
    finally:
        gc.enable()


def test_a_call_that_fails_is_no_longer_under_way() -> None:
    app = App(ValueError("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        ask(app, b"x" * (2 * SMALL))
    assert app.seen[0][0] == 1 and at_rest(app)


def test_a_call_whose_wait_cannot_begin_is_no_longer_under_way() -> None:
    def on_wait(wake: Any) -> None:
        raise RuntimeError("no thread")

    app = App(DeferredAnswer(1e9, on_wait, bool, bool))
    with pytest.raises(RuntimeError, match="no thread"):
        ask(app, b"x" * (2 * SMALL))
    assert app.seen[0][0] == 1 and at_rest(app)
    assert app.watcher is not None
    app.watcher.deferred.close()


def parts() -> Iterator[bytes]:
    yield b"a"
    yield b"b"


def test_an_answer_in_parts_keeps_its_call_until_it_is_closed() -> None:
    app = App(parts())
    answer = ask(app, b"x" * (2 * SMALL))
    assert app.watcher is not None
    [call] = app.watcher.answering()
    assert call.last_went is None
    assert next(iter(answer)) == b"a" and call.last_went is not None
    assert not at_rest(app)
    answer.close()
    answer.close()
    assert at_rest(app)


def test_an_answer_that_nobody_closes_ends_with_its_last_use() -> None:
    app = App(parts())
    answer = ask(app)
    assert not at_rest(app)
    del answer
    assert at_rest(app)


def test_an_answer_whose_closing_fails_ends_its_call_all_the_same() -> None:
    class Odd:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a"])

        def close(self) -> None:
            raise OSError("gone")

    app = App(Odd())
    answer = ask(app)
    with pytest.raises(OSError, match="gone"):
        answer.close()
    assert at_rest(app)


@pytest.mark.parametrize(
    ("environ", "is_read"),
    [({}, False), ({"CONTENT_LENGTH": "0"}, True), ({"HTTP_TRANSFER_ENCODING": "chunked"}, True)],
)
def test_only_what_may_have_a_body_is_read_within_the_limits(environ: Any, is_read: bool) -> None:
    inputs: list[Any] = []

    def app(values: Any, start_response: Any) -> list[bytes]:
        inputs.append(values["wsgi.input"])
        return [b""]

    watched = WatchedApp(app, LIMITS)
    watched({"PATH_INFO": "/a", "wsgi.input": io.BytesIO(), **environ}, lambda *values: None)
    assert isinstance(inputs[0], Body) == is_read


def test_a_head_that_is_too_large_does_not_reach_the_app() -> None:
    app = App()
    answer = ask(app, PATH_INFO="/" * 101)
    assert "error" in json.loads(b"".join(answer)) and app.seen == []
