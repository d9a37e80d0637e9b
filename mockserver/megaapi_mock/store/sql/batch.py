"""What is to be written in one transaction, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from .database import Statement
from .schema import SQL

Row = tuple[Any, ...]


class Batch:
    """Statements with their rows; rows of one statement in a row are executed together."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._rows: list[Row] = []
        self._after: list[Callable[[], object]] = []
        # How far owners have counted by what is written here.
        self._numbers: dict[tuple[str, str], int] = {}

    def add(self, sql: str, row: Row) -> None:
        """One more row."""
        if not self.statements or self.statements[-1][0] != sql:
            self._rows = []
            self.statements.append((sql, self._rows))
        self._rows.append(row)

    def run(self, statements: Iterable[str]) -> None:
        """Statements without parameters."""
        for sql in statements:
            self.statements.append((sql, [()]))

    def count(self, owner: str, kind: str, last: int) -> None:
        """An owner has counted so far; the last number of all that is said here is written."""
        self._numbers[owner, kind] = last

    def forget_numbers(self, owner: str | None) -> None:
        """Drop what was counted here of one owner, or of all."""
        for name in list(self._numbers):
            if owner in (None, name[0]):
                del self._numbers[name]

    def after(self, do: Callable[[], object]) -> None:
        """Call this once all of it is kept."""
        self._after.append(do)

    def run_after(self) -> None:
        """All of it is kept."""
        for do in self._after:
            do()

    def finish(self) -> list[Statement]:
        """All of it, the numbers included."""
        for (owner, kind), last in self._numbers.items():
            self.add(SQL.put_number, (owner, kind, last))
        self._numbers.clear()
        return self.statements


def dumps(value: Any) -> str:
    """JSON; texts that are not Unicode, as a client may send them, come back as they were."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return dumps_ascii(value)


def dumps_ascii(value: Any) -> str:
    """JSON in ASCII."""
    return json.dumps(value)


def loads(text: str) -> Any:
    """The value of such a text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)
