"""What is owed, kept in the database until it has arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from ...domain.peer_messages import Envelope
from ...records.outcome import Outcome
from ..owed import Capacity, OwedInMemory
from .writer import RecordWriter


class OwedInDatabase(OwedInMemory):
    """Owed deliveries are their records; a message to a peer goes with the change that takes it."""

    def __init__(self, room: Capacity) -> None:
        super().__init__(room)
        # From when on it writes down what it is given.
        self.writer: RecordWriter | None = None
        self._claim: Envelope | None = None

    def claim_peer_message(self) -> Envelope | None:
        """Take out the one that was written first: whoever claimed one before is done with it."""
        self._drop(self._claim)
        self._claim = super().claim_peer_message()
        return self._claim

    def return_peer_message(self, envelope: Envelope) -> None:
        """What was claimed is the first to be claimed again."""
        self._claim = None
        super().return_peer_message(envelope)

    def keep_peer_message(self, envelope: Envelope) -> None:
        """Remember one more message, which is not part of a change."""
        if self.writer is not None:
            self.writer.soon(partial(self.writer.add_peer_message, envelope))
        super().keep_peer_message(envelope)

    def abandon(self, key: str | None = None) -> Sequence[Outcome]:
        """Take out everything of one instance, or of all."""
        before = list(self._peer_messages)
        outcomes = super().abandon(key)
        rest = {id(envelope) for envelope in self._peer_messages}
        for envelope in before:
            if id(envelope) not in rest:
                self._drop(envelope)
        return outcomes

    def resume(self, rows: Iterable[tuple[int, Envelope]], writer: RecordWriter) -> None:
        """These are on their way; each stands in its row."""
        for seq, envelope in rows:
            writer.peer_rows[id(envelope)] = seq
            super().keep_peer_message(envelope)

    def peer_messages(self) -> Sequence[Envelope]:
        """Every message on its way, in order."""
        with self._lock:
            return list(self._peer_messages)

    def _drop(self, envelope: Envelope | None) -> None:
        if envelope is not None and self.writer is not None:
            self.writer.forget_peer_message(envelope)
