"""How often what happened, for /_mock/metrics: noted in one step, counted when somebody asks.

A call notes itself with one `append`, which takes no lock and cannot wait. Names are those of the
contract and of this program alone, so that their number is bounded: a key, a token, a number or a
text is never among them.
"""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from ..domain.fault_effects import FaultHit
from .bugs import log_failure
from .delivery import Delivery

log = logging.getLogger(__name__)

# Seconds up to which durations are counted together; the last place is for all that took longer.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# What is noted is counted once there is so much of it: a tenth of a millisecond for one call.
NOTED_MOST = 256
# So many combinations of names are told apart; what comes beyond is counted as OTHER.
COMBINATIONS_MOST = 2_000
OTHER = "other"
# What stands for the status of an answer that a fault cut off before it began.
NO_ANSWER = "none"
_STATUSES = {int(status) for status in HTTPStatus}

Names = tuple[str, ...]
# Name of the operation or route, or None for a path that is none; status; seconds; whether it is
# one of the control API.
Call = tuple[str | None, int, float, bool]


@dataclass(slots=True)
class Durations:
    """How many took how long: as many as there are BUCKETS, and one more."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

    def add_all(self, others: Durations) -> None:
        """All of those too."""
        self.counts = [sum(pair) for pair in zip(self.counts, others.counts, strict=True)]
        self.seconds += others.seconds


@dataclass(slots=True)
class Figures:
    """Everything counted since the start, each by its names."""

    calls: Counter[Names] = field(default_factory=Counter)
    control_calls: Counter[Names] = field(default_factory=Counter)
    webhooks: Counter[Names] = field(default_factory=Counter)
    fault_hits: Counter[Names] = field(default_factory=Counter)
    chaos: Counter[Names] = field(default_factory=Counter)
    call_seconds: dict[str, Durations] = field(default_factory=dict)
    webhook_seconds: Durations = field(default_factory=Durations)

    def add_all(self, others: Figures) -> None:
        """What others have counted too: several workers together are one mock."""
        self.calls += others.calls
        self.control_calls += others.control_calls
        self.webhooks += others.webhooks
        self.fault_hits += others.fault_hits
        self.chaos += others.chaos
        for name, durations in others.call_seconds.items():
            self.call_seconds.setdefault(name, Durations()).add_all(durations)
        self.webhook_seconds.add_all(others.webhook_seconds)


def sum_of(workers: Iterable[Figures]) -> Figures:
    """What several workers have counted together."""
    total = Figures()
    for figures in workers:
        total.add_all(figures)
    return total


class Counts:
    """Thread-safe. `noted` is appended to by whoever answers a call; see `fold_if_long`."""

    def __init__(self, operations: Collection[str] = (), events: Collection[str] = ()) -> None:
        self.noted: deque[Call] = deque()
        self._operations, self._events = frozenset(operations), frozenset(events)
        self._figures = Figures()
        self._lock = threading.Lock()

    def note(self, call: Call) -> None:
        """A call was answered."""
        self.noted.append(call)
        self.fold_if_long()

    def fold_if_long(self) -> None:
        """Count what is noted, once that is worth it; nobody waits for another who does so."""
        if len(self.noted) > NOTED_MOST and self._lock.acquire(blocking=False):
            try:
                self._fold()
            except Exception:
                log_failure(log, "our own bug: calls are not counted")
            finally:
                self._lock.release()

    def webhook(self, delivery: Delivery) -> None:
        """A delivery has come to its end."""
        if delivery.state == "queued":
            return
        event = delivery.event if delivery.event in self._events else OTHER
        attempt = delivery.attempts[-1] if delivery.attempts else None
        with self._lock:
            _count(self._figures.webhooks, (event, delivery.state))
            if attempt is not None:
                self._figures.webhook_seconds.add(attempt.duration_ms / 1000)
            for kind in _kinds_of_chaos(delivery):
                _count(self._figures.chaos, (kind,))

    def fault_hit(self, hit: FaultHit) -> None:
        """A fault hit."""
        with self._lock:
            _count(self._figures.fault_hits, (hit.fault[1],))

    def figures(self) -> Figures:
        """A copy of all that was counted until now."""
        with self._lock:
            self._fold()
            return sum_of([self._figures])

    def _fold(self) -> None:
        """Count what is noted; the lock is held. Not what comes meanwhile: that may never end."""
        for _ in range(len(self.noted)):
            name, status, seconds, is_control = self.noted.popleft()
            answered = _status(status)
            if is_control:
                _count(self._figures.control_calls, (name or OTHER, answered))
                continue
            operation = name if name in self._operations and name is not None else OTHER
            _count(self._figures.calls, (operation, answered))
            durations = self._figures.call_seconds.get(operation)
            if durations is None:
                durations = self._figures.call_seconds[operation] = Durations()
            durations.add(seconds)


def _count(counter: Counter[Names], names: Names) -> None:
    if names not in counter and len(counter) >= COMBINATIONS_MOST:
        names = (OTHER,) * len(names)
    counter[names] += 1


def _status(status: int) -> str:
    """The status as it stands in labels: a fault may answer with numbers that HTTP has not."""
    if status == 0:
        return NO_ANSWER
    return str(status) if status in _STATUSES else OTHER


def _kinds_of_chaos(delivery: Delivery) -> list[str]:
    """What chaos did to it: of `delay, duplicate of d7.KEY` the names alone."""
    return [mark.partition(" ")[0] for mark in (delivery.chaos or "").split(", ") if mark]
