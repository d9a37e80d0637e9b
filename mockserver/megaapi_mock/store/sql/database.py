"""One SQLite file, held by one process: opened, checked, brought up to date, written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...errors import SetupError, StoreUnavailable

# "mega" in the file's header: whose it is, seen without opening it.
APPLICATION_ID = 0x6D656761
# The version of the tables that this mock writes: the last revision in `migrations/versions`.
VERSION = 1
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
# Seconds to wait for a mock that is just ending.
PATIENCE = 3.0
CACHE_KIB = 32 * 2**10
SYNC = {"normal": "NORMAL", "full": "FULL"}

Rows = Sequence[tuple[Any, ...]]
Statement = tuple[str, Rows]


class Database:
    """Thread-safe. While it is open no other process can open the file.

    SetupError says in one sentence why a file is not opened; then it is left as it was.
    """

    def __init__(self, path: Path, *, sync: str = "normal") -> None:
        self.path = path
        self._lock = threading.Lock()
        self.is_closed = False
        version = _version_in_header(path)
        self._connection = _connected(path)
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
                raise SetupError(damage_text(self.path, problems[0]))
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
        migrate(self._connection, [f"PRAGMA {name}={value}" for name, value in marks.items()])

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query. SetupError where the file is damaged."""
        try:
            return self._connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise SetupError(damage_text(self.path, str(error))) from None

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
                raise StoreUnavailable(f"the mock is stopping: {self.path} is closed")
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

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self.is_closed = True
            with suppress(sqlite3.Error):
                self._connection.close()


def damage_text(path: Path, why: str) -> str:
    """The sentence about a store that cannot be read."""
    why = " ".join(why.split())
    return f"the store {path} is damaged: {why}; it is left as it is: use a copy, or another file"


def _connected(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise SetupError(f"the store {path} cannot be opened: {error}") from None


def _version_in_header(path: Path) -> int:
    """The version of the tables in a file, 0 for none yet; SetupError for a foreign or newer one.

    Reads the header alone: what is refused is not touched.
    """
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
        raise SetupError(
            f"the store {path} has version {version} and this mock reads up to {VERSION}: it is "
            "left as it is; open it with the megaapi-mock that wrote it, or a newer one than this"
        )
    return version


def _refusal(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"the store {path} is in use by another process: stop that one, or name another file"
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damage_text(path, str(error))
    return f"the store {path} cannot be opened for writing: {error}"
