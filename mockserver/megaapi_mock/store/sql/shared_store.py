"""Instances that several processes keep: each follows what the others have changed.

Not whole yet, and behind no option: see the list of what is missing at `SharedStore`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from ...domain.gateway import Gateway
from ...domain.instance import Instance
from ...domain.message import Message
from ...errors import StoreUnavailable
from ...records.outcome import Outcome
from ..memory import MemoryStore, Slot
from ..serialize import Forms
from ..snapshot import DOCUMENTS, load_instance
from .batch import Batch, loads
from .change_entry import entry_of, follow
from .shared_postgres import Entries, SharedChange, SharedPostgres
from .shared_records import SharedRecords, add_outcome
from .state_rows import AGENDA, StateRows


class SharedStore(MemoryStore):
    """Changes and reads instances that are in a database which others change too.

    Each change holds the instance's row, follows what was missed, and is committed before it is
    kept. Missing: who exists, records of no change, what is owed, media, messages to peers,
    what belongs to no instance (clock, faults, ids), holding all instances at once.
    """

    def __init__(self, gateway: Gateway, *, database: SharedPostgres, **parts: Any) -> None:
        self._database, self._rows = database, StateRows()
        self._forms = Forms(documents=DOCUMENTS)
        self._versions: dict[str, int] = {}
        # The transaction of the change that a thread is making.
        self._current = threading.local()
        super().__init__(gateway, **parts)
        self.records = SharedRecords(database.rows)
        for key in self.keys():
            # What stands in memory is of no version of the database.
            self._versions[key] = -1

    @contextmanager
    def read(self, key: str) -> Iterator[Instance]:
        """Hold one instance alone here, as it was in the database a moment ago."""
        slot = self._take(key)
        try:
            known = self._versions[key]
            version, entries = self._database.news(key, known)
            if version is not None and not _leads_to(version, known, entries):
                with self._database.change(key, known) as change:
                    self._reload(slot, change)
            else:
                self._follow(slot, version, entries)
            with super().read(key) as instance:
                yield instance
        finally:
            slot.lock.release()

    @contextmanager
    def change(
        self, key: str, moment: float | None = None, outcome: Outcome | None = None
    ) -> Iterator[Instance]:
        """Hold one instance alone, here and everywhere; kept when the block ends."""
        slot = self._take(key)
        try:
            with self._database.change(key, self._versions[key]) as change:
                if change.version is None:
                    raise StoreUnavailable(f"{key} is not in {self._database.name}")
                if _leads_to(change.version, self._versions[key], change.entries):
                    self._follow(slot, change.version, change.entries)
                else:
                    self._reload(slot, change)
                self._current.change = change
                try:
                    with super().change(key, moment, outcome) as instance:
                        yield instance
                finally:
                    self._current.change = None
        finally:
            slot.lock.release()

    def _write(self, instance: Instance, outcome: Outcome | None) -> None:
        change: SharedChange = self._current.change
        batch = Batch()
        self._rows.add_change(instance, batch)
        if outcome is not None:
            add_outcome(outcome, change.number, batch)
        statements = batch.finish()
        try:
            change.commit(statements, entry_of(instance.key, statements))
        except psycopg.Error as error:
            why = " ".join(str(error).split())
            raise StoreUnavailable(f"{self._database.name} cannot be written: {why}") from None
        assert change.version is not None, "a change of an instance that is there"
        self._versions[instance.key] = change.version

    def _accept(self, instance: Instance) -> None:
        self._rows.watch(instance)
        super()._accept(instance)

    # -- what others have changed ------------------------------------------------------------

    def _follow(self, slot: Slot, version: int | None, entries: Entries) -> None:
        if not entries or version is None:
            return
        instance = slot.instance
        for _, entry in entries:
            numbers = follow(instance, entry, self._rows)
            if numbers:
                self._journal.keep_count(instance.key, numbers)
        self._is_now(slot, version)

    def _reload(self, slot: Slot, change: SharedChange) -> None:
        """Read all of an instance: this process is too far behind to follow."""
        fields, rows, numbers = change.content()
        if numbers:
            self._journal.keep_count(change.key, numbers)
        document = self._rows.document(loads(fields))
        for field, row_key, text in rows:
            self._rows.add_to(document, field, row_key, text)
        document[AGENDA].sort()
        slot.instance = load_instance(document, self.gateway, self._forms)
        self._rows.watch(slot.instance)
        assert change.version is not None, "what can be read is there"
        self._is_now(slot, change.version)

    def _is_now(self, slot: Slot, version: int) -> None:
        key, messages = slot.instance.key, slot.instance.messages
        self._versions[key] = version
        # Numbers of messages go on behind those that others have given out.
        newest: Message | None = next(iter(messages.newest()), None)
        if newest is not None:
            self.gateway.clock.tick_past(newest.arrival)
        self._register_if_changed(key, slot)
        self._note_due(key, slot)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _leads_to(version: int, known: int, entries: Sequence[tuple[int, str]]) -> bool:
    """Whether these entries are all that lie between the known version and this one."""
    return known >= 0 and [number for number, _ in entries] == [*range(known + 1, version + 1)]
