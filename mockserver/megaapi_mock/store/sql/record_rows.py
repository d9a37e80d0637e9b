"""Records of the journal as rows, and back."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from itertools import chain
from types import NoneType
from typing import Any, get_args

from ...domain.fault_effects import FaultHit
from ...records.delivery import Attempt, Delivery, State
from ...records.exchange import Exchange
from ...records.fault_hit import RecordedHit
from ...records.log import delivery_bytes, exchange_bytes, hit_bytes
from .batch import Row, dumps, loads

Record = Exchange | Delivery | RecordedHit
# The kind of a record, and what its ids begin with.
EXCHANGE, DELIVERY, FAULT_HIT = "exchange", "delivery", "fault-hit"
KINDS = (EXCHANGE, DELIVERY, FAULT_HIT)
PREFIXES = ("x", "d", "s")
_STATES = frozenset(get_args(State))
_ID = re.compile(r"[xds][0-9]+(\..*)?", re.DOTALL)

_NUMBER, _TEXT, _OPTIONAL = frozenset({int, float}), frozenset({str}), frozenset({str, NoneType})
_LIST, _PAIR = frozenset({list}), frozenset({list, NoneType})
# What stands in the head of each kind, in this order. By hand: each start reads thousands.
_HEADS: Mapping[str, Sequence[frozenset[Any]]] = {
    EXCHANGE: (
        _NUMBER, _OPTIONAL, _TEXT, _TEXT, _LIST, frozenset({int}), _LIST, _OPTIONAL, _LIST, _LIST,
        _PAIR, _NUMBER,
    ),
    DELIVERY: (
        _NUMBER, _TEXT, _TEXT, _TEXT, _TEXT, _OPTIONAL, _OPTIONAL, _NUMBER | {NoneType}, _LIST,
    ),
    FAULT_HIT: (_NUMBER, _LIST, _TEXT),
}  # fmt: skip
_ATTEMPT = (
    _NUMBER, frozenset({int, NoneType}), _NUMBER, _OPTIONAL, _LIST, _TEXT, frozenset({bool}), _LIST,
)  # fmt: skip


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
    """The record of a row. ValueError or TypeError for what is none."""
    _, kind, id_, instance, state, head, body, answer = row
    _require_columns(kind, id_, instance, state)
    values = _require_types(loads(head), _HEADS[kind])
    if kind == EXCHANGE:
        return _exchange(id_, instance, values, _bytes(body), _bytes(answer))
    if kind == DELIVERY:
        return _delivery(id_, instance, state, values, _bytes(body))
    time, fault, what = values
    return RecordedHit(id_, FaultHit(time, instance, _fault(fault), what))


def _require_columns(kind: Any, id_: Any, instance: Any, state: Any) -> None:
    if kind not in KINDS or _ID.fullmatch(id_) is None:
        raise ValueError(f"no record is called {id_!r}")
    if not isinstance(instance, str) and (kind == DELIVERY or instance is not None):
        raise ValueError(f"{id_} is of no instance")
    if kind == DELIVERY and state not in _STATES:
        raise ValueError(f"{id_} cannot be {state!r}")


def _require_types(values: Any, types: Sequence[frozenset[Any]]) -> list[Any]:
    if type(values) is not list:
        raise TypeError("its head is not a list")
    for value, allowed in zip(values, types, strict=True):
        if type(value) not in allowed:
            raise TypeError(f"{value!r:.100} does not belong there")
    return values


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("its body is not bytes")
    return value


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    if set(map(type, values)) - {str}:
        raise TypeError("not all of it is text")
    return tuple(values)


def _pairs(headers: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    pairs = tuple([(name, value) for name, value in headers])
    _texts([*chain.from_iterable(pairs)])
    return pairs


def _fault(values: Sequence[Any]) -> tuple[str | None, str]:
    id_, name = values
    if not isinstance(name, str) or type(id_) not in _OPTIONAL:
        raise TypeError(f"no fault is called {name!r:.100}")
    return id_, name


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
        _texts(violations),
        _texts(events),
        None if fault is None else _fault(fault),
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
    values = _require_types(values, _ATTEMPT)
    time, status, duration, error, headers, body, is_cut, redirects = values
    return Attempt(
        time,
        status,
        duration,
        error,
        _pairs(headers),
        b64decode(body),
        is_cut,
        _texts(redirects),
    )
