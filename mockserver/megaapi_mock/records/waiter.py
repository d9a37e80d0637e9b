"""Waits for records: each is woken only by the records it asked for.

A record is shown to those who wait for its kind and its instance alone, and only one that they
accept wakes them: what happens in other instances costs nobody's thread a turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
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


class Waiter:
    """One wait. `kind` and `instance` are None for any; `accepts` says which records wake it.

    `accepts` runs in the thread of whoever writes the record: it must be cheap and hold nothing.
    Of several waits with the same `question` one is asked for all of them. What was accepted is
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
        client_gone: Callable[[], bool] | None = None,
        question: Hashable = None,
    ) -> None:
        self.kind, self.instance = kind, instance
        self.question = self if question is None else question
        self.start_time = time.monotonic()
        self.examined_count = self.wake_count = 0
        self.accepts, self._client_gone = accepts, client_gone
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
        """A record was written, or has come further, and is one it waits for."""
        self._shown.append(record)
        self._rouse()

    def take_shown(self) -> list[Any] | None:
        """Records that may be what it waits for; None when all must be looked through."""
        has_all, self._has_all = self._has_all, True
        shown: list[Any] = []
        while self._shown:
            shown.append(self._shown.popleft())
        return shown if has_all and len(shown) < SHOWN_MOST else None

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
        self.accepts = later.accepts
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


class Waiters:
    """Everyone who waits, by kind and instance; all but `awaits` under the owner's lock.

    `topics` is empty while nobody waits.
    """

    def __init__(self) -> None:
        self.topics: dict[Topic, dict[Waiter, None]] = {}
        # The same waits, by what they ask.
        self._questions: dict[Topic, dict[Hashable, dict[Waiter, None]]] = {}

    def __len__(self) -> int:
        return sum(map(len, tuple(self.topics.values())))

    def add(self, waiter: Waiter) -> None:
        """Add a wait: it is shown every record from now on."""
        topic = (waiter.kind, waiter.instance)
        self.topics.setdefault(topic, {})[waiter] = None
        self._questions.setdefault(topic, {}).setdefault(waiter.question, {})[waiter] = None

    def remove(self, waiter: Waiter) -> None:
        """Remove a wait."""
        topic = (waiter.kind, waiter.instance)
        del self.topics[topic][waiter]
        questions = self._questions[topic]
        del questions[waiter.question][waiter]
        if not questions[waiter.question]:
            del questions[waiter.question]
        if not self.topics[topic]:
            del self.topics[topic], self._questions[topic]

    def awaits(self, kind: RecordKind, instance: str | None) -> bool:
        """Whether anyone waits for records of this kind and instance."""
        return any(self.topics.get(topic) for topic in _topics_of(kind, instance))

    def show(self, kind: RecordKind, instance: str | None, record: Any) -> None:
        """Show a record to the waits for such records only."""
        for topic in _topics_of(kind, instance):
            for waiters in self._questions.get(topic, _NOBODY).values():
                # They ask the same: one of them judges for all.
                judge = next(iter(waiters))
                judge.examined_count += 1
                try:
                    if judge.accepts(record):
                        for waiter in waiters:
                            waiter.show(record)
                except Exception:
                    # Whoever cannot judge the record looks for it; its writer goes on.
                    log_failure(log, "our own bug: a wait could not judge a record")
                    for waiter in waiters:
                        waiter.wake()

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


_NOBODY: dict[Hashable, dict[Waiter, None]] = {}


def _topics_of(kind: RecordKind, instance: str | None) -> tuple[Topic, Topic, Topic]:
    return (kind, instance), (kind, None), (None, None)
