"""The rows of records that stand in the database until the journal lets them go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

from .batch import Batch
from .record_rows import KINDS
from .schema import SQL

# The number of a row, and the id of its record.
WrittenRow = tuple[int, str]


class WrittenRows:
    """Of each kind of record its rows, the oldest first; known once their batch is kept."""

    def __init__(self) -> None:
        self._rows: dict[str, deque[WrittenRow]] = {kind: deque() for kind in KINDS}

    def put(self, kind: str, seq: int, record_id: str) -> None:
        """A record stands in this row."""
        self._rows[kind].append((seq, record_id))

    def put_with(self, batch: Batch, kind: str, seq: int, record_id: str) -> None:
        """It does once this batch is kept."""
        batch.after(partial(self._rows[kind].append, (seq, record_id)))

    def clear(self) -> None:
        """There are none."""
        for rows in self._rows.values():
            rows.clear()

    def trim(self, keeps: Callable[[str, str], bool], batch: Batch) -> None:
        """What the journal has let go meanwhile goes here too; the oldest first."""
        for kind, rows in self._rows.items():
            old_rows = []
            for entry in rows:
                if keeps(kind, entry[1]):
                    break
                batch.add(SQL.drop_record, (entry[0],))
                old_rows.append(entry)
            batch.after(partial(_drop_first, rows, old_rows))


def _drop_first(rows: deque[WrittenRow], old_rows: Sequence[WrittenRow]) -> None:
    """Unless a reset has emptied it meanwhile."""
    for entry in old_rows:
        if rows and rows[0] is entry:
            rows.popleft()
