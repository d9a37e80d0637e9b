"""A PostgreSQL database: which one is opened, who holds it, and what happens when it goes away."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from megaapi_mock.errors import SetupError, StoreUnavailable
from megaapi_mock.settings import Settings
from megaapi_mock.store.open_store import is_begun, open_database
from megaapi_mock.store.postgres_url import PostgresUrl
from megaapi_mock.store.sql import database as common
from megaapi_mock.store.sql import postgres, postgres_session
from megaapi_mock.store.sql.database import VERSION, StoreDiverged
from megaapi_mock.store.sql.postgres import PostgresDatabase
from megaapi_mock.store.sql.schema import SQL
from megaapi_mock.web.app import build_app

from ...postgres_server import PASSWORD, PostgresServer

pytestmark = pytest.mark.postgres
PART = SQL.put_part


@pytest.fixture
def opened(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresDatabase]:
    """A database that tries to reach its server again at once."""
    monkeypatch.setattr(postgres, "RECONNECT_AFTER", 0.0)
    opened_database = open_database(postgres_url)
    assert isinstance(opened_database, PostgresDatabase)
    yield opened_database
    opened_database.close()


def name_of(url: str) -> str:
    return PostgresUrl(url).parameters["dbname"]


def used(url: str) -> None:
    """A store with something in it, closed."""
    app = build_app(settings=Settings(store=url, seed=1))
    client = app.test_client()
    for _ in range(3):
        body = {"messageData": {"to": "5511900000002", "text": "oi"}}
        headers = {"Authorization": "Bearer TESTKEY0001"}
        path = "/rest/sendMessage/megacode-TESTKEY0001/text"
        assert client.post(path, json=body, headers=headers).status_code == 200
    app.stop(1)


def write_again(database: PostgresDatabase, *rows: tuple[str, str]) -> None:
    """Write as soon as it can be written; what cannot be says so."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return database.write([(PART, list(rows))])
        except StoreUnavailable as error:
            assert "cannot be written: it is away" in error.reason, error.reason
            assert PASSWORD not in error.reason
            assert time.monotonic() < deadline, error.reason
            time.sleep(0.02)


# -- which database is opened ----------------------------------------------------------------


def tables_and_rows(server: PostgresServer, url: str) -> dict[str, Any]:
    """Everything that stands in a database."""
    database = name_of(url)
    names = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)
    return {name: server.execute(f'SELECT * FROM "{name}"', database) for (name,) in names}


DAMAGED = [
    (f"UPDATE megaapi_mock SET version = {VERSION + 1}", f"has version {VERSION + 1} and this"),
    ("DROP TABLE megaapi_mock", "holds tables that are not a store of megaapi-mock"),
    ("ALTER TABLE megaapi_mock DROP COLUMN writer", "is damaged: the table megaapi_mock does not"),
    ("DELETE FROM megaapi_mock", "is damaged: the table megaapi_mock does not say"),
    ("DROP TABLE number", "is damaged: no such column: number.owner"),
    ("ALTER TABLE record DROP COLUMN head", "is damaged: no such column: record.head"),
    ("UPDATE instance SET fields = '{'", "is damaged: a row cannot be read"),
    ("UPDATE state_row SET value = '{}' WHERE field = 'messages'", "is damaged"),
    ("UPDATE part SET value = '7' WHERE name = 'clock'", "is damaged"),
    ("DELETE FROM part WHERE name = 'ids'", "is damaged: ids is missing"),
]


@pytest.mark.parametrize(("statement", "sentence"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_database_that_cannot_be_read_is_refused_untouched(
    postgres_server: PostgresServer, postgres_url: str, statement: str, sentence: str
) -> None:
    used(postgres_url)
    postgres_server.execute(statement, name_of(postgres_url))
    before = tables_and_rows(postgres_server, postgres_url)
    with pytest.raises(SetupError) as refusal:
        build_app(settings=Settings(store=postgres_url))
    assert sentence in str(refusal.value)
    assert PostgresUrl(postgres_url).name in str(refusal.value)
    assert "\n" not in str(refusal.value) and PASSWORD not in str(refusal.value)
    assert tables_and_rows(postgres_server, postgres_url) == before


def test_a_database_of_another_program_is_refused_untouched(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    postgres_server.execute("CREATE TABLE customer (id integer)", name_of(postgres_url))
    with pytest.raises(SetupError, match="holds tables that are not a store of megaapi-mock"):
        open_database(postgres_url)
    assert tables_and_rows(postgres_server, postgres_url) == {"customer": []}


def test_a_schema_of_its_own_is_enough(postgres_server: PostgresServer, postgres_url: str) -> None:
    database = name_of(postgres_url)
    postgres_server.execute("CREATE TABLE customer (id integer)", database)
    url = f"{postgres_url}?options=-csearch_path%3Dmock"
    with pytest.raises(SetupError, match="its search_path names no schema"):
        open_database(url)
    postgres_server.execute("CREATE SCHEMA mock", database)
    used(url)
    assert is_begun(url)
    names = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres_server.execute(names, database) == [(1,)]


def test_a_database_is_begun_once_a_mock_has_run_on_it(postgres_url: str) -> None:
    assert not is_begun(postgres_url)
    with pytest.raises(SetupError, match=r"there is no store in .*: no mock has run on it"):
        open_database(postgres_url, must_exist=True)
    assert not is_begun(postgres_url)
    open_database(postgres_url).close()
    assert is_begun(postgres_url)
    open_database(postgres_url, must_exist=True).close()


def test_the_tables_are_those_that_the_statements_name(
    postgres_server: PostgresServer, opened: PostgresDatabase
) -> None:
    columns = (
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    rows = postgres_server.execute(columns, opened._url.parameters["dbname"])
    types = {"BIGINT": "bigint", "TEXT": "text", "BLOB": "bytea"}
    expected = {
        (table.name, column.name, types[str(column.type.compile())])
        for table in postgres.TABLES.sorted_tables
        for column in table.columns
    }
    ours = {row for row in rows if row[0] not in ("schema_version", postgres.MARK)}
    assert ours == expected


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda url: url.replace(PASSWORD, "TESTPASSWORD0002"), "password authentication failed"),
        (lambda url: url.rpartition("/")[0] + "/nothing", 'database "nothing" does not exist'),
        (lambda url: f"{url}?nothing=1", "invalid connection option"),
    ],
)
def test_what_cannot_be_reached_is_one_sentence(
    postgres_url: str, change: Callable[[str], str], sentence: str
) -> None:
    for attempt in (is_begun, open_database):
        with pytest.raises(SetupError) as refusal:
            attempt(change(postgres_url))
        assert sentence in str(refusal.value)
        assert "cannot be opened" in str(refusal.value) and "\n" not in str(refusal.value)
        assert "TESTPASSWORD" not in str(refusal.value)


@pytest.fixture
def guest(postgres_server: PostgresServer, postgres_url: str) -> Iterator[str]:
    """The URL of somebody who may connect, and nothing else."""
    postgres_server.execute("CREATE ROLE guest LOGIN PASSWORD 'TESTPASSWORD0003'")
    url = PostgresUrl(postgres_url).name.replace("mock@", "guest:TESTPASSWORD0003@")
    yield url
    postgres_server.execute("DROP ROLE guest")


def test_what_the_user_may_not_do_is_no_damage(guest: str, postgres_url: str) -> None:
    with pytest.raises(SetupError, match="cannot be opened for writing: permission denied for"):
        open_database(guest)
    open_database(postgres_url).close()
    with pytest.raises(SetupError, match="cannot be opened: permission denied for table"):
        open_database(guest)


def test_another_user_is_told_who_holds_it(
    guest: str, opened: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "PATIENCE", 0.1)
    with pytest.raises(SetupError, match=f"in use by {postgres_session.application_name()}: stop"):
        open_database(guest)


def test_a_server_that_only_reads_is_refused(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    name = name_of(postgres_url)
    postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(SetupError, match=r"cannot be opened: .*session is read-only"):
        open_database(postgres_url)


def test_full_sync_asks_for_a_server_that_waits_for_the_disk(postgres_url: str) -> None:
    with pytest.raises(SetupError, match=r"--sync full: the server of .* has fsync=off"):
        open_database(postgres_url, "full")


# -- who holds it ----------------------------------------------------------------------------


def test_a_second_mock_is_told_who_holds_it(
    opened: PostgresDatabase, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "PATIENCE", 0.1)
    holder = postgres_session.application_name()
    with pytest.raises(SetupError) as refusal:
        open_database(postgres_url)
    text = str(refusal.value)
    assert f"is in use by {holder}, connected from 127.0.0.1 since 20" in text
    assert text.endswith("stop that one, or name another database")
    opened.close()
    open_database(postgres_url).close()


def test_another_schema_is_held_by_itself(
    opened: PostgresDatabase, postgres_server: PostgresServer, postgres_url: str
) -> None:
    postgres_server.execute("CREATE SCHEMA other", name_of(postgres_url))
    open_database(f"{postgres_url}?options=-csearch_path%3Dother").close()


# -- writing ---------------------------------------------------------------------------------


def test_a_transaction_is_written_whole_or_not(opened: PostgresDatabase) -> None:
    with pytest.raises(StoreUnavailable, match=r"cannot be written: null value in column"):
        opened.write([(PART, [("a", "1")]), (PART, [("b", None)])])
    assert opened.read(SQL.parts) == []
    opened.write([(PART, [("a", "1")])])
    opened.write([(PART, [("a", "2"), ("b", "3")])])
    assert opened.read(SQL.parts) == [("a", "2"), ("b", "3")]
    opened.close()
    with pytest.raises(StoreUnavailable, match="the mock is stopping"):
        opened.write([(PART, [("a", "1")])])


def test_bytes_and_null_come_back_as_they_were(opened: PostgresDatabase) -> None:
    content = bytes(range(256))
    opened.write([(SQL.add_record, [(2**40, "exchange", "x1", None, None, "[]", content, None)])])
    row = (2**40, "exchange", "x1", None, None, "[]", content, None)
    assert opened.read(SQL.records) == [row]


def test_a_lock_that_others_hold_refuses_the_change(
    opened: PostgresDatabase, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened._session.execute(b"SET lock_timeout = '50ms'")
    with postgres_session.connect(opened._url) as other:
        other.execute(b"BEGIN")
        other.execute(b"LOCK TABLE part")
        with pytest.raises(StoreUnavailable, match="cannot be written: canceling statement due"):
            opened.write([(PART, [("a", "1")])])
        other.execute(b"ROLLBACK")
    opened.write([(PART, [("a", "2")])])
    assert opened.read(SQL.parts) == [("a", "2")]


def test_a_server_that_says_nothing_is_given_up(
    opened: PostgresDatabase, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ANSWER_WITHIN", 0.3)
    opened.write([(PART, [("a", "1")])])
    postgres_server.signal(signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnavailable, match="cannot be written"):
            opened.write([(PART, [("a", "2")])])
    finally:
        postgres_server.signal(signal.SIGCONT)
    write_again(opened, ("a", "3"))
    assert opened.read(SQL.parts) == [("a", "3")]


# -- away and back ---------------------------------------------------------------------------


def test_a_killed_server_that_comes_back_is_written_again(
    opened: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    opened.write([(PART, [("a", "1")])])
    postgres_server.kill()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="cannot be written"):
            opened.write([(PART, [("a", "2")])])
    postgres_server.start()
    write_again(opened, ("b", "3"))
    assert opened.read(SQL.parts) == [("a", "1"), ("b", "3")]


def test_an_ended_connection_is_made_again_and_holds_the_lock(
    opened: PostgresDatabase,
    postgres_server: PostgresServer,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(common, "PATIENCE", 0.1)
    postgres_server.execute(f"SELECT pg_terminate_backend({opened._server_process})")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        opened.write([(PART, [("a", "1")])])
    write_again(opened, ("a", "1"))
    with pytest.raises(SetupError, match="is in use by megaapi-mock"):
        open_database(postgres_url)


def test_our_own_lost_session_is_ended(
    opened: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has not noticed that a session of ours has gone: it holds the lock still."""
    lost = opened._session
    opened._session = postgres_session.connect(opened._url)
    opened._session.close()
    write_again(opened, ("a", "1"))
    with pytest.raises(postgres.psycopg.OperationalError, match="terminating connection"):
        lost.execute(b"SELECT 1")
    lost.close()


def test_a_database_that_another_mock_wrote_meanwhile_is_left_to_it(
    opened: PostgresDatabase, postgres_server: PostgresServer, postgres_url: str
) -> None:
    opened.write([(PART, [("a", "1")])])
    opened._session.close()
    other = open_database(postgres_url)
    other.write([(PART, [("a", "2")])])
    with pytest.raises(StoreUnavailable, match="is in use by megaapi-mock"):
        opened.write([(PART, [("a", "3")])])
    other.close()
    with pytest.raises(StoreUnavailable, match="another mock has written into it meanwhile"):
        opened.write([(PART, [("a", "3")])])
    rows = postgres_server.execute("SELECT value FROM part", name_of(postgres_url))
    assert rows == [("2",)]


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_commit_whose_answer_is_lost_is_looked_up(
    opened: PostgresDatabase, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    execute = postgres_session.Session.execute

    def lose_answer(session: Any, query: bytes, *arguments: Any, **options: Any) -> Any:
        if query != b"COMMIT":
            return execute(session, query, *arguments, **options)
        if is_committed:
            execute(session, query)
        session.close()
        raise postgres.psycopg.OperationalError("the connection is lost")

    opened.write([(PART, [("a", "1")])])
    with monkeypatch.context() as patch:
        patch.setattr(postgres_session.Session, "execute", lose_answer)
        with pytest.raises(StoreUnavailable, match="the connection is lost"):
            opened.write([(PART, [("a", "2")])])
    if is_committed:
        with pytest.raises(StoreDiverged):
            opened.write([(PART, [("b", "3")])])
        assert opened.read(SQL.parts) == [("a", "2")]
        opened.write([(PART, [("a", "1")])])
    opened.write([(PART, [("b", "3")])])
    assert opened.read(SQL.parts) == [("a", "1"), ("b", "3")]


def test_a_server_that_has_lost_a_commit_is_noticed(opened: PostgresDatabase) -> None:
    opened.write([(PART, [("a", "1")])])
    assert opened._last_commit is not None
    opened._last_commit += 1_000
    opened._session.close()
    with pytest.raises(StoreDiverged):
        opened.write([(PART, [("a", "2")])])
    opened.write([(PART, [("a", "3")])])
    assert opened.read(SQL.parts) == [("a", "3")]


def test_writers_in_many_threads_are_one_after_the_other(opened: PostgresDatabase) -> None:
    def run(number: int) -> None:
        for step in range(20):
            opened.write([(PART, [(f"{number}", f"{step}")])])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opened.read(SQL.parts) == [(f"{number}", "19") for number in range(4)]


def test_vacuum_gives_back_the_room_of_deleted_rows(opened: PostgresDatabase) -> None:
    opened.write([(PART, [(f"{number}", "x" * 500) for number in range(2000)])])
    opened.write([("DELETE FROM part", [()])])
    before = opened.size()
    opened.vacuum()
    assert opened.size() < before / 4
    # However long a table takes: the server says nothing meanwhile.
    assert opened._session.patience is None
