"""One request with its reply, and how a body is shown: JSON, text or base64, and cut when long."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.codec import BODY_SHOWN, shown_body
from megaapi_mock.records.exchange import Exchange

KEY = "megacode-TESTKEY0001"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", {"body": None}),
        (b'{"a": [1, null]}', {"body": {"a": [1, None]}}),
        (b"7", {"body": 7}),
        (b"{", {"body": "{"}),
        ("é {".encode(), {"body": "é {"}),
        (b"\xff{", {"body": "/3s=", "encoding": "base64"}),
    ],
)
def test_a_body_is_shown_as_far_as_it_can_be_read(body: bytes, shown: dict[str, Any]) -> None:
    assert shown_body(body) == shown


def test_a_long_body_is_cut_and_says_how_long_it_was() -> None:
    whole = b'"' + b"x" * (BODY_SHOWN - 2) + b'"'
    assert shown_body(whole) == {"body": "x" * (BODY_SHOWN - 2)}
    longer = whole + b" "
    assert shown_body(longer) == {"body": whole.decode(), "cut": True, "size": BODY_SHOWN + 1}
    # A character that is cut in two is no reason to show nothing.
    assert shown_body(b"x" + "é".encode() * BODY_SHOWN)["body"].startswith("xéé")


def test_an_exchange_is_listed_with_request_and_response() -> None:
    exchange = Exchange(
        id=f"x1.{KEY}", time=1.0, instance=KEY, operation="send_text", method="POST", path="/a",
        request_headers=[("A", "1")], request_body=b"{}", status=200,
        response_headers=[("B", "2")], response_body=b"ok", reason="why", violations=("a: b",),
        events=["text-plain"], fault=("f1", "slow"), duration_ms=2.5, came=9.0,
    )  # fmt: skip
    assert exchange.as_json() == {
        "id": f"x1.{KEY}", "time": 1.0, "instance": KEY, "operation": "send_text",
        "request": {"method": "POST", "path": "/a", "headers": {"A": "1"}, "body": {}},
        "response": {"status": 200, "headers": {"B": "2"}, "body": "ok"},
        "duration_ms": 2.5, "reason": "why", "violations": ["a: b"], "events": ["text-plain"],
        "fault": {"id": "f1", "name": "slow"},
    }  # fmt: skip


def test_a_request_without_an_answer_or_a_fault_is_listed_too() -> None:
    shown = Exchange("x1", 1.0, None, None, "GET", "/", [], b"").as_json()
    assert (shown["response"]["status"], shown["response"]["body"], shown["fault"]) == (
        0,
        None,
        None,
    )


def test_a_duration_is_shown_to_the_microsecond() -> None:
    exchange = Exchange("x1", 0.0, None, None, "GET", "/", (), b"", duration_ms=1.23456789)
    assert exchange.as_json()["duration_ms"] == 1.235
