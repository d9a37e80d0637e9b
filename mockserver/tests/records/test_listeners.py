"""Who hears of deliveries and fault hits: a listener that fails takes nothing from the others."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.records.counts import Counts
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.fault_hit import RecordedHit
from megaapi_mock.records.journal import Journal
from megaapi_mock.records.listeners import delivery_listener, hit_listener

KEY = "megacode-TESTKEY0001"
DELIVERY = Delivery(f"d1.{KEY}", 1.0, KEY, "text-plain", "conversation", "http://a", b"", KEY)
HIT = FaultHit(1.0, KEY, ("f1", "reply-with"), "send_text")


class Ears:
    """In place of counts, journal and console: notes who hears, and fails where it is told to."""

    def __init__(self, *failing: str) -> None:
        self.failing, self.heard = failing, list[tuple[str, Any]]()

    def _hear(self, who: str, what: Any) -> None:
        self.heard.append((who, what))
        if who in self.failing:
            raise ValueError(who)

    def webhook(self, delivery: Delivery) -> None:
        self._hear("counts", delivery)

    def fault_hit(self, hit: FaultHit) -> None:
        self._hear("counts", hit)

    def delivery_changed(self, delivery: Delivery) -> None:
        self._hear("journal", delivery)

    def add_hit(self, hit: RecordedHit) -> None:
        self._hear("journal", hit)

    def console(self, delivery: Delivery) -> None:
        self._hear("console", delivery)


def parts(ears: Ears) -> tuple[Journal, Counts]:
    return cast(Journal, ears), cast(Counts, ears)


FAILING = pytest.mark.parametrize(
    "failing", [(), ("counts",), ("journal",), ("console",), ("counts", "journal", "console")]
)


@FAILING
def test_everybody_hears_of_a_delivery_whoever_fails(
    failing: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    ears = Ears(*failing)
    with caplog.at_level(logging.ERROR):
        delivery_listener(*parts(ears), ears.console)(DELIVERY)
    assert ears.heard == [(who, DELIVERY) for who in ("counts", "journal", "console")]
    assert len(caplog.records) == len(failing)


@FAILING
def test_everybody_hears_of_a_hit_whoever_fails(
    failing: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    ears = Ears(*failing)
    with caplog.at_level(logging.ERROR):
        hit_listener(*parts(ears))(RecordedHit("s1", HIT))
    assert ears.heard == [("counts", HIT), ("journal", RecordedHit("s1", HIT))]
    assert len(caplog.records) == len({*failing} - {"console"})


def test_what_failed_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    ears = Ears("counts", "console")
    delivery_listener(*parts(ears), ears.console)(DELIVERY)
    sentences = [record.getMessage() for record in caplog.records]
    assert sentences[0].startswith("our own bug: a delivery is not counted")
    assert sentences[1].startswith("on_delivery failed")


def test_nobody_need_listen() -> None:
    ears = Ears()
    delivery_listener(*parts(ears), None)(DELIVERY)
    assert [who for who, _ in ears.heard] == ["counts", "journal"]
