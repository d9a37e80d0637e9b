"""Whose turn it is: lanes that are owed something wait here for a thread of the courier."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from ..records.delivery import Delivery

# After so many deliveries, or so many seconds, a lane lets others have its thread: nobody waits for
# many slow answers of others, and changing lanes costs a microsecond.
TURNS = 16
SLICE = 0.005
# New lanes go first, but not for ever: each so many of them, one that has waited longer.
NEW_IN_A_ROW = 8
# Lanes of one instance (its copies, its bursts) beyond SHARE wait for each other, so that one alone
# cannot use up the threads.
SHARE = 32


@dataclass(slots=True, eq=False)
class Lane:
    """What is owed along one line, and how it has fared."""

    name: str
    queue: deque[Delivery]
    turns: int = 0  # how many more its thread may carry before other lanes have theirs
    until: float = 0.0  # and for how long, by perf_counter
    silent: int = 0  # how many of the latest had no answer at all

    @property
    def owner(self) -> str:
        """Whose lane it is: the name's part before #."""
        return self.name.partition("#")[0]

    def is_over(self, now: float) -> bool:
        """Whether its turn is, if somebody else waits for one."""
        return self.turns <= 0 or now > self.until


class Lanes:
    """Every lane that is owed anything: held by a thread, ready for one, or beyond its share.

    Not safe by itself: the courier's lock is held around every call.
    """

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._new: deque[Lane] = deque()  # ready, and owed nothing until now
        self._others: deque[Lane] = deque()  # ready, and had turns already
        self._new_in_a_row = 0
        self._shares: Counter[str] = Counter()  # lanes held or ready, by owner
        self._parked: dict[str, deque[Lane]] = {}  # those beyond their owner's share
        self.size = 0  # bytes of payload that wait in all lanes

    @property
    def ready(self) -> int:
        """How many lanes could be taken."""
        return len(self._new) + len(self._others)

    def queue(self, delivery: Delivery) -> bool:
        """Put it at the end of its lane; whether that made a lane ready."""
        lane = self._lanes.get(delivery.lane)
        if lane is not None:
            lane.queue.append(delivery)
            self.size += len(delivery.body)
            return False
        lane = Lane(delivery.lane, deque([delivery]))
        # What can fail does so before anything is kept: a lane nobody takes would hold up others.
        owner = lane.owner
        self._lanes[delivery.lane] = lane
        self.size += len(delivery.body)
        if self._shares[owner] >= SHARE:
            self._parked.setdefault(owner, deque()).append(lane)
            return False
        self._shares[owner] += 1
        self._new.append(lane)
        return True

    def take(self, now: float) -> Lane:
        """The lane whose turn it is; there must be one ready."""
        new = self._new and (self._new_in_a_row < NEW_IN_A_ROW or not self._others)
        self._new_in_a_row = self._new_in_a_row + 1 if new else 0
        lane = (self._new if new else self._others).popleft()
        lane.turns, lane.until = TURNS, now + SLICE
        return lane

    def next_of(self, lane: Lane) -> Delivery:
        """The delivery at the lane's head, taken out of it."""
        delivery = lane.queue.popleft()
        self.size -= len(delivery.body)
        return delivery

    def give_back(self, lane: Lane) -> None:
        """Its turn is over, and it is owed more."""
        self._others.append(lane)

    def mend(self, lane: Lane) -> None:
        """Whoever held it failed: it is ready again, or forgotten where it is owed nothing."""
        if self._lanes.get(lane.name) is not lane:
            return
        if lane.queue:
            self._others.append(lane)
        else:
            self._forget(lane)

    def close(self, lane: Lane) -> None:
        """It is owed nothing more; one that waits for a share of its owner's becomes ready."""
        if self._lanes.get(lane.name) is not lane:
            # Left behind while a thread held it: another one has its name by now, or none.
            return
        self._forget(lane)

    def _forget(self, lane: Lane) -> None:
        del self._lanes[lane.name]
        owner = lane.owner
        waiting_lanes = self._parked.get(owner)
        if waiting_lanes:
            self._others.append(waiting_lanes.popleft())
            return
        self._parked.pop(owner, None)
        self._shares[owner] -= 1
        if not self._shares[owner]:
            del self._shares[owner]

    def leave(self, owner: str | None = None) -> list[Delivery]:
        """Forget the lanes of one owner, or all; what waited in them, lane by lane.

        A lane that a thread holds is empty from now on, and in nobody's way.
        """
        lanes = [lane for lane in self._lanes.values() if owner in (None, lane.owner)]
        deliveries = [delivery for lane in lanes for delivery in lane.queue]
        for lane in lanes:
            del self._lanes[lane.name]
            lane.queue.clear()
            self._shares.pop(lane.owner, None)
            self._parked.pop(lane.owner, None)
        self._new = deque(lane for lane in self._new if lane.queue)
        self._others = deque(lane for lane in self._others if lane.queue)
        self.size -= sum(len(delivery.body) for delivery in deliveries)
        return deliveries
