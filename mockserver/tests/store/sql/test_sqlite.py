"""Which files a store opens, and how it refuses all others: one sentence, nothing touched."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from megaapi_mock.errors import SetupError, StoreUnavailable
from megaapi_mock.settings import Settings
from megaapi_mock.store.open_store import open_database
from megaapi_mock.store.sql import schema
from megaapi_mock.store.sql.database import VERSION
from megaapi_mock.store.sql.sqlite import APPLICATION_ID, SqliteDatabase
from megaapi_mock.web.app import build_app
from sqlalchemy import create_engine, inspect

Spoil = Callable[[Path], object]


def used(path: Path) -> Path:
    """A store with something in it, closed."""
    app = build_app(settings=Settings(store=f"sqlite:///{path}", seed=1))
    client = app.test_client()
    for _ in range(50):
        body = {"messageData": {"to": "5511900000002", "text": "oi " * 100}}
        headers = {"Authorization": "Bearer TESTKEY0001"}
        path_ = "/rest/sendMessage/megacode-TESTKEY0001/text"
        assert client.post(path_, json=body, headers=headers).status_code == 200
    app.stop(1)
    return path


def sql(statement: str) -> Spoil:
    def run(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.executescript(statement)
        connection.close()

    return run


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 8192] = b"\xff" * 8192
    path.write_bytes(content)


DAMAGED: list[tuple[Spoil, str]] = [
    (lambda path: path.write_text("just a text\n" * 100), "is not a store of megaapi-mock"),
    (lambda path: path.write_bytes(b"x"), "is not a store of megaapi-mock"),
    (sql("PRAGMA application_id=7"), "is not a store of megaapi-mock"),
    (sql(f"PRAGMA user_version={VERSION + 1}"), f"has version {VERSION + 1} and this mock reads"),
    (cut, "is damaged"),
    (overwrite, "is damaged"),
    (sql("UPDATE instance SET fields = '{'"), "is damaged: a row cannot be read"),
    (sql("UPDATE state_row SET value = '{}' WHERE field = 'messages'"), "is damaged"),
    (sql("UPDATE state_row SET field = 'nothing'"), "is damaged: a row cannot be read"),
    (sql("UPDATE record SET head = '[]'"), "is damaged: a row cannot be read"),
    (sql("UPDATE part SET value = '7' WHERE name = 'clock'"), "is damaged"),
    (sql("DELETE FROM part WHERE name = 'ids'"), "is damaged"),
    (sql("DROP TABLE number"), "is damaged: no such table: number"),
]


@pytest.mark.parametrize(("spoil", "sentence"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_file_that_cannot_be_read_is_refused_untouched(
    tmp_path: Path, spoil: Spoil, sentence: str
) -> None:
    path = used(tmp_path / "mock.db")
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(SetupError) as refusal:
        build_app(settings=Settings(store=f"sqlite:///{path}"))
    assert sentence in str(refusal.value)
    assert str(path) in str(refusal.value) and "\n" not in str(refusal.value)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["mock.db"]


def test_a_second_mock_on_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("megaapi_mock.store.sql.database.PATIENCE", 0.1)
    first = SqliteDatabase(used(tmp_path / "mock.db"))
    with pytest.raises(SetupError, match="is in use by another process: stop that one"):
        SqliteDatabase(first.path)
    first.close()
    SqliteDatabase(first.path).close()


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="there is no such folder"):
        SqliteDatabase(tmp_path / "nowhere" / "mock.db")
    with pytest.raises(SetupError, match="cannot be opened: Is a directory"):
        SqliteDatabase(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")
def test_pipe_or_device_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    for path in (pipe, Path(os.devnull)):
        with pytest.raises(SetupError, match="cannot be opened: it is not a file"):
            SqliteDatabase(path)


@pytest.mark.parametrize("package", ["sqlalchemy", "alembic"])
def test_a_missing_package_is_named_by_its_extra(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setattr(
        "megaapi_mock.store.open_store.find_spec", lambda name: None if name == package else name
    )
    with pytest.raises(SetupError, match=r"pip install 'megaapi-contract-kit\[store\]'"):
        open_database("sqlite:///mock.db", "normal")


def test_the_tables_are_those_that_the_statements_name(tmp_path: Path) -> None:
    SqliteDatabase(tmp_path / "mock.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'mock.db'}")
    with engine.connect() as connection:
        look = inspect(connection)
        made = {
            table: {(column["name"], str(column["type"])) for column in look.get_columns(table)}
            for table in look.get_table_names()
        }
        (header,) = connection.exec_driver_sql("PRAGMA application_id").one()
    engine.dispose()
    assert header == APPLICATION_ID
    assert made.pop("schema_version")
    assert made == {
        table.name: {
            (column.name, str(column.type.compile(engine.dialect))) for column in table.columns
        }
        for table in schema.TABLES.sorted_tables
    }


def test_a_transaction_is_written_whole_or_not(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "mock.db")
    part, broken = (schema.SQL.put_part, [("a", "1")]), (schema.SQL.put_part, [("b", None)])
    with pytest.raises(StoreUnavailable, match=r"mock.db cannot be written: NOT NULL"):
        database.write([part, broken])
    assert list(database.read(schema.SQL.parts)) == []
    database.write([part])
    assert list(database.read(schema.SQL.parts)) == [("a", "1")]
    database.close()
    with pytest.raises(StoreUnavailable, match="the mock is stopping"):
        database.write([part])


@pytest.mark.parametrize(("sync", "level"), [("normal", 1), ("full", 2)])
def test_sync_says_what_a_commit_waits_for(tmp_path: Path, sync: str, level: int) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'mock.db'}", sync)
    assert list(database.read("PRAGMA synchronous")) == [(level,)]
    assert list(database.read("PRAGMA journal_mode")) == [("wal",)]
    database.close()
