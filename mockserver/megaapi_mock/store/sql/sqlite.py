"""One SQLite file, held by one process: opened, checked, brought up to date, written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...errors import SetupError, StoreUnavailable
from . import database
from .database import VERSION, Statement

# "mega" in the file's header: whose it is, seen without opening it.
APPLICATION_ID = 0x6D656761
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
CACHE_KIB = 32 * 2**10
SYNC = {"normal": "NORMAL", "full": "FULL"}


class SqliteDatabase:
    """A `Database`. While it is open no other process can open the file.

    `must_exist`: a mock has run on it.
    """

    def __init__(self, path: Path, *, sync: str = "normal", must_exist: bool = False) -> None:
        self.path, self.name = path, str(path)
        self._lock = threading.Lock()
        self.is_closed = False
        version = _version_in_header(path)
        if must_exist and not version:
            raise SetupError(f"there is no store in {path}: no mock has run on it")
        self._connection = _connect(path)
        try:
            self._begin(version, sync)
        except sqlite3.Error as error:
            self.close()
            raise SetupError(_refusal(path, error)) from None
        except BaseException:
            self.close()
            raise

    def _begin(self, version: int, sync: str) -> None:
        execute = self._connection.execute
        # Held from the first write to the end, and released by the system when the process dies.
        execute("PRAGMA locking_mode=EXCLUSIVE")
        execute("BEGIN EXCLUSIVE")
        if version:
            problems = [row[0] for row in execute("PRAGMA quick_check(1)")]
            execute("ROLLBACK")
            if problems != ["ok"]:
                raise SetupError(self.damage_text(problems[0]))
        else:
            execute("ROLLBACK")
        if version < VERSION:
            self._migrate()
        # Readers of the file's header must see what the log holds: this order, not the other.
        execute("PRAGMA journal_mode=WAL")
        execute(f"PRAGMA synchronous={SYNC[sync]}")
        # Messages are looked up by ids that stand in no order: the index should be at hand.
        execute(f"PRAGMA cache_size=-{CACHE_KIB}")

    def _migrate(self) -> None:
        from .migrate import migrate

        self._connection.execute("PRAGMA journal_mode=DELETE")
        marks = {"application_id": APPLICATION_ID, "user_version": VERSION}
        pragmas = [f"PRAGMA {name}={value}" for name, value in marks.items()]
        # The driver is left in autocommit: it would not begin before statements that make tables.
        migrate("sqlite://", lambda: self._connection, pragmas, begin="BEGIN EXCLUSIVE")

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query. SetupError where the file is damaged."""
        try:
            return self._connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise SetupError(self.damage_text(str(error))) from None

    def write(self, statements: Sequence[Statement]) -> None:
        """All of these, or, with StoreUnavailable, none."""
        with self._writing() as cursor:
            for sql, rows in statements:
                if len(rows) == 1:
                    cursor.execute(sql, rows[0])
                else:
                    cursor.executemany(sql, rows)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        with self._lock:
            if self.is_closed:
                raise StoreUnavailable(database.closed_text(self.name))
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                cursor.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    self._connection.rollback()
                if isinstance(error, sqlite3.Error):
                    raise StoreUnavailable(f"{self.path} cannot be written: {error}") from None
                raise

    def check(self) -> list[str]:
        """What is wrong with the file itself; empty where nothing is."""
        with self._lock:
            problems = [row[0] for row in self._connection.execute("PRAGMA integrity_check")]
        return [] if problems == ["ok"] else problems

    def vacuum(self) -> None:
        """Make the file as small as its content is."""
        with self._lock:
            try:
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise SetupError(f"{self.path} cannot be written: {error}") from None

    def size(self) -> int:
        """The bytes of the file."""
        return self.path.stat().st_size

    def damage_text(self, why: str) -> str:
        """The sentence about a file that cannot be read."""
        return _damage_text(self.path, why)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self.is_closed = True
            with suppress(sqlite3.Error):
                self._connection.close()


def _damage_text(path: Path, why: str) -> str:
    return database.damage_text(str(path), why, "another file")


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            path, timeout=database.PATIENCE, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise SetupError(f"the store {path} cannot be opened: {error}") from None


def _version_in_header(path: Path) -> int:
    """The version of the tables in a file, 0 for none yet; SetupError for a foreign or newer one.

    Reads the header alone: what is refused is not touched.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        # A pipe would be waited for without end, and a device keeps nothing.
        raise SetupError(f"the store {path} cannot be opened: it is not a file")
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise SetupError(f"the store {path} cannot be made: there is no such folder") from None
        return 0
    except OSError as error:
        raise SetupError(f"the store {path} cannot be opened: {error.strerror}") from None
    if not header:
        return 0
    application, version = (int.from_bytes(header[offset : offset + 4]) for offset in (68, 60))
    if not header.startswith(_MAGIC) or len(header) < _HEADER or application != APPLICATION_ID:
        raise SetupError(
            f"{path} is not a store of megaapi-mock: it is left as it is; name another file"
        )
    if version > VERSION:
        raise SetupError(database.newer_text(str(path), version))
    return version


def _refusal(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"the store {path} is in use by another process: stop that one, or name another file"
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damage_text(path, str(error))
    return f"the store {path} cannot be opened for writing: {error}"
