"""Waits for records: each is woken only by the records it asked for.

A record is shown to those who wait for its kind and its instance alone, and only one that they
accept wakes them: what happens in other instances costs nobody's thread a turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from .bugs import log_failure

log = logging.getLogger(__name__)

RecordKind = Literal["exchange", "delivery", "fault-hit", "message"]
# Seconds between two looks at whether a client is still there, where the server can tell.
CLIENT_LOOK = 0.25
# So many records are kept for a wait; what was shown more often is looked for among all.
SHOWN_MOST = 256


def _accept_all(_: Any) -> bool:
    return True


# Gives those of some values that a record may have: it has none of the others.
Reader = Callable[[Any], Iterable[Any]]
# Makes the reader for the values that are asked for at present.
Facet = Callable[[Collection[Any]], Reader]


def _every_value(values: Collection[Any]) -> Reader:
    return lambda _: values


@dataclass(frozen=True)
class Criterion:
    """What rules most records out: those that have none of the `values` are not accepted.

    A record is read once for all waits that share a `facet`, whatever value each of them asks for.
    """

    facet: Facet
    values: tuple[Hashable, ...]


# Nothing is ruled out; and what no record alone ends.
ANY_RECORD, NO_RECORD = Criterion(_every_value, (None,)), Criterion(_every_value, ())


class Waiter:
    """One wait. `kind` and `instance` are None for any; `accepts` says which records wake it.

    `accepts` runs in the thread of whoever writes the record: it must be cheap and hold nothing.
    It is asked about what the `criterion` does not rule out, and of several waits with the same
    `question` and criterion one is asked for all; `is_new`, of each, then says whether a record
    lies behind what its client has read. What was accepted is
    kept until `take_shown`: who has looked through everything once needs to look at no more.
    `client_gone`, where the server can tell, ends a wait that nobody waits for any more.
    `examined_count` counts the records it was asked about, `wake_count` how often it was woken.
    """

    def __init__(
        self,
        kind: RecordKind | None = None,
        instance: str | None = None,
        *,
        accepts: Callable[[Any], bool] = _accept_all,
        is_new: Callable[[Any], bool] = _accept_all,
        client_gone: Callable[[], bool] | None = None,
        criterion: Criterion = ANY_RECORD,
        question: Hashable = None,
    ) -> None:
        self.kind, self.instance = kind, instance
        self.question = self if question is None else question
        self.start_time = time.monotonic()
        self.examined_count = self.wake_count = 0
        self.accepts, self.is_new, self.criterion = accepts, is_new, criterion
        self._client_gone = client_gone
        self._wake = threading.Event()
        self._over = False
        self._shown: deque[Any] = deque(maxlen=SHOWN_MOST)
        self._has_all = False
        self._on_wake: Callable[[], None] | None = None

    @property
    def over(self) -> bool:
        """Whether the wait was ended, or its client has left."""
        return self._over

    def is_left(self) -> bool:
        """Whether nobody waits any more, as far as that can be told."""
        if self._client_gone is not None and not self._over and self._client_gone():
            self._over = True
        return self._over

    def show(self, record: Any) -> None:
        """A record was written, or has come further, and is one it waits for, if it is new."""
        if self.is_new(record):
            self._shown.append(record)
            self._rouse()

    def take_shown(self) -> list[Any] | None:
        """Records that may be what it waits for; None when all must be looked through."""
        has_all, self._has_all = self._has_all, True
        records: list[Any] = []
        while self._shown:
            records.append(self._shown.popleft())
        return records if has_all and len(records) < SHOWN_MOST else None

    def wake(self) -> None:
        """Wake it in any case: records were forgotten, or the instance was deleted."""
        self._has_all = False
        self._rouse()

    def let_go(self) -> None:
        """End the wait early."""
        self._over = True
        self._rouse()

    def _rouse(self) -> None:
        self._wake.set()
        self._tell()

    def look_again(self, later: Waiter) -> None:
        """What comes from now on wakes it again, as far as the `later` one accepts it."""
        self.accepts, self.is_new = later.accepts, later.is_new
        if self._wake.is_set():
            self._wake.clear()
            self.wake_count += 1

    def call_when_awake(self, callback: Callable[[], None]) -> None:
        """Call it once the wait is woken or ended, instead of waiting; at once if it is already.

        It is called in the thread of whoever wakes the wait, and maybe twice.
        """
        self._on_wake = callback
        if self._wake.is_set():
            self._tell()

    def _tell(self) -> None:
        on_wake, self._on_wake = self._on_wake, None
        if on_wake is not None:
            on_wake()

    def wait(self, deadline: float) -> bool:
        """Block until there is something to look at; False once the wait is over."""
        while not self._over and (seconds := deadline - time.monotonic()) > 0:
            if self._wake.wait(seconds if self._client_gone is None else min(seconds, CLIENT_LOOK)):
                self._wake.clear()
                self.wake_count += 1
                return not self._over
            self.is_left()
        return False


Topic = tuple[RecordKind | None, str | None]
# Waits that ask the same, by what they ask.
Questions = dict[Hashable, dict[Waiter, None]]


class _ValueTable:
    """Waits of one topic whose criteria have the same facet, by the values they ask for."""

    __slots__ = ("_facet", "_reader", "questions")

    def __init__(self, facet: Facet) -> None:
        self._facet = facet
        self.questions: dict[Hashable, Questions] = {}
        self._reader: Reader | None = None

    def add(self, waiter: Waiter) -> None:
        for value in waiter.criterion.values:
            if value not in self.questions:
                self.questions[value], self._reader = {}, None
            self.questions[value].setdefault(waiter.question, {})[waiter] = None

    def remove(self, waiter: Waiter) -> None:
        for value in waiter.criterion.values:
            questions = self.questions[value]
            del questions[waiter.question][waiter]
            if not questions[waiter.question]:
                del questions[waiter.question]
            if not questions:
                del self.questions[value]
                self._reader = None

    def show(self, record: Any) -> None:
        try:
            if self._reader is None:
                self._reader = self._facet(self.questions)
            possible_questions = [self.questions[value] for value in self._reader(record)]
        except Exception:
            # Whoever cannot judge the record looks for it; its writer goes on.
            log_failure(log, "our own bug: a record could not be read for those who wait")
            for questions in self.questions.values():
                _wake_all(questions)
            return
        for questions in possible_questions:
            _judge(questions, record)


class Waiters:
    """Everyone who waits, by kind and instance; all but `awaits` under the owner's lock.

    `topics` is empty while nobody waits.
    """

    def __init__(self) -> None:
        self.topics: dict[Topic, dict[Waiter, None]] = {}
        # The same waits, by what rules records out for them.
        self._tables: dict[Topic, dict[Facet, _ValueTable]] = {}

    def __len__(self) -> int:
        return sum(map(len, tuple(self.topics.values())))

    def add(self, waiter: Waiter) -> None:
        """Add a wait: it is shown every record from now on."""
        topic, criterion = (waiter.kind, waiter.instance), waiter.criterion
        self.topics.setdefault(topic, {})[waiter] = None
        if criterion.values:
            tables = self._tables.setdefault(topic, {})
            if criterion.facet not in tables:
                tables[criterion.facet] = _ValueTable(criterion.facet)
            tables[criterion.facet].add(waiter)

    def remove(self, waiter: Waiter) -> None:
        """Remove a wait."""
        topic, criterion = (waiter.kind, waiter.instance), waiter.criterion
        del self.topics[topic][waiter]
        if not self.topics[topic]:
            del self.topics[topic]
        if criterion.values:
            tables = self._tables[topic]
            tables[criterion.facet].remove(waiter)
            if not tables[criterion.facet].questions:
                del tables[criterion.facet]
            if not tables:
                del self._tables[topic]

    def look_again(self, waiter: Waiter, later: Waiter) -> None:
        """What comes from now on wakes it again, as far as the `later` one accepts it."""
        if later.criterion != waiter.criterion:
            self.remove(waiter)
            waiter.criterion = later.criterion
            self.add(waiter)
        waiter.look_again(later)

    def awaits(self, kind: RecordKind, instance: str | None) -> bool:
        """Whether anyone waits for records of this kind and instance."""
        topics = self.topics
        return (kind, instance) in topics or (kind, None) in topics or (None, None) in topics

    def show(self, kind: RecordKind, instance: str | None, record: Any) -> None:
        """Show a record to the waits for such records only."""
        for topic in _topics_of(kind, instance):
            for table in self._tables.get(topic, _NO_TABLES).values():
                table.show(record)

    def wake(self, instance: str | None) -> None:
        """Wake all waits for this instance and those for any; with None all waits."""
        for (_, instance_key), waiters in self.topics.items():
            if instance is None or instance_key in (None, instance):
                for waiter in waiters:
                    waiter.wake()

    def let_go(self) -> None:
        """End all waits."""
        for waiters in self.topics.values():
            for waiter in waiters:
                waiter.let_go()


_NO_TABLES: dict[Facet, _ValueTable] = {}


def _judge(questions: Questions, record: Any) -> None:
    for waiters in questions.values():
        # They ask the same: one of them judges for all.
        judge = next(iter(waiters))
        judge.examined_count += 1
        try:
            if judge.accepts(record):
                for waiter in waiters:
                    waiter.show(record)
        except Exception:
            log_failure(log, "our own bug: a wait could not judge a record")
            _wake_all({None: waiters})


def _wake_all(questions: Questions) -> None:
    for waiters in questions.values():
        for waiter in waiters:
            waiter.wake()


def _topics_of(kind: RecordKind, instance: str | None) -> tuple[Topic, Topic, Topic]:
    return (kind, instance), (kind, None), (None, None)
