"""How many bytes a record takes, closely enough to keep a journal within its budget."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from .delivery import Attempt, Delivery

if TYPE_CHECKING:
    from .exchange import Exchange
    from .fault_hit import RecordedHit

# What Python needs for the objects themselves, measured with CPython 3.11: a record with its id and
# place in the journal, one header (two texts and a pair), one attempt.
RECORD, HEADER, ATTEMPT = 700, 170, 250


def exchange_bytes(exchange: Exchange) -> int:
    """Bodies, headers and everything said about them."""
    return (
        RECORD
        + len(exchange.request_body)
        + len(exchange.response_body)
        + len(exchange.path)
        + len(exchange.reason or "")
        + _headers(exchange.request_headers)
        + _headers(exchange.response_headers)
        + sum(map(len, exchange.violations))
    )


def delivery_bytes(delivery: Delivery) -> int:
    """The payload, and what the receiver answered to each attempt."""
    texts = len(delivery.body) + len(delivery.url) + len(delivery.lane)
    return RECORD + texts + sum(map(_attempt, delivery.attempts))


def hit_bytes(hit: RecordedHit) -> int:
    """That a fault hit: its texts are short but for what was hit."""
    return RECORD + len(hit.hit.what)


def _attempt(attempt: Attempt) -> int:
    redirect_length = sum(map(len, attempt.redirects)) if attempt.redirects else 0
    return (
        ATTEMPT
        + len(attempt.body)
        + len(attempt.error or "")
        + redirect_length
        + _headers(attempt.headers)
    )


def _headers(headers: Sequence[tuple[str, str]]) -> int:
    return HEADER * len(headers) + sum(map(len, chain.from_iterable(headers)))
