"""What happens, in order and numbered, for event streams; bounded, and empty while nobody reads."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

# Entries that are kept: a reader who comes back, or reads slowly, may lie so many behind.
ENTRIES_MOST = 10_000
# Seconds between signs of life on an event stream.
HEARTBEAT = 15.0
# Seconds for which entries are kept after the last reader has left.
PATIENCE = 600.0
# From so many instances on that are asked for, what happens in all is kept.
TOPICS_MOST = 1_000
# What an entry takes beside its record, and what a reader is given at once.
ENTRY, BATCH_BYTES = 200, 2**17

StreamKind = Literal[
    "exchange", "delivery", "message", "instance", "instance-removed", "groups", "contact",
    "presence", "call", "fault-hit", "faults", "chaos", "clock", "play", "reset",
]  # fmt: skip


# What a reader asks for; all kinds with None.
Kinds = frozenset[str] | None


# Not frozen: calls make several each, and a frozen one takes three times as long.
@dataclass(slots=True)
class Entry:
    """One thing that happened; `record` is what shows it, `instance` whose it is."""

    start: str
    number: int
    kind: StreamKind
    instance: str | None
    record: Any
    size: int

    @property
    def id(self) -> str:
        """What a reader continues after."""
        return f"{self.start}-{self.number}"


class Feed:
    """Thread-safe. Writers never wait for readers; a reader who falls too far behind is told so.

    Nothing is kept before the first reader comes, and nothing once the last has been gone for
    PATIENCE seconds: a mock that nobody looks at pays nothing. `awake` says which it is.
    """

    def __init__(self, budget: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self.awake = False
        # Another one after every start: ids of an earlier server lead nowhere.
        self._start = secrets.token_hex(4)
        self.budget, self._now = budget, now
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque()
        self._size = self._last = 0
        # By the instance they ask for; with None for those who ask for all.
        self._readers: dict[str | None, dict[StreamReader, None]] = {}
        # Those that have read everything, by what they ask for: they are to be told of more.
        self._idle: dict[str | None, dict[Kinds, dict[StreamReader, None]]] = {}
        # The instances that somebody has asked for since it woke, None for all: theirs is kept.
        self._topics: set[str | None] = set()
        self._left_at = 0.0
        # Signs of life sent so far, and whether every stream is to end.
        self.beats, self.is_closed = 0, False

    @property
    def readers(self) -> int:
        """How many streams are open."""
        return sum(map(len, tuple(self._readers.values())))

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        return self._size

    def keeps(self, instance: str | None) -> bool:
        """Whether what happens there is kept; what is of no instance is, while anybody reads."""
        if not self.awake:
            return False
        topics = self._topics
        return instance is None or instance in topics or None in topics

    def add(self, kind: StreamKind, instance: str | None, record: Any, size: int = 0) -> None:
        """Note that something happened, unless nobody reads."""
        if not self.keeps(instance):
            return
        with self._lock:
            if not self._readers and self._now() - self._left_at > PATIENCE:
                self._sleep()
                return
            self._last += 1
            entry = Entry(self._start, self._last, kind, instance, record, size + ENTRY)
            self._entries.append(entry)
            self._size += size + ENTRY
            self._trim()
            self._tell_idle(entry)

    def read(
        self,
        since: str | None = None,
        *,
        kinds: Collection[str] | None = None,
        instance: str | None = None,
    ) -> StreamReader:
        """A reader of what happens from now on, or after the entry with the id `since`.

        Of `kinds` alone, and of one `instance` with what belongs to none, where they are given.
        """
        with self._lock:
            self.awake = True
            reader = StreamReader(
                self, self._last, None if kinds is None else frozenset(kinds), instance
            )
            self._readers.setdefault(instance, {})[reader] = None
            self._set_idle(reader)
            was_kept = instance in self._topics or None in self._topics
            self._topics.add(instance if len(self._topics) < TOPICS_MOST else None)
            if since:
                reader.continue_after(since, was_kept=was_kept)
            return reader

    def position(self, since: str, *, was_kept: bool) -> tuple[int, str | None]:
        """The number of the entry with this id, and why a reader there has missed something."""
        start, _, digits = since.rpartition("-")
        if start != self._start or not digits.isdecimal():
            return self._last, "restart"
        number = int(digits)
        if number > self._last:
            return self._last, "restart"
        if not was_kept:
            return self._last, "behind"
        return (self._last, "behind") if number < self._oldest() - 1 else (number, None)

    def reset_entry(self, reason: str, number: int | None = None) -> Entry:
        """What tells a reader at that number, or at the last, to look at everything again."""
        number = self._last if number is None else number
        record = {"reason": reason, "instance": None}
        return Entry(self._start, number, "reset", None, record, 0)

    def entries_after(self, number: int) -> list[Entry] | None:
        """What came after that number; None when part of it has gone."""
        with self._lock:
            return self._entries_after(number)

    def entries_for(self, reader: StreamReader) -> list[Entry] | None:
        """The same behind where a reader was told of something; it is told of more from now on."""
        with self._lock:
            self._set_idle(reader)
            return self._entries_after(reader.take_announced())

    def _entries_after(self, number: int) -> list[Entry] | None:
        if number < self._oldest() - 1:
            return None
        start = number + 1 - self._oldest()
        return self._batch(islice(self._entries, start, None))

    def leave(self, reader: StreamReader) -> None:
        """A reader has gone."""
        with self._lock:
            readers = self._readers[reader.instance]
            del readers[reader]
            if not readers:
                del self._readers[reader.instance]
            idle = self._idle.get(reader.instance, {})
            idle.get(reader.kinds, {}).pop(reader, None)
            if not idle.get(reader.kinds):
                idle.pop(reader.kinds, None)
            if not idle:
                self._idle.pop(reader.instance, None)
            self._left_at = self._now()

    def beat(self) -> None:
        """Send a sign of life on every stream: a client that has left is noticed by that."""
        with self._lock:
            self.beats += 1
            self._wake_all()

    def close(self) -> None:
        """End every stream."""
        with self._lock:
            self.is_closed = True
            self._wake_all()

    def _wake_all(self) -> None:
        for readers in self._readers.values():
            for reader in readers:
                reader.wake.set()

    def _set_idle(self, reader: StreamReader) -> None:
        if reader in self._readers.get(reader.instance, ()):
            idle = self._idle.setdefault(reader.instance, {})
            idle.setdefault(reader.kinds, {})[reader] = None

    def _tell_idle(self, entry: Entry) -> None:
        """Wake those who ask for it and have read all before; with None for an instance, all."""
        if entry.instance is None:
            tables = [*self._idle.values()]
        else:
            keys = entry.instance, None
            tables = [self._idle[key] for key in keys if key in self._idle]
        for table in tables:
            for kinds, readers in table.items():
                if readers and (kinds is None or entry.kind in kinds or entry.kind == "reset"):
                    for reader in readers:
                        reader.announce(entry.number)
                    readers.clear()

    @staticmethod
    def _batch(entries: Iterable[Entry]) -> list[Entry]:
        """Some of them, so that slow readers hold little that is no longer kept here."""
        batch: list[Entry] = []
        size = 0
        for entry in entries:
            size += entry.size
            if batch and size > BATCH_BYTES:
                break
            batch.append(entry)
        return batch

    def _oldest(self) -> int:
        return self._entries[0].number if self._entries else self._last + 1

    def _trim(self) -> None:
        # The newest always stays: a reader must hear of a record larger than the whole budget.
        while len(self._entries) > 1 and (
            len(self._entries) > ENTRIES_MOST or self._size > self.budget
        ):
            self._size -= self._entries.popleft().size

    def _sleep(self) -> None:
        # Who comes back with an older id is told that something is missing.
        self._last += 1
        self._entries.clear()
        self._topics.clear()
        self._size, self.awake = 0, False


class StreamReader:
    """One stream: iterate over it, and close it when it ends. None is a sign of life.

    It is woken by what it asked for alone: what happens in other instances costs its thread no
    turn, and is nothing that it falls behind by. While it reads it is not woken again.
    """

    def __init__(self, feed: Feed, position: int, kinds: Kinds, instance: str | None) -> None:
        self._feed, self._position = feed, position
        self.kinds, self.instance = kinds, instance
        self.wake = threading.Event()
        # Where the first entry lies that it was told of and has not read.
        self._first_announced: int | None = None
        self._missed_entries: str | None = None
        self._lock = threading.Lock()
        self._has_left = False

    def continue_after(self, since: str, *, was_kept: bool) -> None:
        """Begin behind the entry with this id; the caller holds the feed."""
        self._position, self._missed_entries = self._feed.position(since, was_kept=was_kept)
        self._first_announced = self._position + 1
        self.wake.set()

    def announce(self, number: int) -> None:
        """There is an entry with this number that it asked for; the caller holds the feed."""
        if self._first_announced is None:
            self._first_announced = number
            self.wake.set()

    def take_announced(self) -> int:
        """The number behind which it reads on; the caller holds the feed."""
        first, self._first_announced = self._first_announced, None
        return self._position if first is None else max(first - 1, self._position)

    def __iter__(self) -> Iterator[Entry | None]:
        for batch in self.batches():
            yield from batch

    def batches(
        self, before_reading: Callable[[], object] = lambda: None
    ) -> Iterator[Sequence[Entry | None]]:
        """The same, as much at once as may be read together."""
        beats = self._feed.beats
        if self._feed.is_closed:
            return
        yield [None]
        if self._missed_entries:
            yield [self._feed.reset_entry(self._missed_entries, self._position)]
        while True:
            if not self.wake.wait(HEARTBEAT):
                yield [None]
            self.wake.clear()
            while self._first_announced is not None and not self._feed.is_closed:
                before_reading()
                yield self._next_batch()
            if self._feed.is_closed:
                return
            if self._feed.beats != beats:
                beats = self._feed.beats
                yield [None]

    def _next_batch(self) -> list[Entry]:
        """Some of what it was told of, in order, and of what came since; what it asked for."""
        entries = self._feed.entries_for(self)
        if entries is None:
            entry = self._feed.reset_entry("behind")
            self._position = entry.number
            return [entry]
        if entries:
            # Whatever it was told of meanwhile: what lies before that may be no part of these.
            self._position = entries[-1].number
            self._first_announced = self._position + 1
        return [entry for entry in entries if self._wants(entry)]

    def close(self) -> None:
        """Leave, once."""
        with self._lock:
            had_left, self._has_left = self._has_left, True
        if not had_left:
            self._feed.leave(self)

    def _wants(self, entry: Entry) -> bool:
        if self.kinds is not None and entry.kind not in self.kinds and entry.kind != "reset":
            return False
        return self.instance is None or entry.instance in (None, self.instance)
