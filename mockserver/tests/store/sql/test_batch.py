"""What is written in one transaction: statements in order, numbers last, and what comes after."""

from __future__ import annotations

import pytest
from megaapi_mock.store.sql.batch import Batch, dumps, loads
from megaapi_mock.store.sql.schema import SQL

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"


def test_rows_of_one_statement_in_a_row_are_executed_together() -> None:
    batch = Batch()
    for sql, row in (("A", (1,)), ("A", (2,)), ("B", (3,)), ("A", (4,))):
        batch.add(sql, row)
    assert batch.finish() == [("A", [(1,), (2,)]), ("B", [(3,)]), ("A", [(4,)])]


def test_statements_without_parameters_stand_between_the_others() -> None:
    batch = Batch()
    batch.add("A", (1,))
    batch.run(["DELETE B", "DELETE C"])
    batch.add("A", (2,))
    assert batch.finish() == [("A", [(1,)]), ("DELETE B", [()]), ("DELETE C", [()]), ("A", [(2,)])]


def test_only_the_last_number_of_each_kind_is_written() -> None:
    batch = Batch()
    for owner, kind, last in ((ONE, "x", 1), (ONE, "d", 5), (ONE, "x", 2), (TWO, "x", 9)):
        batch.count(owner, kind, last)
    rows = [(ONE, "x", 2), (ONE, "d", 5), (TWO, "x", 9)]
    assert batch.finish() == [(SQL.put_number, rows)]
    batch.add("A", (1,))
    assert batch.finish()[1:] == [("A", [(1,)])]


@pytest.mark.parametrize(("owner", "left"), [(ONE, [(TWO, "x", 9)]), (None, [])])
def test_numbers_are_forgotten_with_their_owner(
    owner: str | None, left: list[tuple[str, str, int]]
) -> None:
    batch = Batch()
    batch.count(ONE, "x", 1)
    batch.count(TWO, "x", 9)
    batch.forget_numbers(owner)
    assert batch.finish() == ([(SQL.put_number, left)] if left else [])


def test_what_comes_after_is_called_in_order_when_all_is_kept() -> None:
    batch, calls = Batch(), list[int]()
    batch.after(lambda: calls.append(1))
    batch.after(lambda: calls.append(2))
    batch.finish()
    assert calls == []
    batch.run_after()
    assert calls == [1, 2]


@pytest.mark.parametrize("value", [{"a": "é"}, ["\udc80", 1], "\ud800", {"n": None}])
def test_texts_come_back_as_they_were_unicode_or_not(value: object) -> None:
    assert loads(dumps(value)) == value


def test_what_is_unicode_stays_readable() -> None:
    assert dumps({"a": "é"}) == '{"a":"é"}'
