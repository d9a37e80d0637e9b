"""What an instance has planned: kept with a change, or taken back with it."""

from __future__ import annotations

import heapq

from .state import Due, InstanceState

# What an agenda may hold: four acknowledgements for each message kept, and some more.
ACKS_MOST, OTHERS_MOST = 4, 1_000


class Agenda:
    """The plans in an instance's state, beside those of the change that is being made.

    What a change has `scheduled` is apart until it is kept: taking it back costs nothing then;
    `done` is what it took out of the state.
    """

    __slots__ = ("_state", "done", "failed", "scheduled")

    def __init__(self, state: InstanceState) -> None:
        self._state = state
        self.scheduled: list[Due] = []
        self.done: list[Due] = []
        # Order of what was due and failed; 0: nothing did.
        self.failed = 0

    def schedule(self, due: float, kind: str, arguments: tuple[str, ...]) -> None:
        """Plan something for that moment."""
        state = self._state
        state.order += 1
        generation = state.generations.get(kind) or 0
        heapq.heappush(self.scheduled, (due, state.order, kind, generation, arguments))

    def cancel(self, kind: str) -> None:
        """What is planned of this kind will not happen."""
        generations = self._state.generations
        generations.put(kind, (generations.get(kind) or 0) + 1)

    def next_due(self) -> Due | None:
        """What is due next, cancelled or not."""
        plans = self._plans()
        return plans[0] if plans else None

    def take_due(self, now: float) -> Due | None:
        """Take out what is due next, if it is due by now; what was cancelled goes by the way."""
        state = self._state
        while (plans := self._plans()) and plans[0][0] <= now:
            due = heapq.heappop(plans)
            if plans is state.agenda:
                self.done.append(due)
            if due[3] == (state.generations.get(due[2]) or 0):
                return due
        return None

    def commit(self, messages_kept: int) -> None:
        """Accept what was planned; too much of it is thinned out."""
        self.accept()
        if len(self._state.agenda) > messages_kept * ACKS_MOST + OTHERS_MOST:
            self._thin_out(messages_kept)

    def accept(self) -> None:
        """Accept what was planned, also where that has begun already."""
        agenda, scheduled = self._state.agenda, self.scheduled
        while scheduled:
            heapq.heappush(agenda, scheduled[-1])
            scheduled.pop()
        self.done.clear()

    def rollback(self) -> None:
        """Forget what was planned, and plan again what was done.

        What was due and failed does not come back, or every later change would fail by it too.
        """
        for due in self.done:
            if due[1] != self.failed:
                heapq.heappush(self._state.agenda, due)
        self.done.clear()
        self.scheduled.clear()
        self.failed = 0

    def _plans(self) -> list[Due]:
        """Whichever list holds what is due next; an empty one when neither holds anything."""
        agenda = self._state.agenda
        if not self.scheduled:
            return agenda
        if not agenda:
            return self.scheduled
        return min(agenda, self.scheduled, key=lambda plans: plans[0])

    def _thin_out(self, messages_kept: int) -> None:
        """Let go what nobody waits for any more; then the acks that were planned first.

        Only a clock that stands still lets so many pile up. A tenth is cleared at a time, so that
        one change in many pays for it.
        """
        work = [due for due in self._state.agenda if self._is_wanted(due)]
        most = (messages_kept * ACKS_MOST + OTHERS_MOST) * 9 // 10
        acks = sorted(due[1] for due in work if due[2] == "ack")
        if len(work) > most and acks:
            last = acks[min(len(work) - most, len(acks)) - 1]
            work = [due for due in work if due[2] != "ack" or due[1] > last]
        heapq.heapify(work)
        self._state.agenda = work

    def _is_wanted(self, due: Due) -> bool:
        if due[3] != (self._state.generations.get(due[2]) or 0):
            return False
        return due[2] != "ack" or due[4][0] in self._state.messages
