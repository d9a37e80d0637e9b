"""Records of one kind in order within a budget of bytes, and what can be asked about them."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain, count, islice
from typing import Generic, Protocol, TypeVar

from .delivery import Attempt, Delivery
from .exchange import Exchange
from .fault_hit import RecordedHit

# What Python needs for the objects themselves, measured with CPython 3.11: a record with its id and
# place in the journal, one header (two texts and a pair), one attempt.
RECORD, HEADER, ATTEMPT = 700, 170, 250


class Record(Protocol):
    """What a log keeps."""

    @property
    def id(self) -> str:
        """Unique within its log."""

    @property
    def instance(self) -> str | None:
        """Whose it is; None for what belongs to no instance."""


R = TypeVar("R", bound=Record)
SomeRecord = TypeVar("SomeRecord", bound=Record, covariant=True)


class RecordLog(Protocol[SomeRecord]):
    """What can be asked about the records of one kind, wherever they are kept.

    With an `instance` there are only its records.
    """

    def get(self, record_id: str) -> SomeRecord | None:
        """One record by id."""

    def after(self, record_id: str | None, instance: str | None = None) -> Iterator[SomeRecord]:
        """Records newer than the one with this id; all of them when it has gone already."""

    def before(self, record_id: str | None, instance: str | None = None) -> Iterator[SomeRecord]:
        """Records older than the one with this id, newest first; all of them without an id."""

    def number(self, record_id: str | None) -> int:
        """The place of a record among all of its kind; 0, before all, when it has gone.

        Exchanges and deliveries stand in one order.
        """


class RecordQueries(Protocol):
    """All that is on record, by kind."""

    @property
    def exchanges(self) -> RecordLog[Exchange]:
        """Calls with their answers."""

    @property
    def deliveries(self) -> RecordLog[Delivery]:
        """Webhooks with their attempts."""

    @property
    def fault_hits(self) -> RecordLog[RecordedHit]:
        """Faults that hit."""


@dataclass(eq=False)
class Log(Generic[R]):
    """A `RecordLog` in memory; the oldest records go beyond `limit` of them or `budget` bytes.

    `lock` is the owner's: it is held by whoever writes, and by `after` while it copies.
    """

    limit: int
    budget: int
    size_of: Callable[[R], int]
    lock: AbstractContextManager[object]
    # Shared by logs whose records are to be put in one order.
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _records: OrderedDict[str, tuple[int, R, int]] = field(default_factory=OrderedDict)
    size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: R) -> int:
        """Append one; its size."""
        size = self.size_of(record)
        with self._lock:
            before = self._records.pop(record.id, None)
            self._records[record.id] = (next(self.numbers), record, size)
            self.size += size - (before[2] if before else 0)
            if len(self._records) > self.limit or self.size > self.budget:
                self._trim()
        return size

    def update_size(self, record: R) -> int:
        """Count a record again that has grown since it was added; its size now."""
        size = self.size_of(record)
        with self._lock:
            number, entry, before = self._records.get(record.id, (0, None, 0))
            if entry is record:
                self._records[record.id] = (number, record, size)
                self.size += size - before
                self._trim()
        return size

    def numbers_and_records(self) -> list[tuple[int, R]]:
        """All of them, each with its place among all that share `numbers`."""
        with self._lock:
            return [(number, record) for number, record, _ in self._records.values()]

    def get(self, record_id: str) -> R | None:
        """One record by id."""
        entry = self._records.get(record_id)
        return entry[1] if entry else None

    def after(self, record_id: str | None, instance: str | None = None) -> Iterator[R]:
        """Records newer than the one with this id; all of them when it has gone already."""
        with self._lock:
            start, rows = self.number(record_id), [*self._records.values()]
        begin = bisect_right(rows, start, key=_number) if start else 0
        return _records_of(islice(rows, begin, None), instance)

    def before(self, record_id: str | None, instance: str | None = None) -> Iterator[R]:
        """Records older than the one with this id, newest first; all of them without an id."""
        with self._lock:
            end, rows = self.number(record_id), [*self._records.values()]
        if record_id is not None:
            del rows[bisect_left(rows, end, key=_number) :]
        return _records_of(reversed(rows), instance)

    @property
    def newest_number(self) -> int:
        """The place of the newest record; 0 when there is none."""
        with self._lock:
            return next((number for number, _, _ in reversed(self._records.values())), 0)

    def number(self, record_id: str | None) -> int:
        """The place of a record among all that share `numbers`; 0, before all, when it has gone."""
        entry = self._records.get(record_id) if record_id else None
        return entry[0] if entry else 0

    def drop(self, keep: Callable[[R], bool]) -> None:
        """Forget every record that `keep` does not want."""
        with self._lock:
            for record_id, (_, record, size) in list(self._records.items()):
                if not keep(record):
                    del self._records[record_id]
                    self.size -= size

    def _trim(self) -> None:
        while len(self._records) > self.limit or (self.size > self.budget and self._records):
            self.size -= self._records.popitem(last=False)[1][2]


def _number(row: tuple[int, R, int]) -> int:
    return row[0]


def _records_of(rows: Iterable[tuple[int, R, int]], instance: str | None) -> Iterator[R]:
    return (record for _, record, _ in rows if instance in (None, record.instance))


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
