"""A mapping that can take back what was written since its last commit."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class UndoTable(Generic[K, V]):
    """Rows are immutable values in order of first writing; `rollback` restores the last commit.

    Where `size_of` says how many bytes a row takes, `size` is what all committed rows take.
    `writes` is empty between changes: what was written, each with what stood there before.
    `touched` is for whoever keeps copies: the keys written since it was last emptied, in order;
    None where that does not say it all, because rows went or came back.
    """

    __slots__ = ("_order_lost", "_rows", "_size_of", "size", "touched", "writes")

    def __init__(
        self, rows: dict[K, V] | None = None, *, size_of: Callable[[K, V], int] | None = None
    ) -> None:
        self._rows: dict[K, V] = dict(rows or {})
        self.writes: list[tuple[K, V | None]] = []
        self.touched: dict[K, None] | None = None
        self._order_lost: list[K] | None = None
        self._size_of = size_of
        self.size = self._counted()

    def restore(self, rows: UndoTable[K, V]) -> None:
        """Be like another table from now on; there is no way back."""
        self._rows = dict(rows.items())
        self.writes.clear()
        self.touched = None
        self._order_lost = None
        self.size = self._counted()

    def put(self, key: K, value: V) -> None:
        """Write one row."""
        self.writes.append((key, self._rows.get(key)))
        self._rows[key] = value
        if self.touched is not None:
            self.touched[key] = None

    def remove(self, key: K) -> None:
        """Delete one row; KeyError when it is not there."""
        if self._order_lost is None:
            self._order_lost = list(self._rows)
        self.writes.append((key, self._rows.pop(key)))
        self.touched = None

    def commit(self, *, keep: int | None = None, budget: int | None = None) -> list[V]:
        """Accept what was written; the oldest rows beyond the bounds go and are returned.

        `keep` is how many rows may stay, `budget` how many bytes; the newest row always stays.
        """
        if self.writes:
            self.size += self._grown()
            self.writes.clear()
            self._order_lost = None
        gone: list[V] = []
        if keep is None and budget is None:
            return gone
        while self._is_over(keep, budget):
            key = next(iter(self._rows))
            row = self._rows.pop(key)
            self.size -= self._size(key, row)
            self.touched = None
            gone.append(row)
        return gone

    def rollback(self) -> None:
        """Forget what was written since the last commit, order included."""
        if self.writes:
            self.touched = None
        for key, value in reversed(self.writes):
            if value is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = value
        if self._order_lost is not None:
            self._rows = {key: self._rows[key] for key in self._order_lost if key in self._rows}
            self._order_lost = None
        self.writes.clear()

    def _is_over(self, keep: int | None, budget: int | None) -> bool:
        count = len(self._rows)
        if keep is not None and count > keep:
            return True
        return budget is not None and self.size > budget and count > 1

    def _size(self, key: K, row: V | None) -> int:
        return 0 if row is None or self._size_of is None else self._size_of(key, row)

    def _counted(self) -> int:
        if self._size_of is None:
            return 0
        return sum(self._size(key, row) for key, row in self._rows.items())

    def _grown(self) -> int:
        """How many bytes more there are than at the last commit."""
        if self._size_of is None:
            return 0
        before: dict[K, V | None] = {}
        for key, row in self.writes:
            before.setdefault(key, row)
        return sum(
            self._size(key, self._rows.get(key)) - self._size(key, row)
            for key, row in before.items()
        )

    def changed(self) -> list[V]:
        """The rows written since the last commit, as they are now."""
        keys = dict.fromkeys(key for key, _ in self.writes)
        return [self._rows[key] for key in keys if key in self._rows]

    def get(self, key: K) -> V | None:
        """One row, or None."""
        return self._rows.get(key)

    def keys(self) -> KeysView[K]:
        """All keys, oldest first."""
        return self._rows.keys()

    def values(self) -> ValuesView[V]:
        """All rows, oldest first."""
        return self._rows.values()

    def newest(self) -> Iterator[V]:
        """All rows, newest first."""
        return reversed(self._rows.values())

    def items(self) -> ItemsView[K, V]:
        """All keys with their rows, oldest first."""
        return self._rows.items()

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[K]:
        return iter(self._rows)
