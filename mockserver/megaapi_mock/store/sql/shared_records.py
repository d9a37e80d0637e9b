"""Records in a database that several processes write: added with a change, found by query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, cast

from ...records.delivery import Delivery
from ...records.exchange import Exchange
from ...records.fault_hit import RecordedHit
from ...records.outcome import Outcome
from .batch import Batch
from .record_rows import DELIVERY, EXCHANGE, FAULT_HIT, PREFIX, Record, kind_of, record_of, row_of
from .schema import SQL

# So many rows are read at once.
CHUNK = 500
_COLUMNS = "seq, kind, id, instance, state, head, body, answer"
_GET = f"SELECT {_COLUMNS} FROM record WHERE kind = $1 AND id = $2 ORDER BY seq DESC LIMIT 1"
_PLACE = "SELECT max(seq) FROM record WHERE kind = $1 AND id = $2"
_OF_INSTANCE = "($3::text IS NULL OR instance = $3::text)"
_AFTER = f"""
SELECT {_COLUMNS} FROM record WHERE kind = $1 AND seq > $2 AND {_OF_INSTANCE}
ORDER BY seq LIMIT {{chunk}}
"""
_BEFORE = f"""
SELECT {_COLUMNS} FROM record WHERE kind = $1 AND ($2::bigint IS NULL OR seq < $2) AND
{_OF_INSTANCE} ORDER BY seq DESC LIMIT {{chunk}}
"""

Rows = Callable[..., list[tuple[Any, ...]]]
R = TypeVar("R", bound=Record)


class SharedLog(Generic[R]):
    """A `RecordLog`: what is in the database when it is asked for, in order of its rows."""

    def __init__(self, kind: str, rows: Rows) -> None:
        self._kind, self._rows = kind, rows

    def get(self, record_id: str) -> R | None:
        """One record by id."""
        rows = self._rows(_GET, self._kind, record_id)
        return self._record(rows[0]) if rows else None

    def after(self, record_id: str | None, instance: str | None = None) -> Iterator[R]:
        """Records newer than the one with this id; all of them when it has gone already."""
        return self._read(_AFTER, self.number(record_id), instance)

    def before(self, record_id: str | None, instance: str | None = None) -> Iterator[R]:
        """Records older than the one with this id, newest first; all of them without an id."""
        return self._read(_BEFORE, None if record_id is None else self.number(record_id), instance)

    def number(self, record_id: str | None) -> int:
        """The place of a record among all; 0, before all, when it has gone."""
        if not record_id:
            return 0
        ((place,),) = self._rows(_PLACE, self._kind, record_id)
        return place or 0

    def _read(self, sql: str, place: int | None, instance: str | None) -> Iterator[R]:
        query = sql.format(chunk=CHUNK)
        while rows := self._rows(query, self._kind, place, instance):
            yield from map(self._record, rows)
            if len(rows) < CHUNK:
                return
            place = rows[-1][0]

    @staticmethod
    def _record(row: tuple[Any, ...]) -> R:
        return cast(R, record_of(row))


class SharedRecords:
    """`RecordQueries` of a database; `rows` gives the rows of a query with its parameters."""

    def __init__(self, rows: Rows) -> None:
        self.exchanges: SharedLog[Exchange] = SharedLog(EXCHANGE, rows)
        self.deliveries: SharedLog[Delivery] = SharedLog(DELIVERY, rows)
        self.fault_hits: SharedLog[RecordedHit] = SharedLog(FAULT_HIT, rows)


def add_outcome(outcome: Outcome, first: int, batch: Batch) -> None:
    """What a change leaves on record, in rows that are numbered from `first` on."""
    exchanges = () if outcome.exchange is None else (outcome.exchange,)
    records: tuple[Record, ...] = (*outcome.fault_hits, *outcome.deliveries, *exchanges)
    for place, record in enumerate(records, first):
        batch.add(SQL.add_record, row_of(record, place))
        prefix = PREFIX[kind_of(record)]
        number, _, owner = record.id.removeprefix(prefix).partition(".")
        batch.count(owner, prefix, int(number))
