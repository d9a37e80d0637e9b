"""One PostgreSQL database that several processes share: a change holds the row of its instance."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from ...errors import StoreUnavailable
from ..postgres_url import PostgresUrl
from . import database
from .database import Statement
from .postgres import numbered, refused
from .postgres_session import Session, connect, hold, one_line, rows_of
from .schema import SQL

# So many rows are numbered by one number of the sequence.
BLOCK = 10_000
# So many entries of an instance stay for processes that are behind; they go so many at a time.
ENTRIES_KEPT, TRIM_EVERY = 1_000, 50

_VERSION = b"SELECT version FROM instance WHERE key = $1 FOR UPDATE"
_ENTRIES = b"""
SELECT version, entry FROM change_entry WHERE instance = $1 AND version > $2 ORDER BY version
"""
# In one statement: both are of one moment.
_NEWS = b"""
SELECT i.version, e.version, e.entry FROM instance i
LEFT JOIN change_entry e ON e.instance = i.key AND e.version > $2
WHERE i.key = $1 ORDER BY e.version
"""
_FIELDS = b"SELECT fields FROM instance WHERE key = $1"
_NUMBERS = b"SELECT kind, last FROM number WHERE owner = $1"
_ROWS = b"SELECT field, key, value FROM state_row WHERE instance = $1 ORDER BY seq"
_BLOCK = b"SELECT nextval('row_block')"

Entries = Sequence[tuple[int, str]]


@dataclass(slots=True, eq=False)
class SharedChange:
    """A transaction that holds the row of an instance until it ends.

    `version` is that of the instance, `entries` what it takes to come there from the version that
    was known; None where there is no such instance. Rows are numbered from `number` on.
    """

    key: str
    version: int | None
    entries: Entries
    number: int
    _session: Session

    def content(self) -> tuple[str, list[tuple[str, str, str]], dict[str, int]]:
        """The fields of the instance, the rows of its tables in order, and its records' numbers."""
        with self._session.pipeline():
            fields = self._session.execute(_FIELDS, [self.key])
            rows = self._session.execute(_ROWS, [self.key])
            numbers = self._session.execute(_NUMBERS, [self.key])
        ((text,),) = fields.fetchall()
        return text, rows.fetchall(), dict(numbers.fetchall())

    def commit(self, statements: Sequence[Statement], entry: str | None) -> None:
        """Write all of it, or, with psycopg.Error, nothing; the instance has a new version."""
        session = self._session
        with session.pipeline():
            cursor = session.cursor()
            for sql, rows in statements:
                if len(rows) == 1:
                    cursor.execute(numbered(sql), rows[0])
                else:
                    cursor.executemany(numbered(sql), rows)
            if entry is not None and self.version is not None:
                self.version += 1
                cursor.execute(numbered(SQL.add_entry), (self.key, self.version, entry))
                cursor.execute(numbered(SQL.set_version), (self.version, self.key))
                if self.version % TRIM_EVERY == 0:
                    until = self.version - ENTRIES_KEPT
                    cursor.execute(numbered(SQL.drop_entries), (self.key, until))
        session.execute(b"COMMIT")


class SharedPostgres:
    """Thread-safe. While it is open nobody can have the schema alone."""

    def __init__(self, url: PostgresUrl) -> None:
        self.name, self._url = url.name, url
        self.is_closed = False
        self._lock = threading.Lock()
        self._free: list[Session] = []
        with refused(self.name):
            self._holding = connect(url)
        try:
            with refused(self.name):
                hold(self._holding, self.name, patience=database.PATIENCE, shared=True)
        except BaseException:
            self._holding.close()
            raise

    @contextmanager
    def change(self, key: str, version: int) -> Iterator[SharedChange]:
        """Hold the row of an instance of which this version is known.

        StoreUnavailable where the database cannot be written. What was not committed when the block
        ends never was.
        """
        with self._session() as session:
            with session.pipeline():
                session.execute(b"BEGIN")
                found = session.execute(_VERSION, [key])
                entries = session.execute(_ENTRIES, [key, version])
                block = session.execute(_BLOCK)
            row = found.fetchone()
            ((number,),) = block.fetchall()
            present = None if row is None else row[0]
            yield SharedChange(key, present, entries.fetchall(), number * BLOCK, session)

    def news(self, key: str, version: int) -> tuple[int | None, Entries]:
        """The version of an instance, None where it is gone, and what led there from this one."""
        with self._session() as session:
            rows = session.execute(_NEWS, [key, version]).fetchall()
        if not rows:
            return None, ()
        return rows[0][0], [(number, entry) for _, number, entry in rows if number is not None]

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, as they are now."""
        with self._session() as session:
            return rows_of(session, sql, *parameters)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A session of one's own, and nothing begun in it when it is given back."""
        try:
            session = self._take()
            try:
                yield session
            finally:
                self._give_back(session)
        except psycopg.Error as error:
            why = one_line(error)
            raise StoreUnavailable(f"{self.name} cannot be written: {why}") from None

    def _take(self) -> Session:
        with self._lock:
            if self.is_closed:
                raise StoreUnavailable(database.closed_text(self.name))
            if self._free:
                return self._free.pop()
        return connect(self._url)

    def _give_back(self, session: Session) -> None:
        with suppress(psycopg.Error):
            session.rollback()
            with self._lock:
                if not self.is_closed and not session.closed:
                    self._free.append(session)
                    return
        session.close()

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self.is_closed = True
            for session in self._free:
                session.close()
            self._free.clear()
        self._holding.close()
