"""The store that `--store` names."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SetupError
from ..errors.names import did_you_mean

if TYPE_CHECKING:
    from .sql.database import Database

MEMORY = "memory"
_SQLITE = "sqlite:///"
SYNCS = ("normal", "full")
_NEEDS = ("sqlalchemy", "alembic")


def sqlite_path(url: str) -> Path:
    """The file of a URL; SetupError where there is none, or what a database needs is missing."""
    if not url.startswith(_SQLITE) or not url.removeprefix(_SQLITE):
        guess = f"did you mean {_SQLITE}{url}? " if Path(url).is_file() else ""
        raise SetupError(f"{url} is not a store: {guess}it must be `memory`, or sqlite:///FILE")
    if any(find_spec(name) is None for name in _NEEDS):
        raise SetupError(
            f"{url}: a database needs more packages: pip install 'megaapi-contract-kit[store]' "
            "(in a checkout: '.[store]')"
        )
    return Path(url.removeprefix(_SQLITE))


def is_begun(url: str) -> bool:
    """Whether there is something in the file of a URL."""
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
    path = sqlite_path(url)
    if must_exist and not path.is_file():
        raise SetupError(f"there is no file {path}")
    from .sql.database import Database

    return Database(path, sync=sync)
