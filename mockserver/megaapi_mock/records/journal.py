"""The bounded record of exchanges and deliveries, with waiting until something is in it."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

from .bugs import log_failure
from .delivery import Delivery
from .exchange import Exchange
from .fault_hit import RecordedHit
from .feed import Feed, StreamKind
from .log import Log, delivery_bytes, exchange_bytes, hit_bytes
from .numbers import OWNERS_MOST, RecordNumbers
from .outcome import Outcome
from .recorder import Recorder
from .waiter import RecordKind, Waiter, Waiters

log = logging.getLogger(__name__)


class Journal:
    """Thread-safe. Who waits is shown what was written of the kind and instance waited for.

    `budget` is bytes: of exchanges, and as many of deliveries with their attempts. A quarter of it
    is what the `feed` of event streams may keep.
    """

    def __init__(self, *, limit: int = 5_000, budget: int = 32 * 2**20) -> None:
        self._lock = threading.RLock()
        # One order for both: which calls came after which webhooks.
        numbers = count(1)
        self.exchanges: Log[Exchange] = Log(limit, budget, exchange_bytes, self._lock, numbers)
        self.deliveries: Log[Delivery] = Log(limit, budget, delivery_bytes, self._lock, numbers)
        self.fault_hits: Log[RecordedHit] = Log(limit, budget, hit_bytes, self._lock)
        self.feed = Feed(budget // 4)
        self._numbers = RecordNumbers()
        self._numbers.on_crowded_out = self._forget_numbers
        self._forgotten_counts: Counter[str | None] = Counter()
        self._waiters = Waiters()
        # Empty while nobody waits for anything.
        self.topics = self._waiters.topics
        self.is_closed = False
        self.on_hit: Callable[[RecordedHit], None] = self.add_hit
        # Writes down what is not part of a change.
        self.recorder: Recorder | None = None

    @property
    def waiting(self) -> int:
        """How many wait for a record right now."""
        return len(self._waiters)

    def numbering(self) -> AbstractContextManager[object]:
        """Forget nothing meanwhile: what is numbered in here is kept under that number in here."""
        return self._lock

    def next_id(self, prefix: str, owner: str | None) -> str:
        """`x12.megacode-TESTKEY0001`: counted per instance, so that others do not shift it."""
        with self._lock:
            numbers = self._numbers.get(owner or "") or self._numbers.of_new(owner or "")
            self._numbers.move_to_end(owner or "")
            number = numbers[prefix] = numbers.get(prefix, 0) + 1
        return f"{prefix}{number}.{owner}" if owner else f"{prefix}{number}"

    def epoch(self, instance: str | None = None) -> int:
        """Changes whenever records are forgotten, of this instance or of any: ids start again."""
        with self._lock:
            if instance is None:
                return self._forgotten_counts.total()
            return self._forgotten_counts[None] + self._forgotten_counts[instance]

    def last_numbers(self, owner: str | None = None) -> dict[str, int]:
        """The last number of every kind of id, or of one owner's, by `prefix.owner`."""
        with self._lock:
            if owner is None:
                return self._numbers.all()
            numbers = self._numbers.of(owner)
        return {f"{prefix}.{owner}": number for prefix, number in sorted(numbers.items())}

    def keep_count(self, owner: str, numbers: Mapping[str, int]) -> None:
        """Keep the last numbers of an instance that is deleted; `counted` returns them later."""
        with self._lock:
            self._numbers.set(owner, numbers)
            if self.recorder is not None:
                self.recorder.count(owner, numbers)

    def recount(self, numbers: Mapping[str, int], owner: str | None = None) -> None:
        """Forget every record, or one owner's, and go on counting from here."""
        with self._lock:
            self.forget(owner)
            for scope, number in numbers.items():
                prefix, _, name = scope.partition(".")
                self.keep_count(name, {prefix: number})

    def _forget_numbers(self, owner: str) -> None:
        if self.recorder is not None:
            self.recorder.forget_numbers(owner)

    def add_exchange(self, exchange: Exchange) -> None:
        """Keep one request with its reply, which is written down elsewhere."""
        with self._lock:
            self._tell("exchange", exchange, self.exchanges.add(exchange))

    def add_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Keep what is owed from now on, and written down elsewhere."""
        with self._lock:
            for delivery in deliveries:
                self._tell("delivery", delivery, self.deliveries.add(delivery))

    def keep(self, outcome: Outcome) -> None:
        """Keep what a change leaves on record; it is written down with the change."""
        with self._lock:
            for hit in outcome.fault_hits:
                self.on_hit(hit)
            self.add_deliveries(outcome.deliveries)
            if outcome.exchange is not None:
                self.add_exchange(outcome.exchange)

    def write_exchange(self, exchange: Exchange) -> None:
        """Keep one request that changed nothing with its reply, and write it down."""
        with self._lock:
            self.add_exchange(exchange)
            self._write_down(exchange)

    def write_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what is owed from now on by no change, and write it down."""
        with self._lock:
            self.add_deliveries(deliveries)
            for delivery in deliveries:
                self._write_down(delivery)

    def write_hits(self, hits: Sequence[RecordedHit]) -> None:
        """Keep that faults hit where nothing was changed, and write it down."""
        with self._lock:
            for record in hits:
                self.on_hit(record)
                self._write_down(record)

    def _write_down(self, record: Exchange | Delivery | RecordedHit) -> None:
        if self.recorder is not None:
            self.recorder.record(record)

    def add_hit(self, record: RecordedHit) -> None:
        """Keep that one fault hit; `on_hit` hears of it in the place of this."""
        with self._lock:
            self.fault_hits.add(record)
            self._waiters.show("fault-hit", record.hit.instance, record)
            self.show("fault-hit", record.hit.instance, record, hit_bytes(record))

    def delivery_changed(self, delivery: Delivery) -> None:
        """A delivery has come further."""
        with self._lock:
            size = self.deliveries.update_size(delivery)
            if self.recorder is not None:
                self.recorder.delivery_changed(delivery)
            self._tell("delivery", delivery, size)

    def awaits_messages(self, instance: str) -> bool:
        """Whether anyone waits for messages of this instance, or of any, or reads a stream."""
        return self.feed.keeps(instance) or (
            bool(self.topics) and self._waiters.awaits("message", instance)
        )

    def messages_changed(self, instance: str, messages: Iterable[Any]) -> None:
        """Messages of an instance came or have come further."""
        with self._lock:
            for message in messages:
                self._waiters.show("message", instance, (instance, message))
                # Its id alone: a stream shows what has become of it.
                self.show("message", instance, message.id)

    def instance_gone(self, instance: str) -> None:
        """Whoever waits for something of this instance waits in vain."""
        with self._lock:
            self._waiters.wake(instance)
            self.show("instance-removed", instance, {"instance": instance})

    def show(self, kind: StreamKind, instance: str | None, record: Any, size: int = 0) -> None:
        """Show it on the event streams; one that cannot take it is no trouble of who wrote it."""
        try:
            if self.feed.keeps(instance):
                self.feed.add(kind, instance, record, size)
        except Exception:
            log_failure(log, "our own bug: an event stream did not get a record")

    def _tell(self, kind: RecordKind, record: Exchange | Delivery, size: int) -> None:
        if self.topics:
            self._waiters.show(kind, record.instance, record)
        if self.feed.awake:
            self.show(kind, record.instance, record, size)

    def beat(self) -> None:
        """Send a sign of life on every stream: a client that has left is noticed by that."""
        self.feed.beat()

    def close(self) -> None:
        """Let everyone go who waits or listens."""
        with self._lock:
            self.is_closed = True
            self._waiters.let_go()
        self.feed.close()

    def wait_for(
        self, look: Callable[[], list[Any]], seconds: float, waiter: Waiter | None = None
    ) -> list[Any]:
        """What `look` finds, as soon as it finds anything; an empty list after `seconds`.

        It looks once, and again for each record that wakes the `waiter` (any record without one).
        `look` runs without the journal's lock: it may hold an instance, whose changes write here.
        """
        deadline = time.monotonic() + seconds
        waiter = waiter or Waiter()
        with self.waiting_with(waiter):
            while not (records := look()) and waiter.wait(deadline):
                pass
        return records

    @contextmanager
    def waiting_with(self, waiter: Waiter) -> Iterator[None]:
        """Show it what is written meanwhile; it is let go when the journal closes."""
        with self._lock:
            self._waiters.add(waiter)
            if self.is_closed:
                waiter.let_go()
        try:
            yield
        finally:
            with self._lock:
                self._waiters.remove(waiter)

    def look_again(self, waiter: Waiter, later: Waiter) -> None:
        """What comes from now on wakes it again, as far as the `later` one accepts it."""
        with self._lock:
            self._waiters.look_again(waiter, later)

    def forget(self, instance: str | None = None) -> None:
        """Drop everything, or what belongs to one instance; streams say so."""
        with self._lock:
            for log in (self.exchanges, self.deliveries):
                log.drop(lambda record: instance not in (None, record.instance))
            self.fault_hits.drop(lambda record: instance not in (None, record.instance))
            self._numbers.forget(instance)
            if self.recorder is not None:
                self.recorder.forget(instance)
            self._forgotten_counts[instance] += 1
            # A reset of one instance after the other, each under a new key, fills no memory.
            if len(self._forgotten_counts) > OWNERS_MOST:
                oldest = next(name for name in self._forgotten_counts if name is not None)
                del self._forgotten_counts[oldest]
            self._waiters.wake(instance)
            self.show("reset", instance, {"reason": "reset", "instance": instance})
