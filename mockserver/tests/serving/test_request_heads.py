"""URLs and headers that are too large, refused before the app."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_mock.serving.bodies import Limits
from megaapi_mock.serving.request_heads import refuse, too_large

LIMITS = Limits(url_bytes=10, headers=3)


def head(path: str = "/a", query: str | None = "", headers: int = 0, others: int = 0) -> Any:
    environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query}
    environ |= {f"HTTP_X_{number}": "1" for number in range(headers)}
    return environ | {f"wsgi.{number}": 1 for number in range(others)}


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        (head(), None),
        (head("/" * 10), None),
        (head("/" * 11), "414 URI Too Long"),
        (head("/" * 6, "k" * 5), "414 URI Too Long"),
        (head("/" * 6, "k" * 4), None),
        (head("/", None), None),
        (head(headers=3), None),
        (head(headers=4), "431 Request Header Fields Too Large"),
        (head(headers=3, others=40), None),
        ({}, None),
    ],
)
def test_a_head_beyond_its_limit_is_refused(environ: Any, status: str | None) -> None:
    refusal = too_large(environ, LIMITS)
    assert (refusal[0] if refusal else None) == status


def test_a_refusal_names_the_figure_the_limit_and_the_option() -> None:
    assert too_large(head("/" * 11), LIMITS) == (
        "414 URI Too Long", "the URL has 11 bytes, above 10 (--url-bytes)",
    )  # fmt: skip
    refusal = too_large(head(headers=5), LIMITS)
    assert refusal is not None
    assert refusal[1] == "the request has 5 headers, above 3 (--headers-limit)"


def test_a_refusal_is_answered_as_the_control_api_says_things() -> None:
    started: list[Any] = []
    body = refuse(lambda *values: started.append(values), "414 URI Too Long", "it is long")
    [(status, headers)] = started
    assert status == "414 URI Too Long" and json.loads(b"".join(body)) == {"error": "it is long"}
    assert dict(headers) == {
        "Content-Type": "application/json", "Content-Length": str(len(b"".join(body))),
        "X-Mock-Reason": "it is long",
    }  # fmt: skip
