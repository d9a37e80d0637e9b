"""A table forgets exactly what was written since its last commit, order included."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.undo_table import Bounds, UndoTable

keys = st.integers(0, 5)
steps = st.lists(st.tuples(st.sampled_from(["put", "remove"]), keys, st.integers()))


def apply(table: UndoTable[int, int], changes: list[tuple[str, int, int]]) -> None:
    for kind, key, value in changes:
        if kind == "put":
            table.put(key, value)
        elif key in table:
            table.remove(key)


@given(kept=steps, forgotten=steps)
def test_rollback_restores_rows_and_their_order(
    kept: list[tuple[str, int, int]], forgotten: list[tuple[str, int, int]]
) -> None:
    table: UndoTable[int, int] = UndoTable()
    apply(table, kept)
    table.commit()
    before = list(table.items())
    apply(table, forgotten)
    table.rollback()
    assert list(table.items()) == before


@given(rows=st.lists(keys, unique=True), keep=st.integers(0, 6))
def test_commit_lets_the_oldest_go(rows: list[int], keep: int) -> None:
    table: UndoTable[int, int] = UndoTable()
    for row in rows:
        table.put(row, row)
    gone = table.commit(Bounds(keep, 0))
    assert gone + list(table.values()) == rows
    assert len(table) == min(keep, len(rows))


def test_what_is_accepted_as_it_stands_is_not_taken_back_later() -> None:
    table = UndoTable({"a": 1}, size_of=lambda key, row: 10)
    table.put("b", 2)
    table.remove("a")
    table.accept()
    assert (dict(table), table.size, table.writes) == ({"b": 2}, 10, [])
    table.put("c", 3)
    table.rollback()
    assert dict(table) == {"b": 2}


def test_content_kept_outside_a_row_counts_for_bounds_and_goes_with_it() -> None:
    table: UndoTable[str, str] = UndoTable(size_of=lambda key, row: len(row))
    attached: UndoTable[str, str] = UndoTable(size_of=lambda key, row: len(row))
    for key in "abcd":
        table.put(key, "x" * 10)
    attached.put("a", "y" * 50)
    attached.put("d", "y" * 50)
    bounds = Bounds(rows=10, size=95)
    assert table.excess(bounds, (attached,)) == ["a"]
    table.commit()
    assert table.excess(bounds, (attached,)) == ["a"]
    assert table.commit(bounds, (attached,)) == ["x" * 10]
    attached.remove("a")
    attached.commit()
    assert (table.size, attached.size, attached.row_size("d"), attached.row_size("a")) == (
        30, 50, 50, 0,
    )  # fmt: skip
    assert table.commit(Bounds(rows=10, size=0), (attached,)) == ["x" * 10] * 2
