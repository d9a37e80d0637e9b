"""Every field of a record comes back from its row, whoever adds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, asdict, fields
from typing import Any

import pytest
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.records.delivery import Attempt, Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.fault_hit import RecordedHit
from megaapi_mock.store.sql.record_rows import Record, record_of, row_of

KEY = "megacode-TESTKEY0001"
ATTEMPT = Attempt(
    time=4.5,
    status=302,
    duration_ms=7.5,
    error="the answer did not end",
    headers=(("A", "1"),),
    body=b"\xff",
    truncated=True,
    redirects=("GET http://b",),
)
# No field may have its default: one that is left out of the row would look as if it came back.
DELIVERY = Delivery(
    id=f"d1.{KEY}",
    time=2.5,
    instance=KEY,
    event="ack-server",
    message_type="message.ack",
    url="http://a",
    body=b"{}",
    lane=KEY,
    state="failed",
    reason="the answer did not end",
    attempts=[ATTEMPT],
    chaos="delay",
    left=3.5,
)
EXCHANGE = Exchange(
    id=f"x1.{KEY}",
    time=1.5,
    instance=KEY,
    operation="send_text",
    method="POST",
    path="/a?b",
    request_headers=(("A", "1"),),
    request_body=b"\xff",
    status=400,
    response_headers=(("B", "2"),),
    response_body=b"{}",
    reason="no",
    violations=("to: missing",),
    events=("ack-server",),
    fault=("f1", "reply"),
    duration_ms=8.5,
)
# Moments of a clock that starts over with the process: nothing after it could go by them.
OF_THIS_START = {"span", "came"}
HIT = RecordedHit(f"s1.{KEY}", FaultHit(5.5, KEY, ("f1", "reply"), "send_text"))


def default_of(field: Field[Any]) -> Any:
    """What a record has there unless it is given."""
    return field.default if field.default_factory is MISSING else field.default_factory()


@pytest.mark.parametrize("record", [EXCHANGE, DELIVERY, ATTEMPT], ids=lambda it: type(it).__name__)
def test_the_example_sets_every_field(record: Any) -> None:
    kept = [each for each in fields(record) if each.name not in OF_THIS_START]
    unset = [each.name for each in kept if getattr(record, each.name) == default_of(each)]
    assert unset == [], "give the example above another value for these"


@pytest.mark.parametrize(
    "record", [EXCHANGE, DELIVERY, HIT], ids=["exchange", "delivery", "fault-hit"]
)
def test_a_record_comes_back_whole(record: Record) -> None:
    assert asdict(record_of(row_of(record, 7))) == asdict(record)


COLUMNS = ("seq", "kind", "id", "instance", "state", "head", "body", "answer")


@pytest.mark.parametrize(
    ("record", "column", "value"),
    [
        (EXCHANGE, "kind", "call"),
        (EXCHANGE, "id", "one"),
        (EXCHANGE, "instance", 7),
        (EXCHANGE, "body", None),
        (EXCHANGE, "answer", "text"),
        (DELIVERY, "instance", None),
        (DELIVERY, "state", "lost"),
        (DELIVERY, "body", None),
        (DELIVERY, "head", "{}"),
    ],
)
def test_row_with_another_value_in_a_column_is_none(
    record: Record, column: str, value: object
) -> None:
    row = dict(zip(COLUMNS, row_of(record, 7), strict=True))
    with pytest.raises((ValueError, TypeError)):
        record_of(tuple({**row, column: value}.values()))


def places_in(value: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every place in lists within lists, the innermost last."""
    yield place
    for index, inner in enumerate(value if isinstance(value, list) else ()):
        yield from places_in(inner, (*place, index))


def put(value: Any, place: tuple[int, ...], other: object) -> Any:
    """The same with another value in this place."""
    if not place:
        return other
    first, *rest = place
    return [*value[:first], put(value[first], tuple(rest), other), *value[first + 1 :]]


@pytest.mark.parametrize(
    "record", [EXCHANGE, DELIVERY, HIT], ids=["exchange", "delivery", "fault-hit"]
)
def test_head_of_a_row_holds_nothing_that_fits_nowhere(record: Record) -> None:
    row = row_of(record, 7)
    head = json.loads(row[5])
    for place in places_in(head):
        with pytest.raises((ValueError, TypeError)):
            record_of((*row[:5], json.dumps(put(head, place, {"a": 1})), *row[6:]))
