"""The watch over every emitted body: it sees what leaves, and says what does not fit."""

from __future__ import annotations

import pytest
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.webhooks.courier import Courier

from .emitted import HELD_MOST, Emitted
from .support import KEY, RecordingTransport

BODIES = {path.stem: path.read_bytes() for path in root("fixtures").glob("webhooks/*.json")}
WRONG = BODIES["text-plain"].replace(b'"broadcast": false', b'"broadcast": "no"')


class StoppedClock:
    frozen = True

    def now(self) -> float:
        return 0.0


def test_every_sample_fits() -> None:
    watch = Emitted()
    watch.add(BODIES.items())
    assert watch.judge() == []
    assert watch.judged == len(Samples(root("fixtures")).names())
    assert watch.judge_received(BODIES.values()) == []


def test_a_wrong_body_is_named_also_when_its_shape_was_good_before() -> None:
    watch = Emitted()
    other = BODIES["text-plain"].replace(b"conversation", b"conversatoin", 1)
    watch.add([("text-plain", BODIES["text-plain"])])
    assert watch.judge() == []
    watch.add([("text-plain", WRONG), ("text-plain", other), ("nothing", b"{}")])
    watch.add([("text-plain", b"oi")])
    found = sorted(watch.judge())
    assert len(found) == 4
    assert found[0] == "nothing: is not an event of the contract: b'{}'"
    assert watch.judge() == []
    assert len(watch.judge_received([WRONG])) == 1


def test_openapi_core_sees_every_body_whatever_the_compiled_schema_says() -> None:
    class Content:
        def is_valid(self, payload: object) -> bool:
            return True

    watch = Emitted()
    watch._schemas = {"text-plain": Content()}
    of_the_same_shape = BODIES["text-plain"].replace(b'"conversation"', b'"conversatiom"', 1)
    watch.add([("text-plain", BODIES["text-plain"])])
    assert watch.judge() == []
    watch.add([("text-plain", of_the_same_shape)])
    wrong, disagree = watch.judge()
    assert "messageType" in wrong
    assert "openapi-core and the compiled schema disagree" in disagree


def test_a_long_run_is_judged_meanwhile() -> None:
    watch = Emitted()
    watch.add([("text-plain", WRONG)])
    for number in range(HELD_MOST + 1):
        watch.add([("text-plain", BODIES["text-plain"] + b" " * number)])
    assert watch.judged > HELD_MOST
    assert len(watch.judge()) == 1


@pytest.mark.broken_bodies
def test_every_courier_is_watched(emitted: Emitted) -> None:
    courier = Courier(
        transport=RecordingTransport(), clock=StoppedClock(), on_change=lambda _: None, headers=()
    )
    courier.accept([Delivery("d1", 0.0, KEY, "text-plain", "conversation", "http://x", WRONG, KEY)])
    assert courier.stop(60) == 0
    (sentence,) = emitted.judge()
    assert sentence.startswith("text-plain: ") and "broadcast" in sentence
