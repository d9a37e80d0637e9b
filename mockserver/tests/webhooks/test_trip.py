"""What came of one attempt: its record, and why an answer is not a success."""

from __future__ import annotations

import time

import pytest
from megaapi_mock.webhooks.http.client import ReceiverAnswer
from megaapi_mock.webhooks.trip import RunningAttempt, failure_reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (None, None),
        (200, None),
        (204, None),
        (299, None),
        (199, "receiver answered 199"),
        (300, "receiver answered 300 (a redirect that was not followed)"),
        (399, "receiver answered 399 (a redirect that was not followed)"),
        (400, "receiver answered 400"),
        (500, "receiver answered 500"),
    ],
)
def test_only_a_2xx_is_a_success(status: int | None, reason: str | None) -> None:
    assert failure_reason(status) == reason


LOST = "and a redirect to GET loses the body: set an address that answers the POST itself"


@pytest.mark.parametrize(
    ("status", "redirects", "reason"),
    [
        (200, ("POST http://a/b",), None),
        (200, ("GET http://a/b",), f"receiver led on to GET http://a/b, {LOST}"),
        (200, ("POST http://a", "GET http://b"), f"receiver led on to GET http://b, {LOST}"),
        (404, ("GET http://a/b",), f"receiver answered 404: led on to GET http://a/b, {LOST}"),
        (404, ("POST http://a/b",), "receiver answered 404"),
        (None, ("GET http://a/b",), None),
    ],
)
def test_a_redirect_that_loses_the_body_is_named(
    status: int | None, redirects: tuple[str, ...], reason: str | None
) -> None:
    assert failure_reason(status, redirects) == reason


def test_an_attempt_has_the_mocks_time_and_the_machines_duration() -> None:
    started = time.perf_counter() - 0.25
    attempt = RunningAttempt(time=7.0, started=started).attempt("no answer within 5 s")
    assert (attempt.time, attempt.status, attempt.error) == (7.0, None, "no answer within 5 s")
    assert 250 <= attempt.duration_ms < 60_000
    assert attempt.span is not None and attempt.span[0] == started
    assert attempt.duration_ms == round((attempt.span[1] - started) * 1000, 3)
    assert (attempt.headers, attempt.body, attempt.truncated, attempt.redirects) == (
        (), b"", False, (),
    )  # fmt: skip


def test_an_attempt_has_all_that_was_answered() -> None:
    answer = ReceiverAnswer(302, (("Location", "/b"),), b"moved", True, ("GET http://a",))
    attempt = RunningAttempt(7.0, time.perf_counter()).attempt(None, answer)
    assert (attempt.status, attempt.headers, attempt.body) == (302, answer.headers, b"moved")
    assert (attempt.truncated, attempt.redirects, attempt.error) == (True, answer.redirects, None)
