"""Instances in memory, and in a database with every change: what is answered for is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from ...domain.gateway import Gateway
from ...domain.instance import Instance
from ...errors import StoreUnavailable
from ...records.bugs import Bugs
from ...records.journal import Journal
from ...records.outcome import Outcome
from ..memory import MemoryStore
from ..owed import Capacity
from .batch import Batch, dumps
from .database import Database
from .owed import OwedInDatabase
from .record_rows import DELIVERY, EXCHANGE, PREFIXES, Record
from .schema import CLEAR, CLEAR_STATE, SQL
from .state_rows import StateRows
from .stored_content import StoredContent
from .waiting import Add
from .writer import RecordWriter

Parts = Mapping[str, Any]


class SqlStore(MemoryStore):
    """Reads as fast as `MemoryStore`. A change that cannot be written is undone: StoreUnavailable.

    Nothing is written before `begin` or `write_all`. `parts` is everything that is kept beside
    instances and records, as JSON by name; `small_parts` those that any change may alter.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        database: Database,
        journal: Journal | None = None,
        room: Capacity | None = None,
        bugs: Bugs | None = None,
    ) -> None:
        bugs = Bugs() if bugs is None else bugs
        self.on_recovery: Callable[[], None] = lambda: None
        self.parts: Callable[[], Parts] = dict
        self.small_parts: Callable[[], Parts] = dict
        self._rows = StateRows()
        self._positions: dict[str, int] = {}
        self._is_kept = False
        self._written_parts: dict[str, str] = {}
        self._part_values: dict[str, Any] = {}
        self._blobs: set[bytes] = set()
        self._vault_seen: tuple[int, int] = (0, -1)
        # What is to be written when everybody who is held is free again; None while nobody is.
        self._structure_changes: list[Add] | None = None
        self.writer = RecordWriter(
            database,
            keeps=self._is_in_journal,
            repair=self.write_all,
            on_recovery=lambda: self.on_recovery(),
            also=self._add_blobs,
            note=bugs.note,
        )
        super().__init__(gateway, journal=journal, room=room, bugs=bugs)
        self._owed = self.owed_rows = OwedInDatabase(room or Capacity())
        self.owed = self.owed_rows

    # -- beginning and end -------------------------------------------------------------------

    def begin(self, content: StoredContent) -> None:
        """Write every change from now on; what is here came from this database."""
        self.writer.resume(content.last, content.records)
        self._positions = dict(content.positions)
        self.owed_rows.resume(content.peer_messages, self.writer)
        self._blobs = set(self.gateway.vault.blobs())
        self._written_parts = {name: dumps(value) for name, value in content.parts.items()}
        for slot in self._slots.values():
            self._rows.watch(slot.instance)
        self._keep()

    def write_all(self) -> None:
        """Write everything again, in one transaction, and every change from then on.

        Raises StoreUnavailable, and what was in the database stays.
        """
        with super().hold() as instances:
            self.writer.rewrite(partial(self._add_all, instances))
            self._keep()

    def _keep(self) -> None:
        self._is_kept = True
        self.owed_rows.writer = self.writer
        self._journal.recorder = self.writer

    def settle(self) -> None:
        """All that has happened so far is in the database."""
        if self._is_kept:
            self.writer.write(self._add_blobs, partial(self._add_parts, self.parts))

    def hindrance(self) -> str | None:
        """Why no change can be kept just now; None where it can."""
        writer, name = self.writer, self.writer.database.name
        if writer.database.is_closed:
            return f"{name} is closed: the mock is stopping"
        if writer.is_behind:
            return f"{name} is being rewritten: changes are refused meanwhile"
        if writer.failing.is_set():
            return f"{name} cannot be written: changes are refused until it can; the log says why"
        return None

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        if not self.writer.database.is_closed:
            # The writer tries once more, and says what is wrong.
            with suppress(StoreUnavailable):
                if self.writer.is_behind:
                    self.write_all()
                self.settle()
            self.writer.close()

    # -- one change --------------------------------------------------------------------------

    def _write(self, instance: Instance, outcome: Outcome | None) -> None:
        if not self._is_kept:
            return
        try:
            self.writer.write(partial(self._add_change, instance, outcome))
        except BaseException:
            if outcome is not None:
                self.writer.disown(outcome.deliveries)
            raise

    def _accept(self, instance: Instance) -> None:
        if self._is_kept:
            try:
                # Before the agenda may be thinned out.
                self._rows.watch(instance)
            except Exception:
                self._bugs.note(f"the rows of {instance.key} are not known any more")
                self.writer.fall_behind()
        super()._accept(instance)

    def _add_change(self, instance: Instance, outcome: Outcome | None, batch: Batch) -> None:
        self._rows.add_change(instance, batch)
        media = instance.state.media
        for row in media.changed_rows() if media.writes else ():
            if row.digest in self._blobs:
                # Sent again: it is the newest once more.
                batch.add(SQL.renew_blob, (self.writer.next_seq(), row.digest))
            elif (content := self.gateway.vault.get(row.digest)) is not None:
                self._add_blob(row.digest, content, batch)
        if outcome is not None:
            self.writer.add_outcome(outcome, batch)
        self._add_parts(self.small_parts, batch)

    def _add_parts(self, parts: Callable[[], Parts], batch: Batch) -> None:
        """Those that differ from what the database has."""
        for name, value in parts().items():
            # A world may be large: the same object again is not looked into.
            if value is not None and self._part_values.get(name) is value:
                continue
            text = dumps(value)
            if self._written_parts.get(name) != text:
                batch.add(SQL.put_part, (name, text))
                batch.after(partial(self._written_parts.__setitem__, name, text))
            batch.after(partial(self._part_values.__setitem__, name, value))

    # -- media -------------------------------------------------------------------------------

    def _add_blobs(self, batch: Batch) -> None:
        """The bytes of media as they are in memory: the oldest go there."""
        vault = self.gateway.vault
        vault_state = id(vault), vault.version
        if vault_state == self._vault_seen:
            return
        blobs = vault.blobs()
        for digest in self._blobs - blobs.keys():
            batch.add(SQL.drop_blob, (digest,))
            batch.after(partial(self._blobs.discard, digest))
        for digest, content in blobs.items():
            if digest not in self._blobs:
                self._add_blob(digest, content, batch)
        batch.after(partial(setattr, self, "_vault_seen", vault_state))

    def _add_blob(self, digest: bytes, content: bytes, batch: Batch) -> None:
        batch.add(SQL.put_blob, (digest, self.writer.next_seq(), content))
        batch.after(partial(self._blobs.add, digest))

    # -- who exists --------------------------------------------------------------------------

    def _write_new(self, instance: Instance) -> None:
        if self._is_kept:
            self.writer.write(partial(self._add_instance, instance), self._add_made_names)

    def _add_made_names(self, batch: Batch) -> None:
        """How many names were made up so far: none may be given twice.

        What numbers records stands in their rows.
        """
        for scope, last in self._journal.last_numbers("").items():
            kind = scope.removesuffix(".")
            if kind not in PREFIXES:
                batch.count("", kind, last)

    def remove(self, key: str) -> None:
        """An instance is gone with all it knew."""
        with self._structure:
            super().remove(key)
            self._rows.forget(key)
            self._positions.pop(key, None)
            self._change_structure(partial(self._rows.add_removal, key))

    def restore_one(self, instance: Instance) -> None:
        """This instead of the one with its key, or beside the others."""
        with self._structure:
            super().restore_one(instance)
            self._change_structure(partial(self._add_instance, instance))

    def _replace_all(self, gateway: Gateway, instances: Iterable[Instance]) -> None:
        super()._replace_all(gateway, instances)
        self._positions.clear()
        self._change_structure(self._add_instances)

    @contextmanager
    def hold(self) -> Iterator[Sequence[Instance]]:
        """Hold every instance at once; whatever changes meanwhile is one transaction at the end."""
        with super().hold() as instances:
            if self._structure_changes is not None:
                yield instances
                return
            changes = self._structure_changes = []
            self.writer.pause()
            try:
                yield instances
                if changes:
                    self._write_structure(changes)
            except BaseException:
                if changes:
                    self.writer.fall_behind()
                raise
            finally:
                self._structure_changes = None
                self.writer.go_on()

    def _change_structure(self, add: Add) -> None:
        """Memory has changed already: a database that cannot follow is written again later."""
        if not self._is_kept:
            return
        if self._structure_changes is not None:
            self._structure_changes.append(add)
        else:
            try:
                self._write_structure([add])
            except BaseException:
                self.writer.fall_behind()
                raise

    def _write_structure(self, changes: Sequence[Add]) -> None:
        self.writer.write(*changes, self._add_blobs, partial(self._add_parts, self.parts))

    def _add_instance(self, instance: Instance, batch: Batch) -> None:
        position = self._positions.get(instance.key)
        if position is None:
            position = self._positions[instance.key] = self.writer.next_seq()
        self._rows.add_whole(instance, position, batch)

    def _add_instances(self, batch: Batch) -> None:
        """Those there are, and no others."""
        batch.run(CLEAR_STATE)
        for slot in self._slots.values():
            self._add_instance(slot.instance, batch)

    # -- everything --------------------------------------------------------------------------

    def _add_all(self, instances: Sequence[Instance], batch: Batch) -> None:
        batch.run(CLEAR)
        for instance in instances:
            self._add_instance(instance, batch)
        self._written_parts.clear()
        self._part_values.clear()
        self._add_parts(self.parts, batch)
        self._blobs.clear()
        self._vault_seen = (0, -1)
        self._add_blobs(batch)
        for record in self._all_records():
            self.writer.add_record(record, batch)
        for envelope in self.owed_rows.peer_messages():
            self.writer.add_peer_message(envelope, batch)
        for scope, last in self._journal.last_numbers().items():
            kind, _, owner = scope.partition(".")
            batch.count(owner, kind, last)

    def _all_records(self) -> list[Record]:
        """What is owed and in no journal any more, then the journal in its order."""
        journal = self._journal
        numbers_and_records: list[tuple[int, Record]] = [*journal.exchanges.numbers_and_records()]
        numbers_and_records += journal.deliveries.numbers_and_records()
        in_order = [record for _, record in sorted(numbers_and_records, key=lambda each: each[0])]
        journal_ids = {id(record) for record in in_order}
        queue = [each for each in self.writer.owed if each.state == "queued"]
        return [
            *(each for each in queue if id(each) not in journal_ids),
            *in_order,
            *(fault_hit for _, fault_hit in journal.fault_hits.numbers_and_records()),
        ]

    def _is_in_journal(self, kind: str, record_id: str) -> bool:
        journal = self._journal
        if kind == EXCHANGE:
            return journal.exchanges.get(record_id) is not None
        if kind == DELIVERY:
            return journal.deliveries.get(record_id) is not None
        return journal.fault_hits.get(record_id) is not None
