"""Instances in this process's memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from ..domain.connection import Connection
from ..domain.gateway import Gateway, InstanceSeed
from ..domain.instance import Instance
from ..domain.number_registry import NumberRegistry
from ..errors import Conflict, UnknownInstance
from ..records.bugs import Bugs, describe
from ..records.journal import Journal
from ..records.log import RecordQueries
from ..records.outcome import Outcome
from . import Owed
from .due_times import DueTime, DueTimes
from .owed import Capacity, OwedInMemory, turn_away
from .retire import retire


@dataclass(slots=True, eq=False)
class _Slot:
    instance: Instance
    lock: threading.RLock = field(default_factory=threading.RLock)
    due_time: DueTime = field(init=False)
    # What the number registry's row was last made of.
    connection: Connection | None = None
    number: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        self.due_time = DueTime(self.instance.key)

    @property
    def is_registered(self) -> bool:
        """Whether the number registry knows what there is to know."""
        state = self.instance.state
        return (
            state.connection is self.connection
            and state.number == self.number
            and state.name == self.name
        )


class MemoryStore:
    """One lock per instance. `due_earlier` is called when something is due before all else."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        journal: Journal | None = None,
        room: Capacity | None = None,
        bugs: Bugs | None = None,
    ) -> None:
        self.gateway = gateway
        self._journal = Journal() if journal is None else journal
        self.records: RecordQueries = self._journal
        self._owed = OwedInMemory(room or Capacity())
        self.owed: Owed = self._owed
        self._bugs = Bugs() if bugs is None else bugs
        self._slots: dict[str, _Slot] = {}
        # Who exists: held by whoever changes that, and before any instance's lock. `_lock` is for
        # single steps within, and held while nothing else is waited for.
        self._structure = threading.RLock()
        self._lock = threading.Lock()
        self._all_locks: ExitStack | None = None
        self._due_times = DueTimes()
        self.due_earlier: Callable[[], None] = lambda: None
        self.reset()

    @contextmanager
    def read(self, key: str) -> Iterator[Instance]:
        """Hold one instance alone and read it as it is now: no change begins."""
        slot = self._take(key)
        try:
            slot.instance.look()
            yield slot.instance
        finally:
            slot.lock.release()

    @contextmanager
    def change(
        self, key: str, moment: float | None = None, outcome: Outcome | None = None
    ) -> Iterator[Instance]:
        """Hold one instance alone; kept when the block ends, undone when it raises."""
        slot = self._take(key)
        try:
            instance = slot.instance
            instance.begin(moment)
            try:
                yield instance
                instance.wake(instance.now)
                self._register_if_changed(key, slot)
                self._write(instance, outcome)
            except BaseException:
                instance.rollback()
                self._register_if_changed(key, slot)
                raise
            # It is kept: what fails from here on takes nothing back.
            self._accept(instance)
            if outcome is not None:
                self._keep_outcome(outcome)
            self._note_due_safely(key, slot)
        finally:
            slot.lock.release()

    def _write(self, instance: Instance, outcome: Outcome | None) -> None:
        """Write down a change that went well; it is undone where that fails."""

    def _write_new(self, instance: Instance) -> None:
        """Write down an instance that was added; it is gone where that fails."""

    def hindrance(self) -> str | None:
        """Nothing can be in the way of memory."""
        return None

    def _accept(self, instance: Instance) -> None:
        """There is no way back behind a change that is written, whatever fails."""
        for accept in (instance.commit, instance.accept):
            try:
                accept()
            except Exception:
                self._bugs.note(f"a change of {instance.key} was not tidied up")
            else:
                return

    def _keep_outcome(self, outcome: Outcome) -> None:
        try:
            if outcome.deliveries or outcome.peer_messages:
                self._owed.keep(outcome)
        except Exception as error:
            self._bugs.note(f"what a change of {outcome.instance} owes cannot be kept")
            turn_away(outcome, "abandoned", f"our own bug: {describe(error)}")
        try:
            if outcome.exchange or outcome.fault_hits or outcome.deliveries:
                self._journal.keep(outcome)
        except Exception:
            self._bugs.note(f"what a change of {outcome.instance} left is in no journal")

    def _note_due_safely(self, key: str, slot: _Slot) -> None:
        try:
            self._note_due(slot)
        except Exception:
            self._bugs.note(f"nobody waits for what is due in {key}")

    def _take(self, key: str) -> _Slot:
        """What is kept under this key, its lock held: after a reset meanwhile, the new one."""
        while True:
            slot = self._slots.get(key)
            if slot is None:
                reason = f"no instance has the key {key!r}: GET /_mock/instances lists them"
                raise UnknownInstance(reason)
            slot.lock.acquire()
            if self._slots.get(key) is slot:
                return slot
            slot.lock.release()

    @contextmanager
    def add(
        self, seed: InstanceSeed, *, is_name_given: bool = True, most: int | None = None
    ) -> Iterator[Instance]:
        """Hold a new instance alone; it is there when the block ends, and gone when it raises."""
        with self._structure:
            self._require_free(seed.key, most)
            admitted_seed = self.gateway.admit(seed, is_name_given=is_name_given)
            instance = self.gateway.instance(admitted_seed)
            instance.begin()
            slot = self._slot_for(instance)
            with slot.lock:
                with self._lock:
                    # Another instance may have been linked to the number since.
                    self.gateway.admit(seed, is_name_given=is_name_given)
                    self._slots[seed.key] = slot
                    self._register(seed.key, slot)
                try:
                    yield instance
                    self._write_new(instance)
                except BaseException:
                    self._drop(seed.key)
                    raise
                self._accept(instance)
                self._note_due_safely(seed.key, slot)

    def _require_free(self, key: str, most: int | None) -> None:
        if key in self._slots:
            raise Conflict(f"{key} exists already: delete it first")
        if most is not None and len(self._slots) >= most:
            raise Conflict(
                f"there are {most} instances already: delete some, or start the mock with a "
                "larger --instances-limit",
            )

    def _slot_for(self, instance: Instance) -> _Slot:
        """Ready to be kept; where all others are held, this one is too, until they are free."""
        slot = _Slot(instance)
        if self._all_locks is not None:
            self._all_locks.enter_context(slot.lock)
        return slot

    def remove(self, key: str) -> None:
        """An instance is gone with all it knew."""
        self._drop(key)

    def _drop(self, key: str) -> None:
        with self._structure, self._lock:
            slot = self._slots.pop(key, None)
            if slot is None:
                raise UnknownInstance(f"no instance has the key {key!r}")
            self.gateway.number_registry.register(key, None)
            self._retire(slot)

    def keys(self) -> Sequence[str]:
        """Every key, in order of creation."""
        with self._lock:
            return list(self._slots)

    def has(self, key: str) -> bool:
        """Whether there is an instance with this key."""
        return key in self._slots

    def reset(self, key: str | None = None) -> None:
        """Back to the starting world: all of it, or one instance alone."""
        with self._structure:
            seeds = {seed.key: seed for seed in self.gateway.seeds}
            if key is None:
                self._replace_all(self.gateway, map(self.gateway.instance, seeds.values()))
                self.gateway.vault.clear()
            elif key in seeds:
                seed = self.gateway.admit(seeds[key], is_name_given=False)
                self.restore_one(self.gateway.instance(seed))
            else:
                self.remove(key)

    @contextmanager
    def hold(self) -> Iterator[Sequence[Instance]]:
        """Hold every instance at once; who waits for one of them goes on with what is there then.

        Nobody else holds two at a time. What comes in the place of those held, and beside them, is
        held as well: nobody sees a new world before it is whole.
        """
        with self._structure, ExitStack() as locks:
            slots = self._slots
            for key in sorted(slots):
                locks.enter_context(slots[key].lock)
            outermost = self._all_locks is None
            if outermost:
                self._all_locks = locks
            try:
                yield [each.instance for each in slots.values()]
            finally:
                if outermost:
                    self._all_locks = None

    def restore(self, gateway: Gateway, instances: Sequence[Instance]) -> None:
        """These instead of all others; a reset leads back to what this gateway starts with."""
        with self._structure:
            self._replace_all(gateway, instances)

    def _replace_all(self, gateway: Gateway, instances: Iterable[Instance]) -> None:
        new_slots = {instance.key: self._slot_for(instance) for instance in instances}
        registry = NumberRegistry()
        for key, slot in new_slots.items():
            registry.register(key, slot.instance.registered_number)
        with self._lock:
            before, self.gateway, self._slots = self._slots, gateway, new_slots
            gateway.number_registry.replace_by(registry)
            for key, slot in new_slots.items():
                self._register(key, slot)
        for slot in new_slots.values():
            self._note_due(slot)
        for slot in before.values():
            self._retire(slot)

    def restore_one(self, instance: Instance) -> None:
        """This instead of the one with its key, or beside the others."""
        with self._structure:
            slot = self._slot_for(instance)
            with self._lock:
                before = self._slots.get(instance.key)
                self._slots[instance.key] = slot
                self._register(instance.key, slot)
            self._note_due(slot)
            if before is not None:
                self._retire(before)

    def _retire(self, slot: _Slot) -> None:
        self._due_times.forget(slot.due_time)
        retire(slot.instance, slot.lock)

    def settle(self) -> None:
        """Nothing is behind: all there is stands in memory."""

    def close(self) -> None:
        """Nothing is left to do."""

    def next_due(self) -> tuple[float, str] | None:
        """The instance that has something scheduled first, and when."""
        return self._due_times.first()

    def _register_if_changed(self, key: str, slot: _Slot) -> None:
        if not slot.is_registered:
            with self._lock:
                self._register(key, slot)

    def _register(self, key: str, slot: _Slot) -> None:
        """The caller holds the lock; an instance that is no longer kept is not registered."""
        if self._slots.get(key) is slot:
            instance, state = slot.instance, slot.instance.state
            instance.room.take(state.size)
            row = self.gateway.number_registry.register(key, instance.registered_number)
            if row is not None:
                # Another instance has been linked to the same number first: its name counts.
                instance.name = row.name
            slot.connection, slot.number, slot.name = state.connection, state.number, state.name

    def _note_due(self, slot: _Slot) -> None:
        if (due := slot.instance.next_due) == slot.due_time.moment:
            return
        if self._due_times.note(slot.due_time, due):
            self.due_earlier()
