"""Who may use the control API, by Host, Origin, token, and what is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from megaapi_mock.errors import ControlRefused
from megaapi_mock.settings import Settings
from megaapi_mock.web.control.guard import Guard, is_loopback, is_ours, retry_headers
from megaapi_mock.web.gateway.request import BODY_LIMIT

TOKEN = "TESTTOKEN0001"
LOCAL = "http://127.0.0.1:8080"
APP = Flask("test")

Check = Callable[..., tuple[int, str] | None]


def check(
    settings: Settings,
    path: str = "/_mock/state",
    *,
    webhook: bool = False,
    base_url: str = LOCAL,
    **call: Any,
) -> tuple[int, str] | None:
    """Status and sentence of the refusal; None where the call may go on."""
    guard = Guard(settings, lambda _: webhook)
    with APP.test_request_context(path, base_url=base_url, **call):
        refusal = guard.check()
    return None if refusal is None else (refusal.status_code, json.loads(refusal.data)["error"])


OPEN = Settings()
CLOSED = Settings(host="0.0.0.0", control_token=TOKEN)


@pytest.mark.parametrize(
    ("path", "ours"),
    [("/_mock", True), ("/_mock/state", True), ("/_mockery", False), ("/rest/_mock/", False)],
)
def test_the_control_api_is_what_is_below_its_path(path: str, ours: bool) -> None:
    assert is_ours(path) == ours


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.0.0.9", True), ("::1", True),
        ("[::1]", True), ("", False), ("0.0.0.0", False), ("192.168.0.1", False),
        ("localhost.example.test", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback


def test_on_loopback_it_is_open_to_this_machine() -> None:
    assert check(OPEN) is None
    assert check(OPEN, base_url="http://localhost:8080") is None
    # A name that somebody made to lead here: a page of another site could read the answers.
    refusal = check(OPEN, base_url="http://rebound.example.test:8080")
    assert refusal is not None and refusal[0] == 403
    assert "is not this machine: use 127.0.0.1" in refusal[1]


def test_paths_of_the_gateway_are_not_guarded() -> None:
    assert check(OPEN, "/rest/instance/KEY", base_url="http://gateway.example.test") is None
    assert check(CLOSED, "/rest/instance/KEY", method="POST", webhook=True) is None


@pytest.mark.parametrize(
    ("origin", "passes"),
    [(LOCAL, True), ("http://127.0.0.1:9999", False), ("https://example.test", False),
     ("null", False)],
)  # fmt: skip
def test_pages_of_other_origins_may_not_use_it(origin: str, passes: bool) -> None:
    refusal = check(OPEN, headers={"Origin": origin})
    assert (refusal is None) == passes
    assert passes or refusal == (403, f"pages of {origin!r} may not use the control API")


def test_an_origin_that_is_no_address_is_refused() -> None:
    refusal = check(OPEN, headers={"Origin": "http://[::1"})
    assert refusal is not None and refusal[0] == 403


@pytest.mark.parametrize(
    ("headers", "passes"),
    [({"X-Mock-Token": TOKEN}, True), ({"X-Mock-Token": "other"}, False), ({}, False),
     ({"X-Mock-Token": "ü"}, False)],
)  # fmt: skip
def test_elsewhere_the_token_is_needed(headers: dict[str, str], passes: bool) -> None:
    refusal = check(CLOSED, headers=headers, base_url="http://mock.example.test")
    assert (refusal is None) == passes
    assert passes or "X-Mock-Token is missing or differs" in str(refusal)


def test_without_a_token_it_is_disabled_elsewhere() -> None:
    refusal = check(Settings(host="0.0.0.0"), headers={"X-Mock-Token": ""})
    assert refusal is not None and "is disabled on 0.0.0.0" in refusal[1]


@pytest.mark.parametrize(
    ("path", "method", "passes"),
    [
        ("/_mock/ui", "GET", True),
        ("/_mock/ui/app.js", "HEAD", True),
        ("/_mock/ui/app.js", "POST", False),
        ("/_mock/uint", "GET", False),
    ],
)
def test_the_files_of_the_page_hold_no_secret(path: str, method: str, passes: bool) -> None:
    assert (check(CLOSED, path, method=method) is None) == passes


def test_a_webhook_that_points_here_drives_nothing() -> None:
    refused = (404, "a webhook may not call the control API: change its URL")
    assert check(OPEN, method="POST", webhook=True) == refused
    assert check(OPEN, method="PUT", webhook=True) is None
    assert check(OPEN, method="POST") is None


@pytest.mark.parametrize(
    ("path", "method", "limit"),
    [
        ("/_mock/state", "PUT", OPEN.state_bytes + 1),
        ("/_mock/state/", "PUT", OPEN.state_bytes + 1),
        ("/_mock/state", "POST", BODY_LIMIT),
        ("/_mock/reset", "PUT", BODY_LIMIT),
    ],
)
def test_a_state_may_be_larger_than_other_bodies(path: str, method: str, limit: int) -> None:
    with APP.test_request_context(path, base_url=LOCAL, method=method):
        assert Guard(OPEN, lambda _: False).check() is None
        assert request.max_content_length == limit


def test_only_a_refusal_that_may_pass_says_when_to_try_again() -> None:
    assert [name for name, _ in retry_headers(ControlRefused(503, "full"))] == ["Retry-After"]
    assert retry_headers(ControlRefused(400, "wrong")) == []
