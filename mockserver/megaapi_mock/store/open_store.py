"""The store that `--store` names."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import SetupError
from ..errors.names import did_you_mean
from ..errors.shown_address import shown_address
from .postgres_url import PostgresUrl, is_postgres

if TYPE_CHECKING:
    from .sql.database import Database
    from .sql.leadership import Leadership

MEMORY = "memory"
_SQLITE = "sqlite:///"
# SQLite's own name for a database that is gone with its connection.
_NO_FILE = ":memory:"
SYNCS = ("normal", "full")
# Of each extra of the package, what it installs for a store.
_NEEDS = {
    "store": ("sqlalchemy", "alembic"),
    "postgres": ("sqlalchemy", "alembic", "psycopg"),
}


def kind_of(url: str) -> str:
    """What it is kept in: memory, sqlite or postgresql."""
    if url == MEMORY:
        return MEMORY
    return "postgresql" if is_postgres(url) else "sqlite"


def require_store(url: str) -> None:
    """SetupError where it names no database, or what that needs is missing."""
    if is_postgres(url):
        _require_packages(PostgresUrl(url).name, "postgres")
    else:
        sqlite_path(url)


def shown_name(url: str) -> str:
    """The URL of a store as it may be shown."""
    return PostgresUrl(url).name if is_postgres(url) else url


def sqlite_path(url: str) -> Path:
    """The file of a URL; SetupError where there is none, or what a database needs is missing."""
    if not url.startswith(_SQLITE) or not url.removeprefix(_SQLITE):
        guess = f"did you mean {_SQLITE}{url}? " if Path(url).is_file() else ""
        raise SetupError(
            f"{shown_address(url)} is not a store: {guess}it must be `memory`, sqlite:///FILE, "
            "or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        )
    path = url.removeprefix(_SQLITE)
    if path == _NO_FILE:
        raise SetupError(
            f"{url} is not a file and forgets everything: use `memory`, or name a file"
        )
    _require_packages(url, "store")
    return Path(path)


def _require_packages(name: str, extra: str) -> None:
    if any(find_spec(package) is None for package in _NEEDS[extra]):
        raise SetupError(
            f"{name}: a database needs more packages: pip install 'megaapi-contract-kit[{extra}]' "
            f"(in a checkout: '.[{extra}]')"
        )


def _postgres() -> ModuleType:
    try:
        from .sql import postgres
    except ImportError as error:
        why = " ".join(str(error).split())
        raise SetupError(f"PostgreSQL's driver psycopg cannot be used: {why}") from None
    return postgres


def is_begun(url: str) -> bool:
    """Whether there is something in the database of a URL."""
    require_store(url)
    if is_postgres(url):
        begun: bool = _postgres().is_begun(PostgresUrl(url))
        return begun
    path = sqlite_path(url)
    return path.is_file() and path.stat().st_size > 0


def require_sync(sync: str) -> None:
    """SetupError unless it is one of SYNCS."""
    if sync not in SYNCS:
        guess = did_you_mean(sync, SYNCS)
        raise SetupError(f"--sync {sync}: {guess}it must be one of {', '.join(SYNCS)}")


def open_database(url: str, sync: str = "normal", *, must_exist: bool = False) -> Database:
    """The database of a URL, held alone. SetupError says why it cannot be."""
    require_sync(sync)
    if url == MEMORY:
        raise SetupError("`memory` ends with its mock: name a database, such as sqlite:///FILE")
    require_store(url)
    if is_postgres(url):
        database: Database = _postgres().PostgresDatabase(
            PostgresUrl(url), sync=sync, must_exist=must_exist
        )
        return database
    path = sqlite_path(url)
    if must_exist and not path.is_file():
        raise SetupError(f"there is no file {path}")
    from .sql.sqlite import SqliteDatabase

    return SqliteDatabase(path, sync=sync, must_exist=must_exist)


def open_leadership(url: str) -> Leadership:
    """Who does the work of those that share a PostgreSQL database. SetupError without a driver."""
    _postgres()
    from .sql.leadership import Leadership

    return Leadership(PostgresUrl(url))
