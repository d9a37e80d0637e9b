"""How granian's calls reach the app, and its answers granian."""

from __future__ import annotations

import time
from typing import Any

import pytest
from megaapi_mock.serving.deferred import ANSWER_LATER, DeferredAnswer
from megaapi_mock.serving.granian_calls import adapter, use_own_adapter

granian = pytest.importorskip("granian", reason="granian is not there")


class Protocol:
    """What granian answers one call with."""

    def __init__(self) -> None:
        self.given: list[tuple[Any, ...]] = []

    def response_bytes(self, *answer: Any) -> None:
        self.given.append(answer)

    def response_iter(self, status: int, headers: Any, parts: Any) -> None:
        read = []
        while True:
            try:
                read.append(parts.__next__())
            except StopIteration:
                break
        parts.close()
        self.given.append((status, headers, read))


class Parts:
    """An answer in parts."""

    closed = False

    def __iter__(self) -> Any:
        return iter([b"a", b"b"])

    def close(self) -> None:
        self.closed = True


def call(answer: Any, seen: list[Any] | None = None) -> tuple[int, list[tuple[Any, ...]]]:
    def app(environ: Any, start_response: Any) -> Any:
        if seen is not None:
            seen.append(environ)
        start_response("404 NOT FOUND", [("X-A", "b")])
        return answer

    protocol = Protocol()
    return adapter(app, {}, None)(protocol, {"PATH_INFO": "/a"}), protocol.given


def test_a_list_is_answered_whole() -> None:
    assert call([b"a", b"b"]) == (404, [(404, [("X-A", "b")], b"ab")])


def test_other_answers_are_read_part_by_part_and_closed() -> None:
    parts = Parts()
    assert call(parts)[1] == [(404, [("X-A", "b")], [b"a", b"b"])]
    assert parts.closed


def test_a_deferred_answer_is_no_answer_yet() -> None:
    later = DeferredAnswer(time.monotonic(), lambda wake: None, list, list)
    assert call(later)[1] == []


def test_a_call_is_not_given_the_environment_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A variable HTTP_PROXY, say, would be taken for a header."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    seen: list[Any] = []
    call([], seen)
    assert "HTTP_PROXY" not in seen[0] and seen[0]["PATH_INFO"] == "/a"
    assert seen[0]["SERVER_SOFTWARE"] == "Granian" and ANSWER_LATER in seen[0]


def test_a_granian_with_another_adapter_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from granian.server import mp

    monkeypatch.setattr(mp, "_wsgi_call_wrap", object())
    assert use_own_adapter() and vars(mp)["_wsgi_call_wrap"] is adapter
    monkeypatch.delattr(mp, "_wsgi_call_wrap")
    assert not use_own_adapter() and not hasattr(mp, "_wsgi_call_wrap")
