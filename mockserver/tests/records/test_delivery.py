"""One payload owed to one URL: how it ends, and how it is listed."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.records.delivery import Attempt, Delivery, delivery_json, end

KEY = "megacode-TESTKEY0001"
ATTEMPT = Attempt(2.0, 200, 12.5, None, (("A", "1"),), b"ok", False, span=(1.0, 2.0))


def delivery(**fields: Any) -> Delivery:
    given: dict[str, Any] = {"body": b'{"a": 1}', **fields}
    return Delivery(
        f"d1.{KEY}", 1.0, KEY, "text-plain", "conversation", "http://a", lane=KEY, **given
    )


def test_a_delivery_ends_with_a_state_and_a_reason() -> None:
    made = delivery()
    assert (made.state, made.reason) == ("queued", None)
    end(made, "failed", "receiver answered 500")
    assert (made.state, made.reason) == ("failed", "receiver answered 500")


def test_who_sees_the_new_state_finds_its_reason() -> None:
    written: list[str] = []

    class Watched(Delivery):
        """Notes the order in which its fields are written."""

        def __setattr__(self, name: str, value: object) -> None:
            written.append(name)
            super().__setattr__(name, value)

    made = Watched(f"d1.{KEY}", 1.0, KEY, "text-plain", "", "http://a", b"", KEY)
    written.clear()
    end(made, "failed", "why")
    assert written == ["reason", "state"]


def test_a_delivery_is_listed_with_its_payload_and_attempts() -> None:
    shown = delivery_json(delivery(attempts=[ATTEMPT], chaos="delay"))
    assert (shown["id"], shown["payload"], shown["chaos"]) == (f"d1.{KEY}", {"a": 1}, "delay")
    assert shown["attempts"] == [{
        "time": 2.0, "status": 200, "duration_ms": 12.5, "error": None, "headers": {"A": "1"},
        "body": "ok", "truncated": False,
    }]  # fmt: skip
    assert "body" not in shown


def test_redirects_are_listed_where_there_were_any() -> None:
    redirected = Attempt(2.0, 200, 1.0, None, (), b"", True, redirects=("GET http://b",))
    [shown] = delivery_json(delivery(attempts=[redirected]))["attempts"]
    assert (shown["redirects"], shown["truncated"], shown["body"]) == (["GET http://b"], True, None)


def test_a_body_that_is_no_text_is_marked() -> None:
    shown = delivery_json(delivery(body=b"\xff"))
    assert (shown["payload"], shown["encoding"]) == ("/w==", "base64")


@pytest.mark.parametrize("span", [None, (0.0, 1.0)])
def test_attempts_are_equal_whatever_the_machines_clock_said(span: Any) -> None:
    other = Attempt(2.0, 200, 12.5, None, (("A", "1"),), b"ok", False, span=span)
    assert other == ATTEMPT
