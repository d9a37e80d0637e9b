"""What is common to every database: its version, and what the rest of `sql/` asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ...errors import StoreUnavailable

# The version of the tables that this mock writes: the last revision in `migrations/versions`.
VERSION = 1
# Seconds to wait for a mock that is just ending.
PATIENCE = 3.0

Rows = Sequence[tuple[Any, ...]]
# SQL as `schema.py` has it, with `?` for each parameter.
Statement = tuple[str, Rows]


class StoreDiverged(StoreUnavailable):
    """What a refused change wrote is in the database, or what a kept one wrote is not."""


class Database(Protocol):
    """Thread-safe; held by one process while it is open. `name` is what sentences call it.

    SetupError says in one sentence why it is not opened; then it is left as it was.
    """

    name: str
    is_closed: bool

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query. SetupError where they cannot be read."""

    def write(self, statements: Sequence[Statement]) -> None:
        """All of these, or, with StoreUnavailable, none.

        StoreDiverged, and none, where it turns out that it does not hold what was said before.
        """

    def check(self) -> list[str]:
        """What is wrong with the database itself; empty where nothing is."""

    def vacuum(self) -> None:
        """Make it as small as its content is."""

    def size(self) -> int:
        """The bytes that it takes."""

    def damage_text(self, why: str) -> str:
        """The sentence about content that cannot be read."""

    def close(self) -> None:
        """Let go of it."""


def damage_text(name: str, why: str, other: str) -> str:
    """The sentence about a store that cannot be read; `other` is what to name instead."""
    why = " ".join(why.split())
    return f"the store {name} is damaged: {why}; it is left as it is: use a copy, or {other}"


def newer_text(name: str, version: int) -> str:
    """The sentence about a store that a newer mock wrote."""
    return (
        f"the store {name} has version {version} and this mock reads up to {VERSION}: it is "
        "left as it is; open it with the megaapi-mock that wrote it, or a newer one than this"
    )


def closed_text(name: str) -> str:
    """The sentence about a store that is not written any more."""
    return f"the mock is stopping: {name} is closed"
