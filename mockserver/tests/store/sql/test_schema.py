"""The statements on a database in memory: each does to its table what its name says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from megaapi_mock.domain.state import InstanceState
from megaapi_mock.store.sql.schema import (
    CLEAR,
    CLEAR_RECORDS,
    CLEAR_STATE,
    SQL,
    STATE_ROW,
    TABLES,
)
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateTable


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for table in TABLES.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=dialect())))
    yield connection
    connection.close()


def rows(database: sqlite3.Connection, statement: str) -> list[tuple[Any, ...]]:
    return database.execute(statement).fetchall()


def test_every_statement_is_one_that_sqlite_takes(database: sqlite3.Connection) -> None:
    for each in fields(SQL):
        statement = getattr(SQL, each.name)
        database.execute(f"EXPLAIN {statement}", (None,) * statement.count("?"))


def test_an_instance_is_put_once_and_again(database: sqlite3.Connection) -> None:
    database.execute(SQL.put_instance, ("b", 2, "{}"))
    database.execute(SQL.put_instance, ("a", 1, "{}"))
    database.execute(SQL.put_instance, ("b", 0, "{1}"))
    database.execute(SQL.set_fields, ("{2}", "a"))
    assert rows(database, SQL.instances) == [("b", 0, "{1}"), ("a", 1, "{2}")]
    database.execute(SQL.drop_instance, ("b",))
    assert [key for key, *_ in rows(database, SQL.instances)] == ["a"]


def test_a_row_keeps_its_place_when_its_value_changes(database: sqlite3.Connection) -> None:
    for key in ("k1", "k2"):
        database.execute(SQL.put_row, ("a", "messages", key, "1"))
    database.execute(SQL.put_row, ("a", "messages", "k1", "2"))
    assert rows(database, SQL.rows) == [
        ("a", "messages", "k1", "2"), ("a", "messages", "k2", "1"),
    ]  # fmt: skip
    database.execute(SQL.set_row, ("k3", "9", "a", "messages", "k1"))
    assert rows(database, SQL.rows)[0] == ("a", "messages", "k3", "9")


def test_rows_go_one_by_one_by_field_and_by_instance(database: sqlite3.Connection) -> None:
    for owner, field, key in (("a", "x", "1"), ("a", "x", "2"), ("a", "y", "1"), ("b", "x", "1")):
        database.execute(SQL.put_row, (owner, field, key, "v"))
    database.execute(SQL.drop_row, ("a", "x", "1"))
    assert len(rows(database, SQL.rows)) == 3
    database.execute(SQL.drop_field, ("a", "x"))
    assert [row[:2] for row in rows(database, SQL.rows)] == [("a", "y"), ("b", "x")]
    database.execute(SQL.drop_rows, ("a",))
    assert [row[0] for row in rows(database, SQL.rows)] == ["b"]


def test_a_delivery_is_changed_by_its_number(database: sqlite3.Connection) -> None:
    record = (7, "d", "d1.a", "a", "queued", "{}", b"body", None)
    database.execute(SQL.add_record, record)
    database.execute(SQL.set_delivery, ("delivered", "{1}", 7))
    assert rows(database, SQL.records) == [
        (7, "d", "d1.a", "a", "delivered", "{1}", b"body", None),
    ]  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(SQL.add_record, record)
    database.execute(SQL.drop_record, (7,))
    assert rows(database, SQL.records) == []


def test_numbers_blobs_and_parts_have_their_last_value(database: sqlite3.Connection) -> None:
    for last in (1, 2):
        database.execute(SQL.put_number, ("a", "x", last))
        database.execute(SQL.put_blob, (b"digest", last, b"content"))
        database.execute(SQL.put_part, ("clock", str(last)))
    database.execute(SQL.renew_blob, (5, b"digest"))
    assert rows(database, SQL.numbers) == [("a", "x", 2)]
    assert rows(database, SQL.blobs) == [(b"digest", 5, b"content")]
    assert rows(database, SQL.parts) == [("clock", "2")]


def fill(database: sqlite3.Connection) -> None:
    database.execute(SQL.put_instance, ("a", 1, "{}"))
    database.execute(SQL.put_row, ("a", "messages", "k", "v"))
    database.execute(SQL.add_record, (1, "x", "x1.a", "a", None, "{}", None, None))
    database.execute(SQL.add_peer_message, (1, "{}"))
    database.execute(SQL.put_number, ("a", "x", 1))
    database.execute(SQL.put_blob, (b"d", 1, b"c"))
    database.execute(SQL.put_part, ("clock", "1"))


def counts(database: sqlite3.Connection) -> dict[str, int]:
    return {
        table.name: rows(database, f"SELECT count(*) FROM {table.name}")[0][0]
        for table in TABLES.sorted_tables
    }


@pytest.mark.parametrize(
    ("statements", "emptied"),
    [
        (CLEAR, {table.name for table in TABLES.sorted_tables}),
        (CLEAR_STATE, {"state_row", "instance"}),
        (CLEAR_RECORDS, {"record", "number"}),
    ],
)
def test_what_is_cleared_is_empty_and_nothing_else(
    database: sqlite3.Connection, statements: tuple[str, ...], emptied: set[str]
) -> None:
    fill(database)
    assert set(counts(database).values()) == {1}
    for statement in statements:
        database.execute(statement)
    assert {name for name, count in counts(database).items() if count == 0} == emptied


def test_rows_are_of_fields_that_the_state_has() -> None:
    names = {each.name for each in fields(InstanceState)}
    assert {"message_table", "group_table"} & names
    assert {column.name for column in STATE_ROW.columns} == {
        "seq", "instance", "field", "key", "value",
    }  # fmt: skip
