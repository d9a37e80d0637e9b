"""Chaos before the courier: it holds deliveries back, and hands them on when they are due."""

from __future__ import annotations

import heapq
import itertools
import logging
import struct
import threading
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...clock import Clock
from ...errors import ControlRefused
from ...records.bugs import describe, log_failure
from ...records.delivery import OLD_WORLD, Delivery, end
from ...store.owed import Capacity
from .chaos_options import Chaos
from .copies import Copies, CopyRecords
from .saved_chaos import EchoKey, SavedSeries, as_recorded
from .series import Deliveries, Series, Turn

log = logging.getLogger(__name__)


# What is held has at most three turns to come: it arrives, its window ends, its burst ends. Those
# of what has left already stay until they are due, unless there are too many of them.
ENTRIES_MOST, STALE_MOST = 4, 64


def is_pending(turn: Turn) -> bool:
    """Whether this turn will do anything: its delivery may have left already."""
    _, _, series, _, subject = turn
    return series.holds(subject)


@dataclass(frozen=True, slots=True)
class RebuiltSeries:
    """A series with its turns, ready to be put to work by `put_back`."""

    series: Series
    active: bool
    entries: tuple[Turn, ...]


class ChaosDispatcher:
    """Stands before the courier. While nothing is `at_work`, nothing has to come by here.

    What is held is in the journal as queued. `due_earlier` is called when something here is due
    before all else here.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        journal: CopyRecords,
        forward: Callable[[Sequence[Delivery]], None],
        on_change: Callable[[Delivery], None],
        room: Capacity | None = None,
    ) -> None:
        self.room = room or Capacity()
        self._clock, self._copies = clock, Copies(journal, self._abandon)
        self._forward, self._on_change = forward, on_change
        self.due_earlier: Callable[[], None] = lambda: None
        # Reentrant: `on_change` is foreign code and may stop the app.
        self._lock = threading.RLock()
        self._series: dict[str, Series] = {}
        self._series_of_claim: dict[Delivery, Series] = {}
        self.at_work: Mapping[Any, Series] = ChainMap(self._series, self._series_of_claim)
        self._agenda: list[Turn] = []
        self._order = itertools.count()
        self._is_stopped = False

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries over, in order; returns at once."""
        if not self.at_work:
            self._forward(deliveries)
            return
        with self._lock:
            before = self.next_due()
            with self._departure() as leaving:
                self._accept_all(deliveries, leaving)
            after = self.next_due()
        # Without the lock: the timers ask for next_due while they hold their own.
        if after is not None and (before is None or after < before):
            self.due_earlier()

    def _accept_all(self, deliveries: Sequence[Delivery], leaving: Deliveries) -> None:
        for delivery in deliveries:
            # What was due before it came is out before it.
            self._run_due(delivery.time, leaving, by_then=False)
            self._accept_one(delivery, leaving)
            self._run_due(delivery.time, leaving)

    def _accept_one(self, delivery: Delivery, leaving: Deliveries) -> None:
        series = self._series_of_claim.pop(delivery, None) or self._series.get(delivery.instance)
        # After the stop nothing would ever let go what is held.
        if series is None or self._is_stopped:
            leaving.append(delivery)
            return
        try:
            series.accept(delivery, leaving)
        except Exception:
            log_failure(log, "our own bug: %s leaves without chaos", delivery.id)
            self._let_go(series, leaving)
            if delivery not in leaving:
                leaving.append(delivery)

    def claim(self, deliveries: Sequence[Delivery], chaos: Chaos) -> None:
        """Chaos for these alone, as a series with an end, when they are accepted."""
        with self._lock:
            # A reset may have come first, and nobody accepts what it ended.
            deliveries = [each for each in deliveries if each.state == "queued"]
            if deliveries:
                series = self._new_series(
                    deliveries[0].instance, chaos, arrivals_to_come=len(deliveries)
                )
                self._series_of_claim.update(dict.fromkeys(deliveries, series))

    def start(self, key: str, chaos: Chaos) -> int:
        """Chaos for this instance from now on; how many deliveries earlier chaos let go."""
        with self._lock:
            release_count = self.end(key)
            self._series[key] = self._new_series(key, chaos)
            return release_count

    def end(self, key: str) -> int:
        """Let go what is held of this instance, and leave it alone; how many those are."""
        with self._lock:
            # While chaos still counts as at work: nothing newer may pass these on the way.
            release_count = self._release_all(key)
            self._series.pop(key, None)
            return release_count

    def clear(self, key: str | None = None) -> None:
        """Forget one instance, or all: what is held is abandoned."""
        with self._lock:
            for claimed, series in list(self._series_of_claim.items()):
                if key in (None, series.key):
                    del self._series_of_claim[claimed]
            for series in self._all_series(key):
                for delivery in list(series.held):
                    end(delivery, "abandoned", OLD_WORLD)
                    self._on_change(delivery)
                series.held.clear()
                self._series.pop(series.key, None)
                self._take_entries(series)

    def stop(self) -> None:
        """Let everything go, now and whatever still comes.

        Chaos at work stays listed: a store writes it last, and it goes on after the next start.
        """
        with self._lock:
            self._is_stopped = True
            for key in {series.key for series in self._all_series(None)}:
                self._release_all(key)

    def chaos_of(self, key: str) -> Chaos | None:
        """The chaos at work on this instance; None without any."""
        series = self._series.get(key)
        return series.chaos if series else None

    def chaos_by_key(self) -> list[tuple[str, Chaos]]:
        """Each instance with chaos at work, by its key."""
        with self._lock:
            return [(key, series.chaos) for key, series in self._series.items()]

    def held_deliveries(self, key: str) -> list[Delivery]:
        """What is held of this instance, its redeliveries to come included."""
        with self._lock:
            return [delivery for series in self._all_series(key) for delivery in series.held]

    def next_due(self) -> tuple[float, str] | None:
        """Whose turn is first, and when."""
        with self._lock:
            return (self._agenda[0][0], self._agenda[0][2].key) if self._agenda else None

    def wake(self, key: str, now: float) -> None:
        """Do everything that is due by then."""
        with self._lock, self._departure() as leaving:
            self._run_due(now, leaving)

    def save(self, key: str | None = None) -> tuple[SavedSeries, ...]:
        """All chaos at work, or one instance's, as values."""
        with self._lock:
            turns = [
                turn
                for turn in sorted(self._agenda)
                if key in (None, turn[2].key) and is_pending(turn)
            ]
            at_work = dict.fromkeys((*self._series.values(), *(turn[2] for turn in turns)))
            return tuple(
                series.save(turns, active=self._series.get(series.key) is series)
                for series in at_work
                if key in (None, series.key)
            )

    def rebuild(self, all_saved: Sequence[SavedSeries]) -> list[RebuiltSeries]:
        """The same at work, once `put_back`. ControlRefused for what does not fit together."""
        rebuilt = []
        for index, saved in enumerate(all_saved):
            try:
                rebuilt.append(self._rebuild(saved))
            except (IndexError, ValueError, struct.error, ControlRefused) as error:
                sentence = f"chaos[{index}]: {error}"
                raise ControlRefused(
                    400,
                    f"this state cannot be read: {sentence}; save it again with GET /_mock/state",
                ) from None
        return rebuilt

    def _rebuild(self, saved: SavedSeries) -> RebuiltSeries:
        # Held to the same bounds as a body that asks for it.
        chaos = Chaos.of(saved.chaos.as_json(), seed=saved.chaos.seed)
        series = self._new_series(saved.key, chaos, saved.awaited)
        # Counted elsewhere until it is put back: a state that is refused leaves nothing behind.
        series.held.move_to(Capacity())
        return RebuiltSeries(series, saved.active, series.restore(saved))

    def put_back(self, rebuilt: Sequence[RebuiltSeries], key: str | None = None) -> list[Delivery]:
        """These instead of all others, or of one instance's; what those held is abandoned.

        What is held from now on, for the journal.
        """
        with self._lock:
            self.clear(key)
            for one in rebuilt:
                one.series.held.move_to(self.room)
            entries = [entry for one in rebuilt for entry in one.entries]
            for due, _, series, what, subject in sorted(entries, key=lambda entry: entry[:2]):
                self._schedule(due, series, what, subject)
            self._series.update({one.series.key: one.series for one in rebuilt if one.active})
            return as_recorded(delivery for one in rebuilt for delivery in one.series.held)

    def _new_series(self, key: str, chaos: Chaos, arrivals_to_come: int | None = None) -> Series:
        return Series(
            key,
            chaos,
            schedule=self._schedule,
            copy=self._copies.make,
            on_drop=self._drop,
            arrivals_to_come=arrivals_to_come,
            room=self.room,
        )

    def _all_series(self, key: str | None) -> list[Series]:
        """Every series of chaos at work; whatever is held has an entry in the agenda."""
        series_of_key = dict.fromkeys((*self._series.values(), *(turn[2] for turn in self._agenda)))
        return [series for series in series_of_key if key is None or series.key == key]

    def _schedule(self, due: float, series: Series, what: str, subject: Delivery | EchoKey) -> None:
        heapq.heappush(self._agenda, (due, next(self._order), series, what, subject))
        if len(self._agenda) > ENTRIES_MOST * self.room.count + STALE_MOST:
            self._agenda = [entry for entry in self._agenda if is_pending(entry)]
            heapq.heapify(self._agenda)

    def _release_all(self, key: str) -> int:
        """Let go what is held of this instance; how many those are."""
        now = self._clock.now()
        with self._departure() as leaving:
            for series in self._all_series(key):
                self._release_series(series, now, leaving)
        return len(leaving)

    def _run_due(self, now: float, leaving: Deliveries, *, by_then: bool = True) -> None:
        while self._agenda and (
            self._agenda[0][0] < now or (by_then and self._agenda[0][0] == now)
        ):
            due, _, series, what, subject = heapq.heappop(self._agenda)
            self._run_turn(series, what, subject, due, leaving)

    def _run_turn(
        self,
        series: Series,
        what: str,
        subject: Delivery | EchoKey,
        moment: float,
        leaving: Deliveries,
    ) -> None:
        if not series.holds(subject):
            return
        try:
            series.run_turn(what, subject, moment, leaving)
        except Exception:
            log_failure(log, "our own bug: a turn of the chaos of %s failed", series.key)
            self._let_go(series, leaving)

    def _release_series(self, series: Series, moment: float, leaving: Deliveries) -> None:
        try:
            series.flush(moment, leaving)
            # Flushing may schedule redeliveries; they too go now.
            while entries := self._take_entries(series):
                for *_, what, subject in entries:
                    self._run_turn(series, what, subject, moment, leaving)
                series.flush(moment, leaving)
        except Exception:
            log_failure(log, "our own bug: what is held of %s leaves as it is", series.key)
            self._let_go(series, leaving)

    def _let_go(self, series: Series, leaving: Deliveries) -> None:
        """All of it leaves now: what has failed halfway is not in the place of its next turn."""
        self._take_entries(series)
        series.let_go(leaving)

    def _take_entries(self, series: Series) -> list[Turn]:
        series_entries = sorted(entry for entry in self._agenda if entry[2] is series)
        self._agenda = [entry for entry in self._agenda if entry[2] is not series]
        heapq.heapify(self._agenda)
        return series_entries

    @contextmanager
    def _departure(self) -> Iterator[Deliveries]:
        """What is put there leaves at the end, in order; it is abandoned where that fails."""
        leaving = Deliveries()
        try:
            yield leaving
            # Within the lock: two threads must not overtake each other on the way out.
            self._forward_leaving(leaving)
        except Exception as error:
            self._abandon(leaving, error)
            raise

    def _forward_leaving(self, leaving: Deliveries) -> None:
        # Others may have ended it meanwhile, because of a failure.
        queue = [delivery for delivery in leaving if delivery.state == "queued"]
        if not queue:
            return
        try:
            self._forward(queue)
        except Exception as error:
            log_failure(log, "our own bug: the courier did not take what chaos let go")
            self._abandon(queue, error)

    def _abandon(self, deliveries: Iterable[Delivery], error: Exception) -> None:
        for delivery in deliveries:
            if delivery.state == "queued":
                end(delivery, "abandoned", f"our own bug: {describe(error)}")
                self._on_change(delivery)

    def _drop(self, delivery: Delivery) -> None:
        delivery.reason = delivery.reason or "chaos dropped it, as a network may"
        delivery.state = "dropped"
        self._on_change(delivery)
