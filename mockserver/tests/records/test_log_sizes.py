"""How many bytes a record takes: everything that can grow counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.records.delivery import Attempt, Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.fault_hit import RecordedHit
from megaapi_mock.records.log import (
    ATTEMPT,
    HEADER,
    RECORD,
    delivery_bytes,
    exchange_bytes,
    hit_bytes,
)

KEY = "megacode-TESTKEY0001"
EXCHANGE = Exchange("x1", 1.0, KEY, "send_text", "POST", "/path", [("Name", "value")], b"request")


def test_an_exchange_takes_its_texts_and_headers() -> None:
    assert exchange_bytes(EXCHANGE) == (
        RECORD + len("/path") + len(b"request") + HEADER + len("Namevalue")
    )


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"response_body": b"12345"}, 5),
        ({"reason": "12345"}, 5),
        ({"violations": ("123", "45")}, 5),
        ({"response_headers": [("a", "1"), ("b", "2")]}, 2 * HEADER + 4),
    ],
)
def test_whatever_grows_in_an_exchange_counts(changes: dict[str, object], more: int) -> None:
    grown = replace(EXCHANGE, **changes)  # type: ignore[arg-type]
    assert exchange_bytes(grown) - exchange_bytes(EXCHANGE) == more


def test_a_delivery_takes_its_payload_and_every_attempt() -> None:
    delivery = Delivery("d1", 1.0, KEY, "text-plain", "", "http://a", b"12345", "lane")
    alone = RECORD + 5 + len("http://a") + len("lane")
    assert delivery_bytes(delivery) == alone
    delivery.attempts.append(Attempt(1.0, None, 0.0, None, (), b"", False))
    assert delivery_bytes(delivery) == alone + ATTEMPT
    whole = Attempt(1.0, 200, 0.0, "error", (("a", "1"),), b"body", False, ("GET http://b",))
    delivery.attempts.append(whole)
    texts = len("error") + len(b"body") + len("GET http://b") + HEADER + 2
    assert delivery_bytes(delivery) == alone + 2 * ATTEMPT + texts


def test_a_hit_takes_what_was_hit() -> None:
    hit = RecordedHit("s1", FaultHit(1.0, KEY, (None, "slow"), "inbound from somebody"))
    assert hit_bytes(hit) == RECORD + len("inbound from somebody")
