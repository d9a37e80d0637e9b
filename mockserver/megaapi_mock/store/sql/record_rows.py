"""Records of the journal as rows, and back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from ...domain.fault_effects import FaultHit
from ...records.delivery import Attempt, Delivery
from ...records.exchange import Exchange
from ...records.fault_hit import RecordedHit
from ...records.log import delivery_bytes, exchange_bytes, hit_bytes
from .batch import Row, dumps, loads

Record = Exchange | Delivery | RecordedHit
# The kind of a record, and what its ids begin with.
EXCHANGE, DELIVERY, FAULT_HIT = "exchange", "delivery", "fault-hit"
KINDS = (EXCHANGE, DELIVERY, FAULT_HIT)
PREFIXES = ("x", "d", "s")


def kind_of(record: Record) -> str:
    """The kind that stands in the record's row."""
    if isinstance(record, Exchange):
        return EXCHANGE
    return DELIVERY if isinstance(record, Delivery) else FAULT_HIT


def bytes_of(record: Record) -> int:
    """The bytes that a record takes, closely enough."""
    if isinstance(record, Exchange):
        return exchange_bytes(record)
    return delivery_bytes(record) if isinstance(record, Delivery) else hit_bytes(record)


def row_of(record: Record, seq: int) -> Row:
    """The row of a record, in the order of the columns."""
    if isinstance(record, Exchange):
        head = _exchange_head(record)
        bodies = record.request_body, record.response_body
        return seq, EXCHANGE, record.id, record.instance, None, head, *bodies
    if isinstance(record, Delivery):
        # Before the rest: what ends meanwhile is told once more, what has ended is whole.
        state = record.state
        head = delivery_head(record)
        return seq, DELIVERY, record.id, record.instance, state, head, record.body, None
    fault_hit = record.hit
    head = dumps([fault_hit.time, list(fault_hit.fault), fault_hit.what])
    return seq, FAULT_HIT, record.id, fault_hit.instance, None, head, None, None


def record_of(row: Row) -> Record:
    """The record of a row. ValueError, TypeError or KeyError for what is none."""
    _, kind, id_, instance, state, head, body, answer = row
    values = loads(head)
    if kind == EXCHANGE:
        return _exchange(id_, instance, values, body, answer)
    if kind == DELIVERY:
        return _delivery(id_, instance, state, values, body)
    time, (fault, name), what = values
    return RecordedHit(id_, FaultHit(time, instance, (fault, name), what))


def _exchange_head(exchange: Exchange) -> str:
    return dumps(
        [
            exchange.time,
            exchange.operation,
            exchange.method,
            exchange.path,
            exchange.request_headers,
            exchange.status,
            exchange.response_headers,
            exchange.reason,
            exchange.violations,
            exchange.events,
            exchange.fault,
            round(exchange.duration_ms, 3),
        ]
    )


def _exchange(
    id_: str, instance: str | None, values: Sequence[Any], body: bytes, answer: bytes
) -> Exchange:
    time, operation, method, path, headers, status, answer_headers, *rest = values
    reason, violations, events, fault, duration = rest
    return Exchange(
        id_,
        time,
        instance,
        operation,
        method,
        path,
        _pairs(headers),
        body,
        status,
        _pairs(answer_headers),
        answer,
        reason,
        tuple(violations),
        events,
        None if fault is None else (fault[0], fault[1]),
        duration,
    )


def delivery_head(delivery: Delivery) -> str:
    """All of a delivery that stands in no column of its own."""
    return dumps(
        [
            delivery.time,
            delivery.event,
            delivery.message_type,
            delivery.url,
            delivery.lane,
            delivery.reason,
            delivery.chaos,
            delivery.left,
            [_written_attempt(attempt) for attempt in delivery.attempts],
        ]
    )


def _delivery(id_: str, instance: str, state: Any, values: Sequence[Any], body: bytes) -> Delivery:
    time, event, message_type, url, lane, reason, chaos, release_time, attempts = values
    return Delivery(
        id=id_,
        time=time,
        instance=instance,
        event=event,
        message_type=message_type,
        url=url,
        body=body,
        lane=lane,
        state=state,
        reason=reason,
        attempts=[_attempt(attempt) for attempt in attempts],
        chaos=chaos,
        left=release_time,
    )


def _written_attempt(attempt: Attempt) -> list[Any]:
    return [
        attempt.time,
        attempt.status,
        attempt.duration_ms,
        attempt.error,
        attempt.headers,
        b64encode(attempt.body).decode(),
        attempt.truncated,
        attempt.redirects,
    ]


def _attempt(values: Sequence[Any]) -> Attempt:
    time, status, duration, error, headers, body, is_cut, redirects = values
    return Attempt(
        time,
        status,
        duration,
        error,
        tuple(_pairs(headers)),
        b64decode(body),
        is_cut,
        tuple(redirects),
    )


def _pairs(headers: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers]
