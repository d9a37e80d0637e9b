"""Waiting for a record, and saying what came instead."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Generic, Protocol, TypeVar

from .content import brief
from .hiding import between_test_and_refusal

__tracebackhide__ = between_test_and_refusal

# The control API lets nobody wait longer; a longer wait is several.
WAIT_MOST = 60.0
# How many records a failed wait lists.
SHOWN = 10
# Letters of a text that are compared to find the nearest record.
COMPARED = 200
_UNREADABLE = (LookupError, TypeError, AttributeError)


class Record(Protocol):
    """What a trail is made of."""

    @property
    def id(self) -> str:
        """Unique within its trail."""


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Wish(Generic[R]):
    """What a test waits for: attributes with their values, and a condition of its own.

    A value is equal, or a compiled pattern found in the text. `ends` are attributes that count
    once the record has settled. `wanted` and `missed` say in words what `where` asks for, and
    that a record is not so.
    """

    what: str
    fields: Mapping[str, Any]
    where: Callable[[R], object] | None = None
    ends: Mapping[str, Any] = field(default_factory=dict)
    wanted: str = "where() true"
    missed: str = "where() says no"

    def misses(self, record: R) -> list[str]:
        """Every difference, in words; none when the record is wished for, if it ends well."""
        found = _differences(self.fields, record)
        if self.where is None:
            return found
        try:
            return found if self.where(record) else [*found, self.missed]
        except _UNREADABLE as error:
            return [*found, f"where() raised {error!r}"]

    def failures(self, record: R) -> list[str]:
        """Every difference in how it ended."""
        return _differences(self.ends, record)

    def distance(self, record: R) -> float:
        """How far it is from what is wished: up to 1 for each difference, less for alike texts."""
        asked = [*self.fields.items(), *self.ends.items()]
        unlike = sum(_unlike(wanted, getattr(record, name)) for name, wanted in asked)
        counted = len(_differences(self.fields, record))
        return unlike + len(self.misses(record)) - counted

    def __str__(self) -> str:
        asked = [*self.fields.items(), *self.ends.items()]
        told = [f"{name} {_shown(wanted)}" for name, wanted in asked]
        told += [self.wanted] if self.where is not None else []
        return self.what + (f" with {' and '.join(told)}" if told else "")


@dataclass(frozen=True)
class Since:
    """Where a reader stands: the last record read, and the epoch in which that was its id."""

    last: str | None = None
    epoch: int | None = None


class Trail(Generic[R]):
    """The records of one instance, oldest first; each is handed out by one wait alone.

    A reset or another state begins a new epoch: nothing of it was handed out before.

    `look` takes where to continue and the seconds to wait until there is anything newer; it
    returns the epoch with the records. `settle` waits for the end of what has begun, so many
    seconds at most. `hint` tells what else could explain that what is wished for did not come.
    """

    def __init__(
        self,
        look: Callable[[Since, float], tuple[int, Iterable[R]]],
        *,
        settle: Callable[[R, float], R] = lambda record, _: record,
        hint: Callable[[Wish[R]], Sequence[str]] = lambda wish: (),
    ) -> None:
        self._look, self._settle, self._hint = look, settle, hint
        self._lock = threading.Lock()
        self._epoch: int | None = None
        self._known: dict[str, R] = {}
        self._taken: set[str] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self._taken)} of {len(self._known)} handed out>"

    def all(self) -> list[R]:
        """Everything there is now, handed out or not."""
        return list(self._seen(Since(), 0))

    def rest(self) -> list[R]:
        """Everything there is now that no wait has handed out."""
        return [record for record in self.all() if record.id not in self._taken]

    def await_one(self, wish: Wish[R], timeout: float, *, take: bool = True) -> R:
        """The oldest record that fits and was not handed out yet; it is now.

        With `take` off it is only looked at, handed out before or not. Blocks until one comes.
        AssertionError after `timeout` seconds: what came, and what the nearest lacks.
        """
        deadline = time.monotonic() + timeout
        failed: set[tuple[int | None, str]] = set()
        while True:
            left = max(deadline - time.monotonic(), 0)
            found = self._pick(wish, take, failed)
            if found is not None:
                ended = self._ended(found, left)
                if not wish.failures(ended):
                    return ended
                failed.add((self._epoch, ended.id))
                self._put_back(ended)
            elif not self._learn(self._seen(self._since(), min(left, WAIT_MOST))) and not left:
                raise AssertionError(self._report(wish, timeout, take))

    def _seen(self, since: Since, seconds: float) -> Iterable[R]:
        """What is newer; what was known of another epoch is forgotten."""
        epoch, records = self._look(since, seconds)
        with self._lock:
            if epoch != self._epoch:
                self._epoch = epoch
                self._known.clear()
                self._taken.clear()
        return records

    def _pick(self, wish: Wish[R], take: bool, failed: set[tuple[int | None, str]]) -> R | None:
        """The oldest that fits; `where` may look at this trail too, so it is asked without lock."""
        with self._lock:
            epoch, known = self._epoch, list(self._known.values())
        for record in known:
            given = take and record.id in self._taken
            if given or (epoch, record.id) in failed or wish.misses(record):
                continue
            if not take or self._take(epoch, record):
                return record
        return None

    def _take(self, epoch: int | None, record: R) -> bool:
        """Whether it could be taken: another thread or a reset may have come before."""
        with self._lock:
            if epoch != self._epoch or record.id in self._taken:
                return False
            self._taken.add(record.id)
            return True

    def _ended(self, record: R, seconds: float) -> R:
        ended = self._settle(record, seconds)
        with self._lock:
            self._known[record.id] = ended
        return ended

    def _put_back(self, record: R) -> None:
        with self._lock:
            self._taken.discard(record.id)

    def _since(self) -> Since:
        with self._lock:
            return Since(next(reversed(self._known), None), self._epoch)

    def _learn(self, records: Iterable[R]) -> bool:
        """Whether any of them was new."""
        with self._lock:
            before = len(self._known)
            for record in records:
                self._known.setdefault(record.id, record)
            return len(self._known) > before

    def _report(self, wish: Wish[R], timeout: float, take: bool) -> str:
        # Looked at anew: what was on its way when it was first seen may have ended.
        known = self.all()
        with self._lock:
            taken = set(self._taken) if take else set()
        numbered = dict(enumerate(known, 1))
        free = {number: found for number, found in numbered.items() if found.id not in taken}
        nearest = min(free, key=lambda number: (wish.distance(free[number]), -number), default=None)
        lines = [f"no {wish} within {timeout:g} s; {len(known) or 'nothing'} came"]
        lines += _listed(numbered, nearest)
        given = [str(number) for number in numbered if number not in free]
        lines += [f"handed out by earlier waits: {', '.join(given)}"] if given else []
        if nearest is not None:
            why = "; ".join([*wish.misses(free[nearest]), *wish.failures(free[nearest])])
            lines.append(f"nearest: {nearest}., but {why or 'it came too late'}")
        return "\n".join([*lines, *self._hint(wish)])


def _listed(numbered: Mapping[int, object], nearest: int | None) -> list[str]:
    """The newest records, and the nearest one however old it is."""
    first = max(0, len(numbered) - SHOWN) + 1
    lines, left = [], first - 1
    if nearest is not None and nearest < first:
        lines, left = [f"  {nearest}. {numbered[nearest]}"], left - 1
    if left:
        lines.append(f"  ... {left} {'others' if lines else 'before these'}")
    newest = range(first, len(numbered) + 1)
    return [*lines, *(f"  {number}. {numbered[number]}" for number in newest)]


def _differences(wanted: Mapping[str, Any], record: object) -> list[str]:
    pairs = ((name, value, getattr(record, name)) for name, value in wanted.items())
    return [
        f"{name} is {brief(got)}, not {_shown(value)}{_as_pattern(value, got)}"
        for name, value, got in pairs
        if not _fits(value, got)
    ]


def _as_pattern(wanted: Any, got: Any) -> str:
    """A hint where a text was meant as a pattern, and would fit as one."""
    if not (isinstance(wanted, str) and isinstance(got, str) and re.escape(wanted) != wanted):
        return ""
    with suppress(re.error):
        if re.search(wanted, got[:COMPARED]):
            return " (a text is equal; re.compile(...) makes it a pattern)"
    return ""


def _fits(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(got, str) and wanted.search(got) is not None
    return bool(wanted == got)


def _unlike(wanted: Any, got: Any) -> float:
    """0 for what fits, 1 for what has nothing in common; numbers and addresses fit or do not."""
    if _fits(wanted, got):
        return 0.0
    texts = isinstance(wanted, str) and isinstance(got, str)
    if not texts or not any(map(str.isalpha, wanted)) or "@" in wanted:
        return 1.0
    return 1.0 - SequenceMatcher(None, got[:COMPARED], wanted[:COMPARED], autojunk=False).ratio()


def _shown(wanted: Any) -> str:
    return f"/{wanted.pattern}/" if isinstance(wanted, re.Pattern) else brief(wanted)
