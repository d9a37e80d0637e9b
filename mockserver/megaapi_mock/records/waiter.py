"""Waits for records: each is woken only by the records it asked for.

A record is shown to those who wait for its kind and its instance alone, and only one that they
accept wakes them: what happens in other instances costs nobody's thread a turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

from .bugs import log_failure

log = logging.getLogger(__name__)

RecordKind = Literal["exchange", "delivery", "fault-hit", "message"]
# Seconds between two looks at whether a client is still there, where the server can tell.
CLIENT_LOOK = 0.25


def _accept_all(_: Any) -> bool:
    return True


class Waiter:
    """One wait. `kind` and `instance` are None for any; `accepts` says which records wake it.

    `accepts` runs in the thread of whoever writes the record: it must be cheap and hold nothing.
    `client_gone`, where the server can tell, ends a wait that nobody waits for any more.
    `examined` counts the records it was shown, `woken` how often it was woken.
    """

    def __init__(
        self,
        kind: RecordKind | None = None,
        instance: str | None = None,
        *,
        accepts: Callable[[Any], bool] = _accept_all,
        client_gone: Callable[[], bool] | None = None,
    ) -> None:
        self.kind, self.instance = kind, instance
        self.start_time = time.monotonic()
        self.examined_count = self.wake_count = 0
        self._accepts, self._client_gone = accepts, client_gone
        self._wake = threading.Event()
        self._over = False
        self._on_wake: Callable[[], None] | None = None

    @property
    def over(self) -> bool:
        """Whether the wait was ended, or its client has left."""
        return self._over

    def show(self, record: Any) -> None:
        """A record was written, or has come further."""
        self.examined_count += 1
        if not self._wake.is_set() and self._accepts(record):
            self.wake()

    def wake(self) -> None:
        """Wake it in any case: records were forgotten, or the instance was deleted."""
        self._wake.set()
        self._tell()

    def let_go(self) -> None:
        """End the wait early."""
        self._over = True
        self.wake()

    def look_again(self, later: Waiter) -> None:
        """What comes from now on wakes it again, as far as the `later` one accepts it."""
        self._accepts = later._accepts
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
            if self._client_gone is not None and self._client_gone():
                self._over = True
        return False


class Waiters:
    """Everyone who waits, by kind and instance; all but `awaits` under the owner's lock.

    `topics` is empty while nobody waits.
    """

    def __init__(self) -> None:
        self.topics: dict[tuple[RecordKind | None, str | None], dict[Waiter, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, tuple(self.topics.values())))

    def add(self, waiter: Waiter) -> None:
        """Add a wait: it is shown every record from now on."""
        self.topics.setdefault((waiter.kind, waiter.instance), {})[waiter] = None

    def remove(self, waiter: Waiter) -> None:
        """Remove a wait."""
        topic = (waiter.kind, waiter.instance)
        del self.topics[topic][waiter]
        if not self.topics[topic]:
            del self.topics[topic]

    def awaits(self, kind: RecordKind, instance: str | None) -> bool:
        """Whether anyone waits for records of this kind and instance."""
        return any(self._waiters_of(kind, instance))

    def show(self, kind: RecordKind, instance: str | None, record: Any) -> None:
        """Show a record to the waits for such records only."""
        for waiters in self._waiters_of(kind, instance):
            for waiter in waiters:
                self._show(waiter, record)

    @staticmethod
    def _show(waiter: Waiter, record: Any) -> None:
        """Whoever cannot judge the record looks for it instead; its writer goes on."""
        try:
            waiter.show(record)
        except Exception:
            log_failure(log, "our own bug: a wait could not judge a record")
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

    def _waiters_of(self, kind: RecordKind, instance: str | None) -> Iterator[dict[Waiter, None]]:
        for topic in ((kind, instance), (kind, None), (None, None)):
            waiters = self.topics.get(topic)
            if waiters:
                yield waiters
