"""Chaos: what networks and gateways do to webhooks, as it is wished and as it is done."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any

import orjson

from ...errors import ControlRefused
from ...records.capacity import Capacity, Held
from ...records.delivery import Delivery

COPIES_MOST = 100
CROWD_MOST = 5_000
SECONDS_MOST = 86_400.0
# Acknowledgements remembered for the case that they overtook their echo.
ACKS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Chaos:
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
    def of(cls, wishes: Mapping[str, Any], *, seed: int) -> Chaos:
        """What a body asks for; `seed` where it names none. ControlRefused says what cannot be."""
        names = [field.name for field in fields(cls)]
        options = {name: value for name, value in wishes.items() if value is not None}
        for name, value in options.items():
            if name not in names:
                raise ControlRefused(
                    400, f"{name}: no such kind of chaos; there are {', '.join(names)}"
                )
            if not _FITS[name](value):
                raise ControlRefused(400, f"{name}: must be {_IN_WORDS[name]}")
        if "delay" in options:
            options["delay"] = (float(options["delay"][0]), float(options["delay"][1]))
        return cls(**{"seed": seed, **options})

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it."""
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
        and all(_number(limit, SECONDS_MOST) for limit in value)
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


Out = list[Delivery]
# The lane and the message of an own message that waits for its acknowledgement.
Place = tuple[str, str]
# What happens at its time, and to which delivery or place: values, so that they can be written.
ARRIVE, WINDOW, CROWD, ECHO, AGAIN = "arrive", "window", "crowd", "echo", "again"
Later = Callable[[float, "Series", str, "Delivery | Place"], None]
Entry = tuple[float, int, "Series", str, "Delivery | Place"]


class Series:
    """chaos at work: drop, delay, reorder, early ack, burst, copies, in this order."""

    def __init__(
        self,
        key: str,
        chaos: Chaos,
        *,
        later: Later,
        copy: Callable[[Delivery, str, float], Delivery],
        on_drop: Callable[[Delivery], None],
        arrivals_to_come: int | None = None,
        room: Capacity | None = None,
    ) -> None:
        self.key, self.chaos = key, chaos
        self.held = Held(room or Capacity())
        self._later, self._copy, self._on_drop = later, copy, on_drop
        # How many are still to come, where that is known: nothing waits for others after them.
        self._awaited = arrivals_to_come
        self._chance = Random(f"{chaos.seed}|{key}")
        # Of its own, so that the hour of a window does not shift who is dropped.
        self._shuffles = Random(f"{chaos.seed}|{key}|reorder")
        self._window: list[Delivery] = []
        self._crowd: list[Delivery] = []
        self._echoes: dict[tuple[str, str], list[Delivery]] = {}
        self._acked: OrderedDict[tuple[str, str], None] = OrderedDict()

    def take(self, delivery: Delivery, out: Out) -> None:
        """A new delivery; what may leave by that is added to `out`."""
        # Always both, so that one seed drops the same ones with and without a delay.
        fate, wait = self._chance.random(), self._chance.uniform(*self.chaos.delay)
        self.held.add(delivery)
        if fate < self.chaos.drop:
            self.held.discard(delivery)
            _mark(delivery, "drop")
            self._on_drop(delivery)
            self._one_less(delivery.time, out)
        elif wait > 0:
            _mark(delivery, "delay")
            if self._turned_away(delivery):
                self._one_less(delivery.time, out)
            else:
                self._later(delivery.time + wait, self, ARRIVE, delivery)
        else:
            self._arrive(delivery, delivery.time, out)

    def happen(self, what: str, subject: Delivery | Place, moment: float, out: Out) -> None:
        """Something that was put off is due; what may leave by that is added to `out`."""
        if isinstance(subject, tuple):
            self._release(subject, moment, out)
        elif what == ARRIVE:
            self._arrive(subject, moment, out)
        elif what == AGAIN:
            self.held.discard(subject)
            subject.left = moment
            out.append(subject)
        # The first one's patience; those after it have waited less when it ends.
        elif what == WINDOW and subject in self._window:
            self._shuffle(moment, out)
        elif what == CROWD and subject in self._crowd:
            self._burst(moment, out)

    def flush(self, moment: float, out: Out) -> None:
        """Nobody waits for others any longer."""
        self._shuffle(moment, out)
        for place in list(self._echoes):
            self._release(place, moment, out)
        self._burst(moment, out)

    def _one_less(self, moment: float, out: Out) -> None:
        if self._awaited is not None:
            self._awaited -= 1
            if self._awaited == 0:
                self.flush(moment, out)

    def _arrive(self, delivery: Delivery, moment: float, out: Out) -> None:
        if self.chaos.reorder > 1:
            self._wait_in(self._window, WINDOW, delivery, moment)
            if len(self._window) >= self.chaos.reorder:
                self._shuffle(moment, out)
        else:
            self._after_ack(delivery, moment, out)
        self._one_less(moment, out)

    def _wait_in(self, place: list[Delivery], what: str, delivery: Delivery, moment: float) -> None:
        if self._turned_away(delivery):
            return
        place.append(delivery)
        if len(place) == 1:
            self._later(moment + self.chaos.hold, self, what, delivery)

    def _shuffle(self, moment: float, out: Out) -> None:
        window = self._window[:]
        self._window.clear()
        before = window[:]
        self._shuffles.shuffle(window)
        if window == before:
            window.reverse()
        for delivery in window:
            if len(window) > 1:
                _mark(delivery, "reorder")
            self._after_ack(delivery, moment, out)

    def _after_ack(self, delivery: Delivery, moment: float, out: Out) -> None:
        """An own message waits until its first acknowledgement is out."""
        kind, message_id = _order_key(delivery) if self.chaos.early_ack else ("", "")
        place = (delivery.lane, message_id)
        if kind == "echo" and place not in self._acked:
            _mark(delivery, "early_ack")
            if self._turned_away(delivery):
                return
            self._echoes.setdefault(place, []).append(delivery)
            self._later(moment + self.chaos.hold, self, ECHO, place)
            return
        self._let_into_crowd(delivery, moment, out)
        if kind == "ack":
            self._acked[place] = None
            if len(self._acked) > ACKS_KEPT:
                self._acked.popitem(last=False)
            self._release(place, moment, out)

    def _release(self, place: tuple[str, str], moment: float, out: Out) -> None:
        for echo in self._echoes.pop(place, ()):
            self._let_into_crowd(echo, moment, out)

    def _let_into_crowd(self, delivery: Delivery, moment: float, out: Out) -> None:
        if self.chaos.burst <= 1:
            self._leave(delivery, moment, out)
            return
        self._wait_in(self._crowd, CROWD, delivery, moment)
        if len(self._crowd) >= self.chaos.burst:
            self._burst(moment, out)

    def _burst(self, moment: float, out: Out) -> None:
        """All at once, each chat along a lane of its own: side by side, yet in order in a chat."""
        crowd = self._crowd[:]
        self._crowd.clear()
        for delivery in crowd:
            _mark(delivery, "burst")
            delivery.lane = f"{delivery.lane}#{_chat(delivery)}"
            self._leave(delivery, moment, out)

    def _leave(self, delivery: Delivery, moment: float, out: Out) -> None:
        self.held.discard(delivery)
        delivery.left = moment
        out.append(delivery)
        for _ in range(self.chaos.duplicate - 1):
            out.append(self._copy(delivery, f"duplicate of {delivery.id}", moment))
        if self.chaos.redeliver > 0:
            redelivery = self._copy(delivery, f"redelivery of {delivery.id}", moment)
            self.held.add(redelivery)
            if not self._turned_away(redelivery):
                self._later(moment + self.chaos.redeliver, self, AGAIN, redelivery)

    def _turned_away(self, delivery: Delivery) -> bool:
        """Drop what would have to wait here, when more is held already than may be."""
        room = self.held.room
        if not room.is_over:
            return False
        delivery.reason = f"{room.count - 1} deliveries are held back already: nothing more can be"
        self.held.discard(delivery)
        self._on_drop(delivery)
        return True


def _mark(delivery: Delivery, what: str) -> None:
    delivery.chaos = what if delivery.chaos is None else f"{delivery.chaos}, {what}"


def _order_key(delivery: Delivery) -> tuple[str, str]:
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
