"""One PostgreSQL database, held by one process: opened, checked, brought up to date, written."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from ...errors import SetupError, StoreUnavailable
from ..postgres_url import PostgresUrl
from . import database
from .database import VERSION, Statement, StoreDiverged
from .postgres_session import (
    ANSWER_WITHIN,
    ROWS_PER_SECOND,
    Session,
    connect,
    hold,
    one_line,
    rows_of,
)
from .schema import TABLES

# Whose tables these are, which version they have, and which mock wrote into them last.
MARK = "megaapi_mock"
# Seconds between two attempts to reach a server that has gone.
RECONNECT_AFTER = 1.0
# Seconds in which a session of ours that was lost ends.
END_WITHIN = 0.5
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
"""
_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = current_schema()
"""
_ROLLED_BACK = (TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR)
_MISSING = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
_DAMAGE = (
    *_MISSING,
    psycopg.DataError,
    psycopg.errors.DataCorrupted,
    psycopg.errors.IndexCorrupted,
)


class PostgresDatabase:
    """A `Database`. While it is open no other mock can open the same schema of it.

    A connection that is lost is made again with a later write. `must_exist`: a mock has run on it.
    """

    def __init__(self, url: PostgresUrl, *, sync: str = "normal", must_exist: bool = False) -> None:
        self.name, self._url = url.name, url
        self._lock = threading.Lock()
        self.is_closed = False
        # Names this process as the one that wrote last; until it has, others may stand there.
        self._token = secrets.token_hex(8)
        self._last_writers = {self._token}
        self._has_signed = False
        # The last transaction, and one of which it is not known whether it was committed.
        self._last_commit: int | None = None
        self._unsure: int | None = None
        self._next_attempt, self._problem = 0.0, ""
        self._session = self._open(sync, must_exist)
        self._server_process = self._session.info.backend_pid

    # -- opening -----------------------------------------------------------------------------

    def _open(self, sync: str, must_exist: bool) -> Session:
        with _refusals_in_words(self.name):
            session = connect(self._url)
        try:
            with _refusals_in_words(self.name):
                hold(session, self.name, patience=database.PATIENCE)
                self._begin(session, sync, must_exist)
        except BaseException:
            session.close()
            raise
        return session

    def _begin(self, session: Session, sync: str, must_exist: bool) -> None:
        if sync == "full" and rows_of(session, "SHOW fsync") == [("off",)]:
            raise SetupError(f"--sync full: the server of {self.name} has fsync=off")
        version = self._version(session)
        if must_exist and not version:
            raise SetupError(f"there is no store in {self.name}: no mock has run on it")
        if version < VERSION:
            self._migrate()
        self._require_tables(session)
        self._last_writers.add(self._mark(session)[1])

    def _version(self, session: Session) -> int:
        """The version of the tables, 0 for none yet; SetupError for foreign or newer ones."""
        tables = {name for (name,) in rows_of(session, _TABLES)}
        if not tables:
            return 0
        if MARK not in tables:
            raise SetupError(
                f"{self.name} holds tables that are not a store of megaapi-mock: it is left as it "
                "is; name an empty database, or add ?options=-csearch_path%3DSCHEMA for a schema "
                "of its own"
            )
        version = self._mark(session)[0]
        if version > VERSION:
            raise SetupError(database.newer_text(self.name, version))
        return version

    def _mark(self, session: Session) -> tuple[int, str]:
        """Version and last writer."""
        try:
            ((version, writer),) = rows_of(session, f"SELECT version, writer FROM {MARK}")
        except (*_MISSING, ValueError):
            why = f"the table {MARK} does not say which version it has"
            raise SetupError(self.damage_text(why)) from None
        return version, writer

    def _require_tables(self, session: Session) -> None:
        """All that the statements name is there."""
        columns = set(rows_of(session, _COLUMNS))
        for table in TABLES.sorted_tables:
            for column in table.columns:
                if (table.name, column.name) not in columns:
                    why = f"no such column: {table.name}.{column.name}"
                    raise SetupError(self.damage_text(why))

    def _migrate(self) -> None:
        """In a session of SQLAlchemy's own, while ours holds the lock."""
        from .migrate import migrate

        session = connect(self._url)
        session.cursor_factory = psycopg.Cursor
        session.autocommit = False
        statements = (
            f"CREATE TABLE IF NOT EXISTS {MARK} (version integer NOT NULL, writer text NOT NULL)",
            f"DELETE FROM {MARK}",
            f"INSERT INTO {MARK} VALUES ({VERSION}, '')",
        )
        try:
            migrate("postgresql+psycopg://", lambda: session, statements)
        except Exception as error:
            cause = getattr(error, "orig", None) or error
            raise SetupError(
                f"the store {self.name} cannot be opened for writing: {one_line(cause)}"
            ) from None
        finally:
            session.close()

    # -- after a lost connection -------------------------------------------------------------

    def _live_session(self) -> Session:
        """The session, made again where it was lost. StoreUnavailable where it cannot be."""
        if not self._session.closed:
            return self._session
        if time.monotonic() < self._next_attempt:
            raise StoreUnavailable(self._problem)
        try:
            self._session = self._connected_again()
            self._server_process = self._session.info.backend_pid
            self._require_last_commit(self._session)
        except (psycopg.Error, SetupError) as error:
            why = error if isinstance(error, SetupError) else f"it is away: {one_line(error)}"
            self._problem = f"{self.name} cannot be written: {why}"
            self._next_attempt = time.monotonic() + RECONNECT_AFTER
            raise StoreUnavailable(self._problem) from None
        return self._session

    def _connected_again(self) -> Session:
        session = connect(self._url)
        try:
            hold(session, self.name, patience=END_WITHIN, lost_process=self._server_process)
            if self._mark(session)[1] not in self._last_writers:
                raise SetupError("another mock has written into it meanwhile: start this one again")
        except BaseException:
            session.close()
            raise
        return session

    def _require_last_commit(self, session: Session) -> None:
        """StoreDiverged where the server has lost it: another one took over, or a disk lied."""
        number, self._last_commit = self._last_commit, None
        if number is not None and _state_of(session, number) != "committed":
            raise StoreDiverged(f"{self.name} is being rewritten: try again")

    def _resolve_unsure(self, session: Session) -> None:
        """StoreDiverged where the transaction whose end was not seen was committed after all."""
        number, self._unsure = self._unsure, None
        if number is not None and _state_of(session, number) != "aborted":
            raise StoreDiverged(f"{self.name} is being rewritten: try again")

    # -- reading and writing -----------------------------------------------------------------

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query. SetupError where they cannot be read."""
        with self._lock:
            try:
                return rows_of(self._session, sql)
            except _DAMAGE as error:
                raise SetupError(self.damage_text(one_line(error))) from None
            except psycopg.Error as error:
                raise SetupError(
                    f"the store {self.name} cannot be read: {one_line(error)}"
                ) from None

    def write(self, statements: Sequence[Statement]) -> None:
        """All of these, or, with StoreUnavailable, none."""
        with self._lock:
            if self.is_closed:
                raise StoreUnavailable(database.closed_text(self.name))
            session = self._live_session()
            try:
                self._resolve_unsure(session)
                self._write(session, statements)
            except BaseException as error:
                _undo(session)
                if isinstance(error, psycopg.Error):
                    why = one_line(error)
                    raise StoreUnavailable(f"{self.name} cannot be written: {why}") from None
                raise

    def _write(self, session: Session, statements: Sequence[Statement]) -> None:
        """One message to the server with all of it, and one that commits it."""
        rows_count = sum(len(rows) for _, rows in statements)
        session.patience = ANSWER_WITHIN + rows_count / ROWS_PER_SECOND
        with session.pipeline():
            session.execute(b"BEGIN")
            number = session.execute(b"SELECT txid_current()")
            cursor = session.cursor()
            for sql, rows in statements:
                if len(rows) == 1:
                    cursor.execute(_number_parameters(sql), rows[0])
                else:
                    cursor.executemany(_number_parameters(sql), rows)
            if not self._has_signed:
                cursor.execute(f"UPDATE {MARK} SET writer = $1".encode(), [self._token])
        ((self._unsure,),) = number.fetchall()
        session.execute(b"COMMIT")
        self._last_commit, self._unsure = self._unsure, None
        if not self._has_signed:
            self._has_signed, self._last_writers = True, {self._token}

    # -- the commands ------------------------------------------------------------------------

    def check(self) -> list[str]:
        """Nothing: the server itself checks what it reads."""
        return []

    def vacuum(self) -> None:
        """Give back the room of deleted rows."""
        with self._lock:
            # It says nothing before it has copied a whole table.
            self._session.patience = None
            try:
                for table in TABLES.sorted_tables:
                    self._session.execute(f'VACUUM FULL "{table.name}"'.encode())
            except psycopg.Error as error:
                raise SetupError(f"{self.name} cannot be written: {one_line(error)}") from None

    def size(self) -> int:
        """The bytes of the tables and their indexes."""
        tables = ", ".join(f"('\"{table.name}\"')" for table in TABLES.sorted_tables)
        sql = f"SELECT sum(pg_total_relation_size(t::regclass))::bigint FROM (VALUES {tables}) v(t)"
        return int(self.read(sql)[0][0])

    def damage_text(self, why: str) -> str:
        """The sentence about content that cannot be read."""
        return database.damage_text(self.name, why, "another database")

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self.is_closed = True
            self._session.close()


def is_begun(url: PostgresUrl) -> bool:
    """Whether a mock has run on it. SetupError where it cannot be reached."""
    with _refusals_in_words(url.name), connect(url) as session:
        return (MARK,) in rows_of(session, _TABLES)


@contextmanager
def _refusals_in_words(name: str) -> Iterator[None]:
    """One sentence for whatever the server says."""
    try:
        yield
    except psycopg.Error as error:
        raise SetupError(f"the store {name} cannot be opened: {one_line(error)}") from None


def _state_of(session: Session, number: int) -> str | None:
    """Whether a transaction was committed or aborted; None where the server knows no more."""
    try:
        ((state,),) = rows_of(session, "SELECT txid_status($1)", number)
    except psycopg.errors.InvalidParameterValue:
        # It has not kept even the number.
        return "aborted"
    return None if state is None else str(state)


@cache
def _number_parameters(sql: str) -> bytes:
    """SQL with `$1`, `$2` for each `?`."""
    first, *others = sql.split("?")
    parts = [f"${number}{text}" for number, text in enumerate(others, 1)]
    return "".join([first, *parts]).encode()


def _undo(session: Session) -> None:
    """Nothing of a transaction is left; a session that cannot say so is given up."""
    with suppress(psycopg.Error):
        if session.info.transaction_status in _ROLLED_BACK:
            session.rollback()
            return
    session.close()
