"""Writes changes at once, and soon after what is not part of one: records, attempts, numbers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from ...domain.peer_messages import Envelope
from ...errors import StoreUnavailable
from ...records.bugs import log_failure
from ...records.delivery import COURIER_STOPPED, STOPPED, Delivery
from ...records.log import delivery_bytes
from ...records.outcome import Outcome
from ..serialize import Forms
from ..snapshot import DOCUMENTS
from .batch import Batch, dumps
from .database import Database, StoreDiverged
from .record_rows import (
    DELIVERY,
    Record,
    bytes_of,
    delivery_head,
    kind_of,
    row_of,
)
from .schema import CLEAR_RECORDS, SQL
from .waiting import Add, WaitingWrites
from .written_rows import WrittenRows

log = logging.getLogger(__name__)

# Seconds for which records wait for others, to be written together; and after a failure.
FLUSH_AFTER, RETRY_AFTER = 0.02, 1.0
# What waits takes so many bytes, where it holds no record.
SMALL = 500
# In one transaction of so many, what the journal has let go is deleted.
TRIM_EVERY = 50


class RecordWriter:
    """A `Recorder`. Thread-safe; every transaction begins with what has waited until then.

    `keeps` says whether the journal still has a record; `repair` is called, with nothing held,
    where what stands in the database is not what it should be (`is_behind`): it writes all of it
    again; `note` is told of our own bugs. While it `is_paused`, what waits is written with what
    others write alone.
    """

    def __init__(
        self,
        database: Database,
        *,
        keeps: Callable[[str, str], bool],
        repair: Callable[[], None],
        on_recovery: Callable[[], None],
        also: Add,
        note: Callable[[str], None],
    ) -> None:
        self.database = database
        self.is_behind = self.is_paused = False
        self._keeps, self._repair, self._on_recovery, self._also = keeps, repair, on_recovery, also
        self._note = note
        self._envelopes = Forms(documents=DOCUMENTS).of(Envelope)
        # Held for a whole transaction.
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._waiting = WaitingWrites()
        self._seq = self._writes = 0
        # Deliveries that have not ended, and their rows; messages to peers on their way.
        self.owed: dict[Delivery, int] = {}
        self.peer_rows: dict[int, int] = {}
        self._rows_written = WrittenRows()
        self._wake, self._stopping = threading.Event(), threading.Event()
        # While the last attempt to write what waits was in vain.
        self.failing = threading.Event()
        self._thread: threading.Thread | None = None

    # -- from the journal, which is held ------------------------------------------------------

    def record(self, record: Record) -> None:
        """One more record that no change has made."""
        self.soon(lambda batch: self.add_record(record, batch), bytes_of(record))

    def delivery_changed(self, delivery: Delivery) -> None:
        """A delivery has come further; what only a stop has ended is owed at the next start."""
        if delivery.reason not in (STOPPED, COURIER_STOPPED):
            self.soon(lambda batch: self._add_progress(delivery, batch), delivery_bytes(delivery))

    def forget(self, owner: str | None) -> None:
        """Records and numbers of one owner, or of everybody, are gone."""
        self.soon(lambda batch: self._add_oblivion(owner, batch))

    def count(self, owner: str, numbers: Mapping[str, int]) -> None:
        """An owner has counted so far."""
        last_numbers = dict(numbers)

        def add(batch: Batch) -> None:
            for kind, last in last_numbers.items():
                batch.count(owner, kind, last)

        self.soon(add)

    def forget_numbers(self, owner: str) -> None:
        """Nobody remembers any more how far this owner has counted."""
        self.soon(partial(_add_lost_numbers, owner))

    def soon(self, add: Add, size: int = SMALL) -> None:
        """Write this with the next transaction, or a moment later in one of its own.

        `size` is how many bytes it holds until then.
        """
        if self._stopping.is_set():
            return
        if not self._waiting.put(add, size):
            self.is_behind = True
        self._call()

    def fall_behind(self) -> None:
        """What is in memory is not in the database: all is written again, as soon as it can be."""
        self.is_behind = True
        self._call()

    def pause(self) -> None:
        """What waits is to be written with what is written next, not alone."""
        self.is_paused = True

    def go_on(self) -> None:
        """It may be written alone again."""
        self.is_paused = False
        if self._waiting:
            self._call()

    def _call(self) -> None:
        if not self._wake.is_set():
            self._start()
            self._wake.set()

    # -- rows ---------------------------------------------------------------------------------

    def next_seq(self) -> int:
        """A number above all before it, for a row; in a transaction alone."""
        self._seq += 1
        return self._seq

    def add_record(self, record: Record, batch: Batch) -> None:
        """The row of a record, and how far its owner has counted by it."""
        row = row_of(record, self.next_seq())
        kind, id_ = row[1], row[2]
        # As the row has it: who ends it meanwhile tells so later.
        if isinstance(record, Delivery) and row[4] == "queued":
            self.owed[record] = self._seq
        else:
            self._rows_written.put_with(batch, kind, self._seq, id_)
        batch.add(SQL.add_record, row)
        number, _, owner = id_[1:].partition(".")
        batch.count(owner, id_[0], int(number))

    def add_outcome(self, outcome: Outcome, batch: Batch) -> None:
        """What a change owes and leaves on record, in the order of the journal."""
        exchanges = () if outcome.exchange is None else (outcome.exchange,)
        records: tuple[Record, ...] = (*outcome.fault_hits, *outcome.deliveries, *exchanges)
        for record in records:
            self.add_record(record, batch)
        for envelope in outcome.peer_messages:
            self.add_peer_message(envelope, batch)
        if outcome.peer_message is not None:
            self.add_taken(outcome.peer_message, batch)

    def add_peer_message(self, envelope: Envelope, batch: Batch) -> None:
        """A message between two instances is on its way."""
        self.peer_rows[id(envelope)] = self.next_seq()
        value = dumps(self._envelopes.written(envelope))
        batch.add(SQL.add_peer_message, (self._seq, value))

    def add_taken(self, envelope: Envelope, batch: Batch) -> None:
        """It has arrived, or never will."""
        if (seq := self.peer_rows.get(id(envelope))) is not None:
            batch.add(SQL.drop_peer_message, (seq,))
            batch.after(partial(self.peer_rows.pop, id(envelope), None))

    def forget_peer_message(self, envelope: Envelope) -> None:
        """Nobody will take it, or somebody has."""
        if id(envelope) in self.peer_rows:
            self.soon(partial(self.add_taken, envelope))

    def _add_progress(self, delivery: Delivery, batch: Batch) -> None:
        seq = self.owed.get(delivery)
        if seq is None:
            return  # forgotten meanwhile
        state = delivery.state
        batch.add(SQL.set_delivery, (state, delivery_head(delivery), seq))
        if state != "queued":
            batch.after(partial(self.owed.pop, delivery, None))
            self._rows_written.put_with(batch, DELIVERY, seq, delivery.id)

    def _add_oblivion(self, owner: str | None, batch: Batch) -> None:
        batch.forget_numbers(owner)
        if owner is None:
            batch.run(CLEAR_RECORDS)
            batch.after(self._rows_written.clear)
        else:
            batch.add(SQL.drop_records_of, (owner,))
            batch.add(SQL.drop_numbers_of, (owner,))
        for delivery in [each for each in self.owed if owner in (None, each.instance)]:
            batch.after(partial(self.owed.pop, delivery, None))

    def disown(self, deliveries: Iterable[Delivery]) -> None:
        """Forget deliveries that have ended, or whose change was not kept."""
        for delivery in deliveries:
            self.owed.pop(delivery, None)

    # -- transactions -------------------------------------------------------------------------

    def write(self, *adds: Add) -> None:
        """What has waited, and these: all in one transaction, or, with StoreUnavailable, nothing.

        What has waited stays for the next one then.
        """
        with self._lock:
            if self.is_behind:
                raise StoreUnavailable(f"{self.database.name} is being rewritten: try again")
            waiting, size = self._waiting.take()
            try:
                self._write_all(waiting, adds)
            except BaseException as error:
                self._waiting.put_back(waiting, size)
                if isinstance(error, StoreDiverged):
                    self.fall_behind()
                raise

    def _write_all(self, waiting: Sequence[Add], adds: Sequence[Add]) -> None:
        batch = Batch()
        for add in waiting:
            self._add_what_waited(add, batch)
        for add in adds:
            add(batch)
        self._writes += 1
        if self._writes % TRIM_EVERY == 0:
            self._rows_written.trim(self._keeps, batch)
        statements = batch.finish()
        if statements:
            self.database.write(statements)
        try:
            batch.run_after()
        except Exception:
            # It is in the database, whatever fails here.
            self._note("it is not known what stands in the database")
            self.fall_behind()

    def _add_what_waited(self, add: Add, batch: Batch) -> None:
        """A record that cannot be written holds up no change."""
        try:
            add(batch)
        except Exception:
            self._note("a record is not in the database")

    def rewrite(self, add: Add) -> None:
        """Write everything, in place of what was and what waited; nobody changes it meanwhile."""
        with self._lock:
            self._waiting.take()
            self._rows_written.clear()
            # What told of their end waits no longer.
            self.disown([each for each in list(self.owed) if each.state != "queued"])
            batch = Batch()
            add(batch)
            self.database.write(batch.finish())
            batch.run_after()
            self.is_behind = False

    def resume(self, last: int, records: Iterable[tuple[int, Record]]) -> None:
        """Number on from the last row there is; these records stand in these rows."""
        self._seq = last
        for seq, record in records:
            if isinstance(record, Delivery) and record.state == "queued":
                self.owed[record] = seq
            else:
                self._rows_written.put(kind_of(record), seq, record.id)

    # -- soon ---------------------------------------------------------------------------------

    def _start(self) -> None:
        with self._starting:
            if self._thread is not None or self._stopping.is_set():
                return
            self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            log_failure(log, "no thread can be started for the store: changes write what waits")

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._stopping.wait(RETRY_AFTER if self.failing.is_set() else FLUSH_AFTER)
            self._wake.clear()
            try:
                self._write_waiting()
            except StoreUnavailable as error:
                self._wake.set()
                if not self.failing.is_set() and not self._stopping.is_set():
                    log.error("%s; changes are refused until it can", error.reason)
                self.failing.set()
            except Exception:
                self._note("records could not be written")

    def _write_waiting(self) -> None:
        if self.is_behind:
            self._repair()
        if not self.is_paused:
            self.write(self._also)
        if self.failing.is_set():
            self.failing.clear()
            self._on_recovery()

    def close(self) -> None:
        """Write what has waited, then let go of the database."""
        try:
            self.write()
        except StoreUnavailable as error:
            if not self.database.is_closed:
                log.error("%s; what happened last is not in it", error.reason)
        self._stopping.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self.database.close()


def _add_lost_numbers(owner: str, batch: Batch) -> None:
    batch.forget_numbers(owner)
    batch.add(SQL.drop_numbers_of, (owner,))
