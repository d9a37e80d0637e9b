"""Instances in this process's memory."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from ..domain.gateway import Gateway, InstanceSeed
from ..domain.instance import Instance
from ..domain.linking import Connection
from ..errors import UnknownInstance

# Turns that count no longer, beside one for each instance and one that has just replaced it.
STALE_MOST = 64


@dataclass(slots=True, eq=False)
class _Kept:
    instance: Instance
    lock: threading.RLock = field(default_factory=threading.RLock)
    noted: float | None = None
    # What the roll's row was last made of.
    connection: Connection | None = None
    number: str | None = None
    name: str = ""

    @property
    def enrolled(self) -> bool:
        """Whether the roll knows what there is to know."""
        instance = self.instance
        return (
            instance.connection is self.connection
            and instance.number == self.number
            and instance.name == self.name
        )


class MemoryStore:
    """One lock per instance. `due_earlier` is called when something is due before all else."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._agenda: list[tuple[float, str]] = []
        self.due_earlier: Callable[[], None] = lambda: None
        self.reset()

    @contextmanager
    def change(self, key: str, at: float | None = None) -> Iterator[Instance]:
        """Hold one instance alone; kept when the block ends, undone when it raises."""
        kept = self._kept.get(key)
        if kept is None:
            raise UnknownInstance(
                f"no instance has the key {key!r}: GET /_mock/instances lists them"
            )
        with kept.lock:
            if self._kept.get(key) is not kept:
                # Replaced by a reset while this waited: what is changed must be the new one.
                with self.change(key, at) as instance:
                    yield instance
                return
            instance = kept.instance
            instance.begin(at)
            try:
                yield instance
            except BaseException:
                instance.rollback()
                raise
            instance.wake(instance.now)
            instance.commit()
            self._note(key, kept)
            if not kept.enrolled:
                with self._lock:
                    self._enrol(key, kept)

    def add(self, seed: InstanceSeed) -> None:
        """A new instance; an old one with the same key is replaced."""
        instance = self._gateway.instance(seed)
        with self._lock:
            self._kept[seed.key] = _Kept(instance)
            self._enrol(seed.key, self._kept[seed.key])

    def remove(self, key: str) -> None:
        """An instance is gone with all it knew."""
        with self._lock:
            if self._kept.pop(key, None) is None:
                raise UnknownInstance(f"no instance has the key {key!r}")
            self._gateway.roll.enter(key, None)

    def keys(self) -> Sequence[str]:
        """Every key, in order of creation."""
        with self._lock:
            return list(self._kept)

    def reset(self, key: str | None = None) -> None:
        """Back to the starting world: all of it, or one instance alone."""
        seeds = {seed.key: seed for seed in self._gateway.seeds}
        if key is not None:
            if key in seeds:
                self.add(self._gateway.admitted(seeds[key], named=False))
            else:
                self.remove(key)
            return
        made = {name: _Kept(self._gateway.instance(seed)) for name, seed in seeds.items()}
        with self._lock:
            self._kept = made
            self._agenda.clear()
            self._gateway.roll.clear()
            for name, kept in made.items():
                self._enrol(name, kept)
        self._gateway.vault.clear()

    @contextmanager
    def hold(self) -> Iterator[Sequence[Instance]]:
        """Hold every instance at once; who waits for one of them goes on with what is there then.

        Nobody else holds two at a time, so the order of the keys is enough to end every wait.
        """
        while True:
            with self._lock:
                held = dict(self._kept)
            with ExitStack() as locks:
                for key in sorted(held):
                    locks.enter_context(held[key].lock)
                if not self._is(held):
                    continue
                yield [kept.instance for kept in held.values()]
                return

    def restore(self, gateway: Gateway, instances: Sequence[Instance]) -> None:
        """These instead of all others; a reset leads back to what this gateway starts with."""
        made = {instance.key: _Kept(instance) for instance in instances}
        with self._lock:
            self._gateway, self._kept = gateway, made
            self._agenda.clear()
            for key, kept in made.items():
                self._enrol(key, kept)
        for key, kept in made.items():
            self._note(key, kept)

    def restore_one(self, instance: Instance) -> None:
        """This instead of the one with its key, or beside the others."""
        kept = _Kept(instance)
        with self._lock:
            self._kept[instance.key] = kept
            self._enrol(instance.key, kept)
        self._note(instance.key, kept)

    def _is(self, held: dict[str, _Kept]) -> bool:
        with self._lock:
            return list(self._kept.values()) == list(held.values())

    def next_due(self) -> tuple[float, str] | None:
        """The instance that has something scheduled first, and when."""
        with self._lock:
            while self._agenda:
                due, key = self._agenda[0]
                kept = self._kept.get(key)
                if kept is not None and kept.noted == due:
                    return due, key
                heapq.heappop(self._agenda)
            return None

    def _drop_stale(self) -> None:
        """Leave one turn to each instance: what is stale goes by itself only once it is due."""
        self._agenda = [
            (kept.noted, key) for key, kept in self._kept.items() if kept.noted is not None
        ]
        heapq.heapify(self._agenda)

    def _enrol(self, key: str, kept: _Kept) -> None:
        """The caller holds the lock; an instance that is no longer kept is not on the roll."""
        if self._kept.get(key) is kept:
            instance = kept.instance
            kept.connection, kept.number, kept.name = (
                instance.connection,
                instance.number,
                instance.name,
            )
            self._gateway.roll.enter(key, instance.enrolled)

    def _note(self, key: str, kept: _Kept) -> None:
        due = kept.instance.next_due
        if due == kept.noted:
            return
        with self._lock:
            kept.noted = due
            if due is None:
                return
            heapq.heappush(self._agenda, (due, key))
            if len(self._agenda) > 2 * len(self._kept) + STALE_MOST:
                self._drop_stale()
            first = self._agenda[0] == (due, key)
        if first:
            self.due_earlier()
