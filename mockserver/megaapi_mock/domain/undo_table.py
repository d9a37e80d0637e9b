"""A mapping that takes back what was written since its last commit; what all may keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")
# For a room that one thread alone uses.
NO_LOCK: AbstractContextManager[object] = nullcontext()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many rows may stay, and how many bytes; with `keeps_newest` the newest always stays."""

    rows: int
    size: int
    keeps_newest: bool = True

    def is_exceeded_by(self, rows: int, size: int) -> bool:
        """Whether so much is too much."""
        return rows > self.rows or (size > self.size and rows > self.keeps_newest)


class UndoTable(dict[K, V]):
    """Rows are immutable values in order of first writing; `rollback` restores the last commit.

    It is read as a dict, at a dict's cost, and written by `put` and `remove` alone. Where `size_of`
    says how many bytes a row takes, `size` is what all committed rows take. `writes` is empty
    between changes: what was written, each with what stood there before. `touched` is for whoever
    keeps copies: the keys written since it was last emptied, in order; None when rows went
    or came back: then everything must be copied again. `version` is another one after each write,
    `era` after each `restore`.
    """

    __slots__ = ("_order_before", "_size_of", "era", "size", "touched", "version", "writes")

    def __init__(
        self, rows: Mapping[K, V] | None = None, *, size_of: Callable[[K, V], int] | None = None
    ) -> None:
        super().__init__(rows or {})
        self.writes: list[tuple[K, V | None]] = []
        self.touched: dict[K, None] | None = None
        self.version = self.era = 0
        self._order_before: list[K] | None = None
        self._size_of = size_of
        self.size = self._count_bytes()

    def restore(self, rows: Mapping[K, V]) -> None:
        """Be like another table from now on; there is no way back."""
        self._replace(dict(rows))
        self.version += 1
        self.era += 1
        self.writes.clear()
        self.touched = None
        self._order_before = None
        self.size = self._count_bytes()

    def put(self, key: K, value: V) -> None:
        """Write one row."""
        self.writes.append((key, self.get(key)))
        # Not by `super`, which makes an object each time: a send writes six rows.
        dict.__setitem__(self, key, value)
        self.version += 1
        if self.touched is not None:
            self.touched[key] = None

    def remove(self, key: K) -> None:
        """Delete one row; KeyError when it is not there."""
        if self._order_before is None:
            self._order_before = list(self)
        self.writes.append((key, self.pop(key)))
        self.version += 1
        self.touched = None

    def __setitem__(self, key: K, value: V) -> NoReturn:
        raise TypeError("put() writes a row so that it can be taken back")

    def __delitem__(self, key: K) -> NoReturn:
        raise TypeError("remove() deletes a row so that it can be taken back")

    def commit(
        self, bounds: Bounds | None = None, attached: Sequence[UndoTable[K, Any]] = ()
    ) -> list[V]:
        """Accept what was written; the oldest rows beyond the bounds are removed and returned.

        The bounds are for the rows and what the `attached` tables keep of them, which goes as well.
        """
        if self.writes:
            if self._size_of is not None:
                self.size += self._growth(self._size_of)
            self.writes.clear()
            self._order_before = None
        removed_rows: list[V] = []
        if bounds is None:
            return removed_rows
        count, attached_size = len(self), sum(table.written_size for table in attached)
        while bounds.is_exceeded_by(count, self.size + attached_size):
            key = next(iter(self))
            row = self.pop(key)
            self.size -= self._size(key, row)
            attached_size -= sum(table.row_size(key) for table in attached)
            self.version += 1
            self.touched = None
            removed_rows.append(row)
            count -= 1
        return removed_rows

    def accept(self) -> None:
        """Accept what was written as it stands, where `commit` has failed on the way."""
        self.writes.clear()
        self._order_before = None
        self.size = self._count_bytes()

    def rollback(self) -> None:
        """Forget what was written since the last commit, order included."""
        if self.writes:
            self.version += 1
            self.touched = None
        for key, value in reversed(self.writes):
            if value is None:
                self.pop(key, None)
            else:
                super().__setitem__(key, value)
        if self._order_before is not None:
            self._replace({key: self[key] for key in self._order_before if key in self})
            self._order_before = None
        self.writes.clear()

    def _replace(self, rows: dict[K, V]) -> None:
        self.clear()
        self.update(rows)

    def _size(self, key: K, row: V) -> int:
        return 0 if self._size_of is None else self._size_of(key, row)

    def _count_bytes(self) -> int:
        return sum(self._size(key, row) for key, row in self.items()) if self._size_of else 0

    def _growth(self, size_of: Callable[[K, V], int]) -> int:
        """How many bytes more there are than at the last commit."""
        # Of several writes of one row the first counts: it comes last, and replaces the others.
        before = dict(reversed(self.writes))
        growth = 0
        for key, old in before.items():
            new = self.get(key)
            growth += size_of(key, new) if new is not None else 0
            growth -= size_of(key, old) if old is not None else 0
        return growth

    @property
    def written_size(self) -> int:
        """What all rows take, with those that were written since the last commit."""
        if self.writes and self._size_of is not None:
            return self.size + self._growth(self._size_of)
        return self.size

    def row_size(self, key: K) -> int:
        """What one row takes; 0 when it is not there."""
        row = self.get(key)
        return 0 if row is None else self._size(key, row)

    def excess(self, bounds: Bounds, attached: Sequence[UndoTable[K, Any]] = ()) -> list[K]:
        """The keys of the rows that `commit` will remove because they are beyond these bounds."""
        size = self.written_size + sum(table.written_size for table in attached)
        count = len(self)
        keys: list[K] = []
        for key, row in self.items():
            if not bounds.is_exceeded_by(count, size):
                break
            keys.append(key)
            size -= self._size(key, row) + sum(table.row_size(key) for table in attached)
            count -= 1
        return keys

    def rows_at_end(self) -> list[K]:
        """The keys that stand at the end because of this change, in order: new, or written again.

        Empty where nothing was removed: then new rows are in the order of their first writing.
        """
        if self._order_before is None:
            return []
        written_keys = {key for key, _ in self.writes}
        keys: list[K] = []
        for key in reversed(self):
            if key not in written_keys:
                break
            keys.append(key)
        return keys[::-1]

    def changed_rows(self) -> list[V]:
        """The rows written since the last commit, as they are now."""
        keys = dict.fromkeys(key for key, _ in self.writes)
        return [self[key] for key in keys if key in self]

    def newest(self) -> Iterator[V]:
        """All rows, newest first."""
        return reversed(self.values())


class SharedRoom:
    """Bytes that all instances may take. Each has a share that nobody else can use up."""

    def __init__(
        self,
        budget: int = 256 * 2**20,
        *,
        instances: int = 10_000,
        lock: AbstractContextManager[object] = NO_LOCK,
    ) -> None:
        self.budget = budget
        self.share = budget // max(1, instances)
        self.size = 0
        self.lock = lock


class Part:
    """What one instance takes of it, from when a store keeps the instance until it does not.

    An instance says its own size, at the end of each change: nobody adds up those of all others.
    """

    def __init__(self, room: SharedRoom) -> None:
        self._room = room
        self.size = 0
        self._is_counted = False

    @property
    def free(self) -> int:
        """Bytes that nobody takes."""
        return self._room.budget - self._room.size

    @property
    def most(self) -> int:
        """Bytes that the instance may take as things stand, with those it takes already."""
        room = self._room
        return max(room.share, room.budget - room.size + self.size)

    def resize(self, size: int) -> None:
        """Say how much the instance takes now."""
        if size == self.size or not self._is_counted:
            return
        with self._room.lock:
            self._room.size += size - self.size
            self.size = size

    def take(self, size: int) -> None:
        """The instance is kept from now on."""
        if not self._is_counted:
            self._is_counted = True
            self.resize(size)

    def give_back(self) -> None:
        """The instance is no longer kept: what it still changes counts no more."""
        self.resize(0)
        self._is_counted = False
