"""The bounded record of exchanges and deliveries, with waiting until something is in it."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from .faults.armed import Struck
from .spec.validate import Unreadable, parse_json
from .webhooks.delivery import Attempt, Delivery

BODY_SHOWN = 64 * 2**10
# Seconds between signs of life on an event stream.
HEARTBEAT = 15.0
# Records a stream may lie behind; one that nobody reads is ended instead of filling memory.
BACKLOG = 10_000
Headers = Sequence[tuple[str, str]]


@dataclass(slots=True, eq=False)
class Exchange:
    """One request with its reply."""

    id: str
    time: float
    instance: str | None
    operation: str | None
    method: str
    path: str
    request_headers: Headers
    request_body: bytes
    status: int = 0
    response_headers: Headers = ()
    response_body: bytes = b""
    reason: str | None = None
    violations: Sequence[str] = ()
    events: Sequence[str] = ()
    # Id (None when the call asked for it) and name of the fault that struck.
    fault: tuple[str | None, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """As the side door lists it."""
        return {
            "id": self.id,
            "time": self.time,
            "instance": self.instance,
            "operation": self.operation,
            "request": {
                "method": self.method,
                "path": self.path,
                "headers": dict(self.request_headers),
                **shown_body(self.request_body),
            },
            "response": {
                "status": self.status,
                "headers": dict(self.response_headers),
                **shown_body(self.response_body),
            },
            "reason": self.reason,
            "violations": list(self.violations),
            "events": list(self.events),
            "fault": None
            if self.fault is None
            else dict(zip(("id", "name"), self.fault, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """That a fault struck, whatever it struck; `id` is counted per instance."""

    id: str
    struck: Struck

    def as_json(self) -> dict[str, Any]:
        """As the side door lists it."""
        return {
            "id": self.id,
            "time": self.struck.time,
            "instance": self.struck.instance,
            "fault": dict(zip(("id", "name"), self.struck.fault, strict=True)),
            "what": self.struck.what,
        }


class Record(Protocol):
    """What a log keeps."""

    @property
    def id(self) -> str:
        """Unique within its log."""


R = TypeVar("R", bound=Record)


@dataclass(eq=False)
class Log(Generic[R]):
    """Records in order; the oldest go beyond `limit` records or `budget` bytes.

    `lock` is the owner's: it is held by whoever writes, and by `after` while it copies.
    """

    limit: int
    budget: int
    size_of: Callable[[R], int]
    lock: AbstractContextManager[object]
    _records: OrderedDict[str, tuple[int, R, int]] = field(default_factory=OrderedDict)
    _count: int = 0
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, record: R) -> None:
        """Append one."""
        size = self.size_of(record)
        with self._lock:
            self._count += 1
            self._records[record.id] = (self._count, record, size)
            self._size += size
            while len(self._records) > self.limit or (self._size > self.budget and self._records):
                self._size -= self._records.popitem(last=False)[1][2]

    def get(self, record_id: str) -> R | None:
        """One record by id."""
        found = self._records.get(record_id)
        return found[1] if found else None

    def after(self, record_id: str | None) -> Iterator[R]:
        """Records newer than the one with this id; all of them when it has gone already."""
        with self._lock:
            found = self._records.get(record_id) if record_id else None
            kept = list(self._records.values())
        start = found[0] if found else 0
        return (record for number, record, _ in kept if number > start)

    def drop(self, keep: Callable[[R], bool]) -> None:
        """Forget every record that `keep` does not want."""
        with self._lock:
            for record_id, (_, record, size) in list(self._records.items()):
                if not keep(record):
                    del self._records[record_id]
                    self._size -= size


Told = tuple[str | None, "Exchange | Delivery | None"]


@dataclass(eq=False)
class _Listener:
    """What one stream has not read yet; `behind` once that was too much."""

    queue: SimpleQueue[Told] = field(default_factory=SimpleQueue)
    behind: bool = False

    def tell(self, told: Told) -> None:
        if self.queue.qsize() >= BACKLOG:
            self.behind = True
        else:
            self.queue.put(told)


class Journal:
    """Thread-safe. `stir` wakes everyone who waits for something to be there."""

    def __init__(self, *, limit: int = 5_000, budget: int = 64 * 2**20) -> None:
        self._stirred = threading.Condition()
        self.exchanges: Log[Exchange] = Log(
            limit,
            budget,
            lambda kept: len(kept.request_body) + len(kept.response_body),
            self._stirred,
        )
        self.deliveries: Log[Delivery] = Log(
            limit, budget, lambda kept: len(kept.body), self._stirred
        )
        self.strikes: Log[Hit] = Log(limit, budget, lambda kept: 0, self._stirred)
        self._numbers: dict[str, int] = {}
        self._forgotten: Counter[str | None] = Counter()
        self._changes = 0
        self._waiting = 0
        self._closed = False
        self._listeners: list[_Listener] = []

    @property
    def waiting(self) -> int:
        """How many wait for a change right now."""
        return self._waiting

    def next_id(self, prefix: str, owner: str | None) -> str:
        """`x12.megacode-TESTKEY0001`: counted per instance, so that others do not shift it."""
        scope = f"{prefix}.{owner or ''}"
        with self._stirred:
            number = self._numbers[scope] = self._numbers.get(scope, 0) + 1
        return f"{prefix}{number}.{owner}" if owner else f"{prefix}{number}"

    def epoch(self, instance: str | None = None) -> int:
        """Changes whenever records are forgotten, of this instance or of any: ids begin anew."""
        with self._stirred:
            if instance is None:
                return self._forgotten.total()
            return self._forgotten[None] + self._forgotten[instance]

    def counted(self, owner: str | None = None) -> dict[str, int]:
        """The last number of every kind of id, or of one owner's, by `prefix.owner`."""
        with self._stirred:
            return {
                scope: number
                for scope, number in sorted(self._numbers.items())
                if owner is None or scope.partition(".")[2] == owner
            }

    def keep_count(self, owner: str, numbers: Mapping[str, int]) -> None:
        """Remember how far an owner counted who goes; told again by `counted` as `kind.owner`."""
        with self._stirred:
            self._numbers.update({f"{kind}.{owner}": last for kind, last in numbers.items()})

    def recount(self, numbers: Mapping[str, int], owner: str | None = None) -> None:
        """Forget every record, or one owner's, and go on counting from here."""
        self.forget(owner)
        with self._stirred:
            self._numbers.update(numbers)

    def add_exchange(self, exchange: Exchange) -> None:
        """Keep one request with its reply."""
        with self._stirred:
            self.exchanges.add(exchange)
            self._tell("exchange", exchange)

    def add_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Keep what is owed from now on."""
        with self._stirred:
            for delivery in deliveries:
                self.deliveries.add(delivery)
                self._tell("delivery", delivery)

    def add_strike(self, struck: Struck) -> None:
        """Keep that a fault struck."""
        id_ = self.next_id("s", struck.instance)
        with self._stirred:
            self.strikes.add(Hit(id_, struck))
            self._tell(None, None)

    def delivery_changed(self, delivery: Delivery) -> None:
        """A delivery has come further."""
        with self._stirred:
            self._tell("delivery", delivery)

    def stir(self) -> None:
        """Something changed that someone may wait for."""
        with self._stirred:
            self._tell(None, None)

    def _tell(self, kind: str | None, record: Exchange | Delivery | None) -> None:
        self._changes += 1
        if self._waiting:
            self._stirred.notify_all()
        if kind is not None:
            for listener in self._listeners:
                listener.tell((kind, record))

    def listen(self) -> Iterator[Told]:
        """Every record from now on, as (kind, record); (None, None) each 15 s.

        Ends on `close`, and for a reader who falls too far behind.
        """
        listener = _Listener()
        with self._stirred:
            if self._closed:
                return
            self._listeners.append(listener)
        try:
            yield None, None
            while not self._closed and not listener.behind:
                try:
                    told = listener.queue.get(timeout=HEARTBEAT)
                except Empty:
                    told = (None, None)
                if not self._closed:
                    yield told
        finally:
            with self._stirred:
                self._listeners.remove(listener)

    def close(self) -> None:
        """Let everyone go who waits or listens."""
        with self._stirred:
            self._closed = True
            self._stirred.notify_all()
            for listener in self._listeners:
                listener.queue.put((None, None))

    def wait_for(self, look: Callable[[], list[Any]], seconds: float) -> list[Any]:
        """What `look` finds, as soon as it finds anything; an empty list after `seconds`.

        `look` runs without the journal's lock: it may hold an instance, whose changes write here.
        """
        deadline = time.monotonic() + seconds
        while True:
            with self._stirred:
                seen = self._changes
            found = look()
            if found or not self._changed(seen, deadline):
                return found

    def _changed(self, seen: int, deadline: float) -> bool:
        """Wait for a change after `seen`; False when time is up or the journal closes."""
        with self._stirred:
            self._waiting += 1
            try:
                while self._changes == seen and not self._closed:
                    remaining = deadline - time.monotonic()
                    if remaining <= 0:
                        return False
                    self._stirred.wait(remaining)
                return not self._closed and time.monotonic() < deadline
            finally:
                self._waiting -= 1

    def forget(self, instance: str | None = None) -> None:
        """Drop everything, or what belongs to one instance."""
        with self._stirred:
            for log in (self.exchanges, self.deliveries):
                log.drop(lambda kept: instance is not None and kept.instance != instance)
            self.strikes.drop(
                lambda kept: instance is not None and kept.struck.instance != instance
            )
            for scope in list(self._numbers):
                if instance is None or scope.partition(".")[2] == instance:
                    del self._numbers[scope]
            self._forgotten[instance] += 1
            self._tell(None, None)


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the side door lists it."""
    shown = shown_body(delivery.body)
    return {
        "id": delivery.id,
        "time": delivery.time,
        "instance": delivery.instance,
        "event": delivery.event,
        "message_type": delivery.message_type,
        "url": delivery.url,
        "payload": shown.pop("body"),
        **shown,
        "state": delivery.state,
        "reason": delivery.reason,
        "torment": delivery.torment,
        "attempts": [_attempt_json(attempt) for attempt in delivery.attempts],
    }


def shown_body(body: bytes) -> dict[str, Any]:
    """`body` as JSON where the gateway could read it, else text, else base64.

    Cut at 64 KiB and marked.
    """
    cut = len(body) > BODY_SHOWN
    if cut:
        text = body[:BODY_SHOWN].decode("utf-8", "replace")
        return {"body": text, "cut": True, "size": len(body)}
    try:
        return {"body": parse_json(body) if body else None}
    except Unreadable:
        pass
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body": b64encode(body).decode("ascii"), "encoding": "base64"}


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "time": attempt.time,
        "status": attempt.status,
        "duration_ms": attempt.duration_ms,
        "error": attempt.error,
        "headers": dict(attempt.headers),
        **shown_body(attempt.body),
        "truncated": attempt.truncated,
    }
