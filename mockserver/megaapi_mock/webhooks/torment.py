"""Torment: what networks and gateways do to webhooks, on request, seeded and repeatable."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import Any, Protocol

import orjson

from ..clock import Clock
from ..errors import ControlRefused
from .delivery import Delivery

COPIES_MOST = 100
CROWD_MOST = 5_000
SECONDS_MOST = 86_400.0
# Acknowledgements remembered for the case that they overtook their echo.
ACKS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Torment:
    """What is done to each delivery of a series; every default leaves it as it is.

    `hold` bounds how long a delivery waits for others: for a burst, a window, an early ack.
    """

    duplicate: int = 1
    drop: float = 0.0
    reorder: int = 1
    delay: tuple[float, float] = (0.0, 0.0)
    burst: int = 1
    redeliver: float = 0.0
    early_ack: bool = False
    hold: float = 10.0
    seed: int = 0

    @classmethod
    def of(cls, wishes: Mapping[str, Any], *, seed: int) -> Torment:
        """What a body asks for; `seed` where it names none. ControlRefused says what cannot be."""
        names = [field.name for field in fields(cls)]
        given = {name: value for name, value in wishes.items() if value is not None}
        for name, value in given.items():
            if name not in names:
                raise ControlRefused(400, f"{name}: no such torment; there are {', '.join(names)}")
            if not _FITS[name](value):
                raise ControlRefused(400, f"{name}: must be {_IN_WORDS[name]}")
        if "delay" in given:
            given["delay"] = (float(given["delay"][0]), float(given["delay"][1]))
        return cls(**{"seed": seed, **given})

    def as_json(self) -> dict[str, Any]:
        """As the side door shows it."""
        return {
            field.name: list(value) if isinstance(value, tuple) else value
            for field in fields(self)
            for value in [getattr(self, field.name)]
        }


def _count(most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and 1 <= value <= most


def _number(value: Any, most: float) -> bool:
    return type(value) in (int, float) and 0 <= value <= most


def _range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_number(bound, SECONDS_MOST) for bound in value)
        and value[0] <= value[1]
    )


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "duplicate": _count(COPIES_MOST),
    "drop": lambda value: _number(value, 1),
    "reorder": _count(CROWD_MOST),
    "delay": _range,
    "burst": _count(CROWD_MOST),
    "redeliver": lambda value: _number(value, SECONDS_MOST),
    "early_ack": lambda value: isinstance(value, bool),
    "hold": lambda value: _number(value, SECONDS_MOST),
    "seed": lambda value: type(value) is int,
}
_SECONDS_IN_WORDS = f"seconds from 0 to {SECONDS_MOST:.0f}"
_IN_WORDS: Mapping[str, str] = {
    "duplicate": f"how often each leaves in all, 1 to {COPIES_MOST}",
    "drop": "a share from 0 to 1",
    "reorder": f"a window of 1 to {CROWD_MOST} deliveries",
    "delay": f"[least, most] in {_SECONDS_IN_WORDS}",
    "burst": f"a number of deliveries, 1 to {CROWD_MOST}",
    "redeliver": _SECONDS_IN_WORDS,
    "early_ack": "true or false",
    "hold": _SECONDS_IN_WORDS,
    "seed": "a whole number",
}


class Records(Protocol):
    """The part of the journal that copies need."""

    def next_id(self, prefix: str, owner: str | None) -> str:
        """A new id of this owner."""

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what is owed from now on."""


Out = list[Delivery]
# What happens at its time; whatever may leave then is added to the list.
Action = Callable[[float, Out], None]
Later = Callable[[float, "_Series", Action], None]


class _Series:
    """One torment at work: drop, delay, reorder, early ack, burst, copies, in this order."""

    def __init__(
        self,
        key: str,
        torment: Torment,
        *,
        later: Later,
        copy: Callable[[Delivery, str, float], Delivery],
        dropped: Callable[[Delivery], None],
        awaited: int | None = None,
    ) -> None:
        self.key, self.torment = key, torment
        self.held: dict[Delivery, None] = {}
        self._later, self._copy, self._dropped = later, copy, dropped
        # How many are still to come, where that is known: nothing waits for others after them.
        self._awaited = awaited
        self._chance = Random(f"{torment.seed}|{key}")
        # Of its own, so that the hour of a window does not shift who is dropped.
        self._shuffles = Random(f"{torment.seed}|{key}|reorder")
        self._window: list[Delivery] = []
        self._crowd: list[Delivery] = []
        self._echoes: dict[tuple[str, str], list[Delivery]] = {}
        self._acked: OrderedDict[tuple[str, str], None] = OrderedDict()

    def take(self, delivery: Delivery, out: Out) -> None:
        """A new delivery; what may leave by that is added to `out`."""
        # Always both, so that one seed drops the same ones with and without a delay.
        fate, wait = self._chance.random(), self._chance.uniform(*self.torment.delay)
        self.held[delivery] = None
        if fate < self.torment.drop:
            del self.held[delivery]
            _mark(delivery, "drop")
            self._dropped(delivery)
            self._one_less(delivery.time, out)
        elif wait > 0:
            _mark(delivery, "delay")
            due = delivery.time + wait
            self._later(due, self, lambda at, out: self._arrive(delivery, at, out))
        else:
            self._arrive(delivery, delivery.time, out)

    def flush(self, at: float, out: Out) -> None:
        """Nobody waits for others any longer."""
        self._shuffle(at, out)
        for place in list(self._echoes):
            self._release(place, at, out)
        self._burst(at, out)

    def _one_less(self, at: float, out: Out) -> None:
        if self._awaited is not None:
            self._awaited -= 1
            if self._awaited == 0:
                self.flush(at, out)

    def _arrive(self, delivery: Delivery, at: float, out: Out) -> None:
        if self.torment.reorder > 1:
            self._wait_in(self._window, self._shuffle, delivery, at)
            if len(self._window) >= self.torment.reorder:
                self._shuffle(at, out)
        else:
            self._after_ack(delivery, at, out)
        self._one_less(at, out)

    def _wait_in(self, place: list[Delivery], empty: Action, delivery: Delivery, at: float) -> None:
        place.append(delivery)
        if len(place) == 1:
            # The first one's patience; those after it have waited less when it ends.
            def expire(at: float, out: Out) -> None:
                if delivery in place:
                    empty(at, out)

            self._later(at + self.torment.hold, self, expire)

    def _shuffle(self, at: float, out: Out) -> None:
        window = self._window[:]
        self._window.clear()
        before = window[:]
        self._shuffles.shuffle(window)
        if window == before:
            window.reverse()
        for delivery in window:
            if len(window) > 1:
                _mark(delivery, "reorder")
            self._after_ack(delivery, at, out)

    def _after_ack(self, delivery: Delivery, at: float, out: Out) -> None:
        """An own message waits until its first acknowledgement is out."""
        kind, message_id = _told(delivery) if self.torment.early_ack else ("", "")
        place = (delivery.lane, message_id)
        if kind == "echo" and place not in self._acked:
            _mark(delivery, "early_ack")
            self._echoes.setdefault(place, []).append(delivery)
            due = at + self.torment.hold
            self._later(due, self, lambda at, out: self._release(place, at, out))
            return
        self._crowded(delivery, at, out)
        if kind == "ack":
            self._acked[place] = None
            if len(self._acked) > ACKS_KEPT:
                self._acked.popitem(last=False)
            self._release(place, at, out)

    def _release(self, place: tuple[str, str], at: float, out: Out) -> None:
        for echo in self._echoes.pop(place, ()):
            self._crowded(echo, at, out)

    def _crowded(self, delivery: Delivery, at: float, out: Out) -> None:
        if self.torment.burst <= 1:
            self._leave(delivery, at, out)
            return
        self._wait_in(self._crowd, self._burst, delivery, at)
        if len(self._crowd) >= self.torment.burst:
            self._burst(at, out)

    def _burst(self, at: float, out: Out) -> None:
        """All at once, each chat along a lane of its own: side by side, yet in order in a chat."""
        crowd = self._crowd[:]
        self._crowd.clear()
        for delivery in crowd:
            _mark(delivery, "burst")
            delivery.lane = f"{delivery.lane}#{_chat(delivery)}"
            self._leave(delivery, at, out)

    def _leave(self, delivery: Delivery, at: float, out: Out) -> None:
        self.held.pop(delivery, None)
        out.append(delivery)
        for _ in range(self.torment.duplicate - 1):
            out.append(self._copy(delivery, f"duplicate of {delivery.id}", at))
        if self.torment.redeliver > 0:
            again = self._copy(delivery, f"redelivery of {delivery.id}", at)
            self.held[again] = None

            def redeliver(at: float, out: Out) -> None:
                self.held.pop(again, None)
                out.append(again)

            self._later(at + self.torment.redeliver, self, redeliver)


class Tormentor:
    """Stands before the courier; whoever is not tormented passes untouched.

    What is held is in the journal as queued. `due_earlier` is called when something here is due
    before all else here.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Records,
        forward: Callable[[Sequence[Delivery]], None],
        changed: Callable[[Delivery], None],
    ) -> None:
        self._clock, self._journal = clock, journal
        self._forward, self._changed = forward, changed
        self.due_earlier: Callable[[], None] = lambda: None
        # Reentrant: `changed` is foreign code and may stop the app.
        self._lock = threading.RLock()
        self._series: dict[str, _Series] = {}
        self._claimed: dict[Delivery, _Series] = {}
        self._agenda: list[tuple[float, int, _Series, Action]] = []
        self._order = itertools.count()

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries over, in order; returns at once."""
        if not self._series and not self._claimed:
            self._forward(deliveries)
            return
        with self._lock:
            before, out = self.next_due(), Out()
            for delivery in deliveries:
                series = self._claimed.pop(delivery, None) or self._series.get(delivery.instance)
                if series is None:
                    out.append(delivery)
                else:
                    series.take(delivery, out)
            self._run_due(out)
            self._let_out(out)
            after = self.next_due()
        # Without the lock: the timers ask for next_due while they hold their own.
        if after is not None and (before is None or after < before):
            self.due_earlier()

    def claim(self, deliveries: Sequence[Delivery], torment: Torment) -> None:
        """These alone are tormented so, as a series with an end, when they are accepted."""
        with self._lock:
            if deliveries:
                series = self._new(deliveries[0].instance, torment, awaited=len(deliveries))
                self._claimed.update(dict.fromkeys(deliveries, series))

    def start(self, key: str, torment: Torment) -> int:
        """Torment this instance from now on; how many an earlier torment of it let go."""
        with self._lock:
            released = self.end(key)
            self._series[key] = self._new(key, torment)
            return released

    def end(self, key: str) -> int:
        """Let go what is held of this instance, and leave it alone; how many those are."""
        with self._lock:
            out = Out()
            at = self._clock.now()
            for series in self._of(key):
                self._let_go(series, at, out)
            # While it still counts as tormented: nothing newer may pass these on the way.
            self._let_out(out)
            self._series.pop(key, None)
            return len(out)

    def clear(self, key: str | None = None) -> None:
        """Forget one instance, or all: what is held is abandoned."""
        with self._lock:
            for series in self._of(key):
                for delivery in list(series.held):
                    delivery.reason = "a reset came while it was held by torment"
                    delivery.state = "abandoned"
                    self._changed(delivery)
                series.held.clear()
                self._series.pop(series.key, None)
                self._take_entries(series)

    def stop(self) -> None:
        """Let everything go, and torment nobody any more."""
        with self._lock:
            for key in {series.key for series in self._of(None)}:
                self.end(key)

    def torment_of(self, key: str) -> Torment | None:
        """What this instance suffers."""
        series = self._series.get(key)
        return series.torment if series else None

    def held(self, key: str) -> list[Delivery]:
        """What is held of this instance, its redeliveries to come included."""
        with self._lock:
            return [delivery for series in self._of(key) for delivery in series.held]

    def next_due(self) -> tuple[float, str] | None:
        """Whose turn is first, and when."""
        with self._lock:
            return (self._agenda[0][0], self._agenda[0][2].key) if self._agenda else None

    def wake(self, key: str) -> None:
        """Do everything that is due by now."""
        with self._lock:
            out = Out()
            self._run_due(out)
            self._let_out(out)

    def _new(self, key: str, torment: Torment, awaited: int | None = None) -> _Series:
        return _Series(
            key,
            torment,
            later=self._later,
            copy=self._copy,
            dropped=self._drop,
            awaited=awaited,
        )

    def _of(self, key: str | None) -> list[_Series]:
        """Every series that torments or holds; whatever is held has an entry in the agenda."""
        found = dict.fromkeys((*self._series.values(), *(entry[2] for entry in self._agenda)))
        return [series for series in found if key is None or series.key == key]

    def _later(self, due: float, series: _Series, action: Action) -> None:
        heapq.heappush(self._agenda, (due, next(self._order), series, action))

    def _run_due(self, out: Out) -> None:
        now = self._clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            due, _, _, action = heapq.heappop(self._agenda)
            action(due, out)

    def _let_go(self, series: _Series, at: float, out: Out) -> None:
        series.flush(at, out)
        # Flushing may schedule redeliveries; they too go now.
        while entries := self._take_entries(series):
            for _, _, _, action in entries:
                action(at, out)
            series.flush(at, out)

    def _take_entries(self, series: _Series) -> list[tuple[float, int, _Series, Action]]:
        taken = sorted(entry for entry in self._agenda if entry[2] is series)
        self._agenda = [entry for entry in self._agenda if entry[2] is not series]
        heapq.heapify(self._agenda)
        return taken

    def _let_out(self, out: Out) -> None:
        # Within the lock: two threads must not overtake each other on the way out.
        if out:
            self._forward(out)

    def _copy(self, delivery: Delivery, mark: str, at: float) -> Delivery:
        made = self._journal.next_id("d", delivery.instance)
        copy = Delivery(
            id=made,
            time=at,
            instance=delivery.instance,
            event=delivery.event,
            message_type=delivery.message_type,
            url=delivery.url,
            body=delivery.body,
            lane=f"{delivery.lane}#{made}",
            torment=mark,
        )
        self._journal.add_deliveries([copy])
        return copy

    def _drop(self, delivery: Delivery) -> None:
        delivery.reason = "torment dropped it, as a network may"
        delivery.state = "dropped"
        self._changed(delivery)


def _mark(delivery: Delivery, what: str) -> None:
    delivery.torment = what if delivery.torment is None else f"{delivery.torment}, {what}"


def _told(delivery: Delivery) -> tuple[str, str]:
    """("echo" or "ack", message id) of an own message; ("", "") of everything else."""
    payload = orjson.loads(delivery.body)
    key = payload.get("key")
    if not isinstance(key, dict) or not key.get("fromMe"):
        return "", ""
    return ("ack" if "update" in payload else "echo"), str(key.get("id"))


def _chat(delivery: Delivery) -> str:
    payload = orjson.loads(delivery.body)
    key = payload.get("key")
    return str(key.get("remoteJid")) if isinstance(key, dict) else ""
