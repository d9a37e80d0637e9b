"""Waiting for a record, and saying what came instead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..errors.frames import between_test_and_refusal
from .filter import Filter

__tracebackhide__ = between_test_and_refusal

# The control API lets nobody wait longer; a longer wait is several.
WAIT_MOST = 60.0
# How many records a failed wait lists.
SHOWN = 10


class NumberedRecord(Protocol):
    """What a waiter hands out."""

    @property
    def id(self) -> str:
        """Unique within its list and epoch."""


R = TypeVar("R", bound=NumberedRecord)


@dataclass(frozen=True)
class Cursor:
    """Where a reader stands: the last record read, and the epoch in which that was its id."""

    last: str | None = None
    epoch: int | None = None


class RecordWaiter(Generic[R]):
    """The records of one instance, oldest first; each is handed out by one wait alone.

    A reset or another state begins a new epoch: nothing of it was handed out before.

    `read` takes where to continue and the seconds to wait until there is anything newer; it
    returns the epoch with the records. `settle` waits for the end of what has begun, so many
    seconds at most. `hint` tells what else could explain that what is asked for did not come.
    """

    def __init__(
        self,
        read_page: Callable[[Cursor, float], tuple[int, Iterable[R]]],
        *,
        settle: Callable[[R, float], R] = lambda record, _: record,
        hint: Callable[[Filter[R]], Sequence[str]] = lambda filter_: (),
    ) -> None:
        self._read_page, self._settle, self._hint = read_page, settle, hint
        self._lock = threading.Lock()
        self._epoch: int | None = None
        self._records_by_id: dict[str, R] = {}
        self._taken_ids: set[str] = set()

    def __repr__(self) -> str:
        total = len(self._records_by_id)
        return f"<{type(self).__name__}: {len(self._taken_ids)} of {total} handed out>"

    def all(self) -> list[R]:
        """Everything there is now, handed out or not."""
        return list(self._read_newer(Cursor(), 0))

    def rest(self) -> list[R]:
        """Everything there is now that no wait has handed out."""
        return [record for record in self.all() if record.id not in self._taken_ids]

    def await_one(self, filter_: Filter[R], timeout: float, *, take: bool = True) -> R:
        """The oldest record that fits and was not handed out yet; it is now.

        With `take` off it is only looked at, handed out before or not. Blocks until one comes.
        AssertionError after `timeout` seconds: what came, and what the nearest lacks.
        """
        deadline = time.monotonic() + timeout
        misfits: set[tuple[int | None, str]] = set()
        while True:
            seconds_left = max(deadline - time.monotonic(), 0)
            record = self._pick(filter_, take, misfits)
            if record is not None:
                settled_record = self._settled_record(record, seconds_left)
                if not filter_.failures(settled_record):
                    return settled_record
                misfits.add((self._epoch, settled_record.id))
                self._put_back(settled_record)
            elif (
                not self._learn(self._read_newer(self._cursor(), min(seconds_left, WAIT_MOST)))
                and not seconds_left
            ):
                raise AssertionError(self._report(filter_, timeout, take))

    def _read_newer(self, cursor: Cursor, seconds: float) -> Iterable[R]:
        """What is newer; what was known of another epoch is forgotten."""
        epoch, records = self._read_page(cursor, seconds)
        with self._lock:
            if epoch != self._epoch:
                self._epoch = epoch
                self._records_by_id.clear()
                self._taken_ids.clear()
        return records

    def _pick(
        self, filter_: Filter[R], take: bool, misfits: set[tuple[int | None, str]]
    ) -> R | None:
        """The oldest that fits; its condition may look here too, so it is asked without lock."""
        with self._lock:
            epoch, records = self._epoch, list(self._records_by_id.values())
        for record in records:
            is_taken = take and record.id in self._taken_ids
            if is_taken or (epoch, record.id) in misfits or filter_.misses(record):
                continue
            if not take or self._take(epoch, record):
                return record
        return None

    def _take(self, epoch: int | None, record: R) -> bool:
        """Whether it could be taken: another thread or a reset may have come before."""
        with self._lock:
            if epoch != self._epoch or record.id in self._taken_ids:
                return False
            self._taken_ids.add(record.id)
            return True

    def _settled_record(self, record: R, seconds: float) -> R:
        settled_record = self._settle(record, seconds)
        with self._lock:
            self._records_by_id[record.id] = settled_record
        return settled_record

    def _put_back(self, record: R) -> None:
        with self._lock:
            self._taken_ids.discard(record.id)

    def _cursor(self) -> Cursor:
        with self._lock:
            return Cursor(next(reversed(self._records_by_id), None), self._epoch)

    def _learn(self, records: Iterable[R]) -> bool:
        """Whether any of them was new."""
        with self._lock:
            before = len(self._records_by_id)
            for record in records:
                self._records_by_id.setdefault(record.id, record)
            return len(self._records_by_id) > before

    def _report(self, filter_: Filter[R], timeout: float, take: bool) -> str:
        # Looked at again: what was on its way when it was first seen may have ended.
        records = self.all()
        with self._lock:
            taken_ids = set(self._taken_ids) if take else set()
        record_of_number = dict(enumerate(records, 1))
        free = {
            number: record
            for number, record in record_of_number.items()
            if record.id not in taken_ids
        }
        nearest = min(
            free, key=lambda number: (filter_.distance(free[number]), -number), default=None
        )
        lines = [f"no {filter_} within {timeout:g} s; {len(records) or 'nothing'} came"]
        lines += _lines_around(record_of_number, nearest)
        taken_numbers = [str(number) for number in record_of_number if number not in free]
        lines += (
            [f"handed out by earlier waits: {', '.join(taken_numbers)}"] if taken_numbers else []
        )
        if nearest is not None:
            reason = "; ".join([*filter_.misses(free[nearest]), *filter_.failures(free[nearest])])
            lines.append(f"nearest: {nearest}., but {reason or 'it came too late'}")
        return "\n".join([*lines, *self._hint(filter_)])


def _lines_around(record_of_number: Mapping[int, object], nearest: int | None) -> list[str]:
    """The newest records, and the nearest one however old it is."""
    first = max(0, len(record_of_number) - SHOWN) + 1
    lines, skip_count = [], first - 1
    if nearest is not None and nearest < first:
        lines, skip_count = [f"  {nearest}. {record_of_number[nearest]}"], skip_count - 1
    if skip_count:
        lines.append(f"  ... {skip_count} {'others' if lines else 'before these'}")
    newest = range(first, len(record_of_number) + 1)
    return [*lines, *(f"  {number}. {record_of_number[number]}" for number in newest)]
