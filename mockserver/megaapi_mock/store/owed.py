"""Deliveries and messages to peers of kept changes that nobody has taken yet."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence

from ..domain.peer_messages import Envelope
from ..records.delivery import Delivery, State, end
from ..records.outcome import Outcome


class Capacity:
    """How many deliveries, and bytes of payload, wait in one place of all instances together."""

    def __init__(self, limit: int = 50_000, budget: int = 64 * 2**20) -> None:
        self.limit, self.budget = limit, budget
        self.count = self.size = 0

    @property
    def is_over(self) -> bool:
        """Whether more is held than may be; one delivery may always be."""
        return self.count > self.limit or (self.size > self.budget and self.count > 1)

    def add(self, delivery: Delivery, sign: int = 1) -> None:
        """Count one more, or with -1 one less."""
        self.count += sign
        self.size += sign * len(delivery.body)


def turn_away(outcome: Outcome, state: State, reason: str) -> None:
    """End what nobody will claim of a change that is kept; `turned_away` has it."""
    queue = [delivery for delivery in outcome.deliveries if delivery.state == "queued"]
    for delivery in queue:
        end(delivery, state, reason)
    outcome.turned_away = queue


class OwedInMemory:
    """Thread-safe. Outcomes of one instance are claimed in the order of their changes.

    If `room` is full of deliveries whose answers are not handed over yet, new ones are dropped,
    with the reason.
    """

    def __init__(self, room: Capacity) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[Outcome]] = {}
        self._peer_messages: deque[Envelope] = deque()

    def keep(self, outcome: Outcome) -> None:
        """Remember what a change owes, now that it is kept; its instance is still held."""
        with self._lock:
            self._peer_messages.extend(outcome.peer_messages)
            if outcome.deliveries and not self._is_turned_away(outcome):
                self._count(outcome, 1)
                self._waiting.setdefault(outcome.instance, deque()).append(outcome)

    def _is_turned_away(self, outcome: Outcome) -> bool:
        if not self._room.is_over:
            return False
        reason = f"{self._room.count} deliveries wait already for answers before them to leave"
        turn_away(outcome, "dropped", reason)
        return True

    def claim_deliveries(self, key: str) -> Iterator[Outcome]:
        """Take out what is released, in order, until the first that is not."""
        while (outcome := self._claim_next(key)) is not None:
            yield outcome

    def _claim_next(self, key: str) -> Outcome | None:
        with self._lock:
            queue = self._waiting.get(key)
            if queue is None or not queue[0].is_released:
                return None
            outcome = queue.popleft()
            if not queue:
                del self._waiting[key]
        return outcome

    def free_room(self, outcome: Outcome) -> None:
        """What was claimed waits here no longer."""
        with self._lock:
            self._count(outcome, -1)

    def claim_peer_message(self) -> Envelope | None:
        """Take out the message to another instance that was written first."""
        with self._lock:
            return self._peer_messages.popleft() if self._peer_messages else None

    def return_peer_message(self, envelope: Envelope) -> None:
        """What was claimed is the first to be claimed again."""
        with self._lock:
            self._peer_messages.appendleft(envelope)

    def keep_peer_message(self, envelope: Envelope) -> None:
        """Remember one more message, which is not part of a change."""
        with self._lock:
            self._peer_messages.append(envelope)

    @property
    def has_peer_messages(self) -> bool:
        """Whether a message between two instances is on its way."""
        return bool(self._peer_messages)

    def abandon(self, key: str | None = None) -> Sequence[Outcome]:
        """Take out everything of one instance, or of all, whether it may leave or not."""
        with self._lock:
            keys = list(self._waiting) if key is None else [key]
            outcomes = [each for name in keys for each in self._waiting.pop(name, ())]
            for outcome in outcomes:
                outcome.is_released = True
                self._count(outcome, -1)
            waiting = self._peer_messages
            rest = [each for each in waiting if key and key not in (each.to, each.sender)]
            self._peer_messages = deque(rest)
        return outcomes

    def _count(self, outcome: Outcome, sign: int) -> None:
        for delivery in outcome.deliveries:
            self._room.add(delivery, sign)
