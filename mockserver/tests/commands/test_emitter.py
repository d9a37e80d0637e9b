"""Emitting: every event true to the contract, fresh each time, counted, and mistakes named."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.commands.emitter import DeliveryCounts, Emitter, Order
from megaapi_mock.errors import SetupError
from megaapi_mock.ids import Ids
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.webhooks.http.client import DeliveryFailed, ReceiverAnswer

from ..support import KEY, START, RecordingTransport

SAMPLES = Samples(root("fixtures"))
URL = "http://127.0.0.1:9/hook"


@cache
def authority() -> Authority:
    return Authority(valid_bundle(root("spec")).document)


def emitted(
    event: str, changes: Sequence[str] = (), *, seed: int = 0, **more: Any
) -> tuple[DeliveryCounts, list[dict[str, Any]]]:
    """How it went, and the bodies that left."""
    transport = RecordingTransport()
    order = Order(event, URL, dict(change.split("=", 1) for change in changes), **more)
    clock = Clock(frozen_at=START)
    emitter = Emitter(order, samples=SAMPLES, ids=Ids(seed), clock=clock, transport=transport)
    tally = emitter.run()
    return tally, [json.loads(body) for _, body, _ in transport.posts]


# Every event by one command


@pytest.mark.parametrize("generation", ["2023", "2024", "2025", "2026"])
@pytest.mark.parametrize("event", SAMPLES.names())
def test_every_event_is_emitted_true_to_the_contract(event: str, generation: str) -> None:
    tally, (body,) = emitted(event, generation=generation)
    assert tally.delivery_count == 1
    assert authority().webhook_violations(event, json.dumps(body).encode()) == []


# What is sent


def test_ids_and_times_are_fresh_and_a_seed_fixes_them() -> None:
    _, first = emitted("text-plain", count=50)
    assert first == emitted("text-plain", count=50)[1]
    ids = {body["key"]["id"] for body in first}
    assert len(ids) == 50
    assert not ids & {body["key"]["id"] for body in emitted("text-plain", seed=1, count=50)[1]}
    assert {body["messageTimestamp"] for body in first} == {int(START)}
    assert emitted("ack-read")[1][0]["timestamp"] == int(START)
    assert emitted("from-me-api-echo")[1][0]["key"]["id"].startswith("3EB0")


@pytest.mark.parametrize(
    ("change", "place", "value"),
    [
        ("message.conversation=oi", ("message", "conversation"), "oi"),
        ("message.conversation=12", ("message", "conversation"), "12"),
        ("message.conversation=a=b", ("message", "conversation"), "a=b"),
        ("message.conversation=", ("message", "conversation"), ""),
        ("messageTimestamp=12", ("messageTimestamp",), 12),
        ("broadcast=true", ("broadcast",), True),
        ("key.id=ABCDEFABCDEFABCD", ("key", "id"), "ABCDEFABCDEFABCD"),
        ("verifiedBizName=Loja", ("verifiedBizName",), "Loja"),
        ('extra.deep={"a":[1]}', ("extra", "deep"), {"a": [1]}),
        ("messageTimestamp=18446744073709551615", ("messageTimestamp",), 2**64 - 1),
        ("messageTimestamp=-9223372036854775808", ("messageTimestamp",), -(2**63)),
        ("messageTimestamp=1.5e3", ("messageTimestamp",), 1500.0),
        ("extra=1e", ("extra",), "1e"),
    ],
)
def test_one_field_is_set(change: str, place: tuple[str, ...], value: Any) -> None:
    _, (body,) = emitted("text-plain", [change])
    for step in place:
        body = body[step]
    assert body == value


def test_lists_are_reached_by_number() -> None:
    path = "message.pollCreationMessageV3.options.1.optionName"
    _, (body,) = emitted("poll-creation", [f"{path}=Noite"])
    options = body["message"]["pollCreationMessageV3"]["options"]
    assert [option["optionName"] for option in options] == ["Manha", "Noite"]


def test_the_instance_can_be_another() -> None:
    assert (
        emitted("qrcode", instance_key="megacode-OTHER")[1][0]["instance_key"] == "megacode-OTHER"
    )
    assert emitted("qrcode")[1][0]["instance_key"] == KEY


# Numbers


def test_copies_are_byte_equal_and_leave_side_by_side() -> None:
    together = threading.Barrier(3)

    class Meeting(RecordingTransport):
        def post(self, *arguments: Any, timeout: float) -> ReceiverAnswer:
            together.wait(timeout=60)
            return super().post(*arguments, timeout=timeout)

    transport = Meeting()
    order = Order("text-plain", URL, count=2, duplicate=3)
    tally = Emitter(order, samples=SAMPLES, ids=Ids(0), transport=transport).run()
    assert tally.delivery_count == order.total == 6
    bodies = [body for _, body, _ in transport.posts]
    assert {bodies.count(body) for body in bodies} == {3}


def test_webhooks_of_one_line_leave_in_order() -> None:
    _, bodies = emitted("text-plain", count=300)
    expected = [Ids(0).inbound(f"emit {KEY}", number) for number in range(1, 301)]
    assert [body["key"]["id"] for body in bodies] == expected


def test_a_mock_of_the_same_seed_gives_out_other_ids() -> None:
    _, bodies = emitted("text-plain", count=50)
    assert not {body["key"]["id"] for body in bodies} & {
        Ids(0).inbound(KEY, number) for number in range(200)
    }


def test_a_rate_is_kept() -> None:
    tally, _ = emitted("text-plain", count=21, rate=100)
    assert tally.seconds >= 0.2
    assert tally.rate <= 21 / 0.2


def test_progress_is_shown_while_nothing_holds_up() -> None:
    class Slow(RecordingTransport):
        def post(self, *arguments: Any, timeout: float) -> ReceiverAnswer:
            threading.Event().wait(0.001)
            return super().post(*arguments, timeout=timeout)

    seen: list[int] = []
    order = Order("text-plain", URL, count=600)
    emitter = Emitter(order, samples=SAMPLES, ids=Ids(0), transport=Slow())
    emitter.run(lambda tally: seen.append(tally.delivery_count))
    assert len(seen) > 3
    assert seen == sorted(seen) and seen[-1] == 600


def test_failures_are_counted_by_reason_and_watched() -> None:
    class Moody(RecordingTransport):
        def post(self, *arguments: Any, timeout: float) -> ReceiverAnswer:
            answer = super().post(*arguments, timeout=timeout)
            if len(self.posts) % 3 == 0:
                raise DeliveryFailed("gone")
            return ReceiverAnswer(500) if len(self.posts) % 3 == 1 else answer

    seen: list[Delivery] = []
    order = Order("text-plain", URL, count=9)
    emitter = Emitter(order, samples=SAMPLES, ids=Ids(0), transport=Moody(), watch=seen.append)
    tally = emitter.run()
    assert (tally.delivery_count, tally.failure_count) == (3, 6)
    assert tally.failures == {"gone": 3, "receiver answered 500": 3}
    assert [delivery.state for delivery in seen].count("delivered") == 3
    shown = tally.as_json()
    assert shown["p50_ms"] <= shown["p99_ms"]
    assert shown["failures"] == {"gone": 3, "receiver answered 500": 3}


def test_nothing_answered_has_no_latency() -> None:
    assert DeliveryCounts().as_json() == {
        "delivered": 0,
        "failed": 0,
        "failures": {},
        "seconds": 0.0,
        "rate": 0.0,
        "p50_ms": None,
        "p99_ms": None,
    }


def test_an_interrupt_ends_with_what_was_done() -> None:
    calls = []

    def stop(tally: DeliveryCounts) -> None:
        calls.append(tally)
        if len(calls) == 1:
            raise KeyboardInterrupt

    transport = RecordingTransport()
    order = Order("text-plain", URL, count=1000, rate=2)
    tally = Emitter(order, samples=SAMPLES, ids=Ids(0), transport=transport).run(stop)
    assert tally.delivery_count + tally.failure_count < 1000
    assert len(transport.posts) <= 2


# Mistakes


def test_an_order_that_cannot_be_met_starts_no_thread() -> None:
    before = threading.active_count()
    with pytest.raises(SetupError):
        emitted("text-plain", ["messageTimestamp.x=1"])
    assert threading.active_count() == before
