"""Which rows of records are deleted, and when."""

from __future__ import annotations

from megaapi_mock.store.sql.batch import Batch
from megaapi_mock.store.sql.record_rows import DELIVERY, EXCHANGE
from megaapi_mock.store.sql.schema import SQL
from megaapi_mock.store.sql.written_rows import WrittenRows


def trimmed(rows: WrittenRows, gone: set[str], *, is_kept: bool = True) -> list[int]:
    """The numbers of the rows that a batch deletes where the journal has let these records go."""
    batch = Batch()
    rows.trim(lambda kind, record_id: record_id not in gone, batch)
    if is_kept:
        batch.run_after()
    return [row[0] for sql, numbers in batch.finish() if sql == SQL.drop_record for row in numbers]


def test_rows_go_with_their_records_the_oldest_first() -> None:
    rows = WrittenRows()
    for seq in (1, 2, 3):
        rows.put(EXCHANGE, seq, f"x{seq}")
    rows.put(DELIVERY, 4, "d1")
    assert trimmed(rows, set()) == []
    # What stands behind one that is still there waits for it.
    assert trimmed(rows, {"x1", "x3", "d1"}) == [1, 4]
    assert trimmed(rows, {"x1", "x2", "x3", "d1"}) == [2, 3]


def test_rows_of_a_batch_that_was_not_kept_are_deleted_again() -> None:
    rows = WrittenRows()
    rows.put(EXCHANGE, 1, "x1")
    assert trimmed(rows, {"x1"}, is_kept=False) == [1]
    assert trimmed(rows, {"x1"}) == [1]
    assert trimmed(rows, {"x1"}) == []


def test_row_is_known_once_its_batch_is_kept() -> None:
    rows, batch = WrittenRows(), Batch()
    rows.put_with(batch, EXCHANGE, 1, "x1")
    assert trimmed(rows, {"x1"}) == []
    batch.run_after()
    assert trimmed(rows, {"x1"}) == [1]


def test_nothing_is_left_once_all_is_cleared() -> None:
    rows, batch = WrittenRows(), Batch()
    rows.put(EXCHANGE, 1, "x1")
    rows.trim(lambda kind, record_id: False, batch)
    rows.clear()
    rows.put(EXCHANGE, 2, "x2")
    # It was emptied meanwhile: what came since is not taken for what was to go.
    batch.run_after()
    assert trimmed(rows, {"x2"}) == [2]
