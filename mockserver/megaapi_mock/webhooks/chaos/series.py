"""Chaos at work on the deliveries of one instance."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

import orjson

from ...records.delivery import Delivery
from ...store.owed import Capacity
from .chaos_options import Chaos
from .held_deliveries import HeldDeliveries
from .saved_chaos import EchoKey, HeldTurn, SavedSeries, pack_chance, set_chance

# Acknowledgements remembered for the case that they overtook their echo.
ACKS_KEPT = 1_000


Deliveries = list[Delivery]
# What happens at its time, and to which delivery or place: values, so that they can be written.
ARRIVE, WINDOW, BURST, ECHO, AGAIN = "arrive", "window", "crowd", "echo", "again"
Schedule = Callable[[float, "Series", str, "Delivery | EchoKey"], None]
Turn = tuple[float, int, "Series", str, "Delivery | EchoKey"]


class Series:
    """Chaos at work: drop, delay, reorder, early ack, burst, copies, in this order."""

    def __init__(
        self,
        key: str,
        chaos: Chaos,
        *,
        schedule: Schedule,
        copy: Callable[[Delivery, str, float], Delivery | None],
        on_drop: Callable[[Delivery], None],
        arrivals_to_come: int | None = None,
        room: Capacity | None = None,
    ) -> None:
        self.key, self.chaos = key, chaos
        self.held = HeldDeliveries(room or Capacity())
        self._schedule, self._copy, self._on_drop = schedule, copy, on_drop
        # How many are still to come, where that is known: nothing waits for others after them.
        self._awaited = arrivals_to_come
        self._chance = Random(f"{chaos.seed}|{key}")
        # Of its own, so that the hour of a window does not shift who is dropped.
        self._shuffles = Random(f"{chaos.seed}|{key}|reorder")
        self._window: list[Delivery] = []
        self._burst: list[Delivery] = []
        self._echoes: dict[tuple[str, str], list[Delivery]] = {}
        self._acked: OrderedDict[tuple[str, str], None] = OrderedDict()

    def accept(self, delivery: Delivery, leaving: Deliveries) -> None:
        """Take a new delivery; those that may leave now are added to `leaving`."""
        # Always both, so that one seed drops the same ones with and without a delay.
        draw, wait = self._chance.random(), self._chance.uniform(*self.chaos.delay)
        self.held.add(delivery)
        if draw < self.chaos.drop:
            self.held.discard(delivery)
            _note_chaos(delivery, "drop")
            self._on_drop(delivery)
            self._count_arrival(delivery.time, leaving)
        elif wait > 0:
            _note_chaos(delivery, "delay")
            if self._drop_if_full(delivery):
                self._count_arrival(delivery.time, leaving)
            else:
                self._schedule(delivery.time + wait, self, ARRIVE, delivery)
        else:
            self._arrive(delivery, delivery.time, leaving)

    def run_turn(
        self, what: str, subject: Delivery | EchoKey, moment: float, leaving: Deliveries
    ) -> None:
        """Do what was scheduled; the deliveries that may leave now are added to `leaving`."""
        if isinstance(subject, tuple):
            self._release_echoes(subject, moment, leaving)
        elif what == ARRIVE:
            self._arrive(subject, moment, leaving)
        elif what == AGAIN:
            self.held.discard(subject)
            subject.left = moment
            leaving.append(subject)
        # The first one's patience; those after it have waited less when it ends.
        elif what == WINDOW and subject in self._window:
            self._release_window(moment, leaving)
        elif what == BURST and subject in self._burst:
            self._release_burst(moment, leaving)

    def holds(self, subject: Delivery | EchoKey) -> bool:
        """Whether this delivery, or anything for this place, is still held here."""
        return subject in (self._echoes if isinstance(subject, tuple) else self.held)

    def flush(self, moment: float, leaving: Deliveries) -> None:
        """Nobody waits for others any longer."""
        self._release_window(moment, leaving)
        for place in list(self._echoes):
            self._release_echoes(place, moment, leaving)
        self._release_burst(moment, leaving)

    def let_go(self, leaving: Deliveries) -> None:
        """Everything that is held leaves, without any chaos."""
        self._window.clear()
        self._burst.clear()
        self._echoes.clear()
        for delivery in list(self.held):
            if delivery not in leaving:
                leaving.append(delivery)
            self.held.discard(delivery)

    def save(self, turns: Sequence[Turn], *, active: bool) -> SavedSeries:
        """As it is now, as values; `turns` are those of the agenda, in order, of any series."""
        numbers = {delivery: number for number, delivery in enumerate(self.held)}
        return SavedSeries(
            key=self.key,
            chaos=self.chaos,
            active=active,
            awaited=self._awaited,
            chance=pack_chance(self._chance),
            shuffles=pack_chance(self._shuffles),
            # As they are now: whoever is let go meanwhile comes further.
            held=tuple(replace(each, attempts=list(each.attempts)) for each in self.held),
            window=tuple(numbers[delivery] for delivery in self._window),
            crowd=tuple(numbers[delivery] for delivery in self._burst),
            echoes=tuple(
                (place, tuple(numbers[delivery] for delivery in waiting))
                for place, waiting in self._echoes.items()
            ),
            acked=tuple(self._acked),
            agenda=tuple(self._turns(numbers, turns)),
        )

    def _turns(self, numbers: dict[Delivery, int], turns: Sequence[Turn]) -> Iterator[HeldTurn]:
        for rank, (due, _, owner, what, subject) in enumerate(turns):
            if owner is not self:
                continue
            if isinstance(subject, tuple):
                yield HeldTurn(due, rank, what, place=subject)
            else:
                yield HeldTurn(due, rank, what, delivery=numbers[subject])

    def restore(self, saved: SavedSeries) -> tuple[Turn, ...]:
        """Go on where that was saved; its turns of the agenda. ValueError for what does not fit."""
        deliveries = saved.held
        self.held.restore(deliveries)
        self._window = [_held(deliveries, number) for number in saved.window]
        self._burst = [_held(deliveries, number) for number in saved.crowd]
        self._echoes = {
            place: [_held(deliveries, number) for number in them] for place, them in saved.echoes
        }
        self._acked.update(dict.fromkeys(saved.acked))
        set_chance(self._chance, saved.chance)
        set_chance(self._shuffles, saved.shuffles)
        return tuple(self._entry(turn, deliveries) for turn in saved.agenda)

    def _entry(self, turn: HeldTurn, deliveries: Sequence[Delivery]) -> Turn:
        subject = turn.place if turn.delivery is None else _held(deliveries, turn.delivery)
        if subject is None:
            raise ValueError(f"the turn {turn.order} is about nothing")
        return turn.due, turn.order, self, turn.what, subject

    def _count_arrival(self, moment: float, leaving: Deliveries) -> None:
        if self._awaited is not None:
            self._awaited -= 1
            if self._awaited == 0:
                self.flush(moment, leaving)

    def _arrive(self, delivery: Delivery, moment: float, leaving: Deliveries) -> None:
        if self.chaos.reorder > 1:
            self._wait_in(self._window, WINDOW, delivery, moment)
            if len(self._window) >= self.chaos.reorder:
                self._release_window(moment, leaving)
        else:
            self._after_ack(delivery, moment, leaving)
        self._count_arrival(moment, leaving)

    def _wait_in(self, place: list[Delivery], what: str, delivery: Delivery, moment: float) -> None:
        if self._drop_if_full(delivery):
            return
        place.append(delivery)
        if len(place) == 1:
            self._schedule(moment + self.chaos.hold, self, what, delivery)

    def _release_window(self, moment: float, leaving: Deliveries) -> None:
        window = self._window[:]
        self._window.clear()
        before = window[:]
        self._shuffles.shuffle(window)
        if window == before:
            window.reverse()
        for delivery in window:
            if len(window) > 1:
                _note_chaos(delivery, "reorder")
            self._after_ack(delivery, moment, leaving)

    def _after_ack(self, delivery: Delivery, moment: float, leaving: Deliveries) -> None:
        """An own message waits until its first acknowledgement is out."""
        kind, message_id = _order_key(delivery) if self.chaos.early_ack else ("", "")
        place = (delivery.lane, message_id)
        if kind == "echo" and place not in self._acked:
            _note_chaos(delivery, "early_ack")
            if self._drop_if_full(delivery):
                return
            self._echoes.setdefault(place, []).append(delivery)
            self._schedule(moment + self.chaos.hold, self, ECHO, place)
            return
        self._let_into_burst(delivery, moment, leaving)
        if kind == "ack":
            self._acked[place] = None
            if len(self._acked) > ACKS_KEPT:
                self._acked.popitem(last=False)
            self._release_echoes(place, moment, leaving)

    def _release_echoes(self, place: tuple[str, str], moment: float, leaving: Deliveries) -> None:
        for echo in self._echoes.pop(place, ()):
            self._let_into_burst(echo, moment, leaving)

    def _let_into_burst(self, delivery: Delivery, moment: float, leaving: Deliveries) -> None:
        if self.chaos.burst <= 1:
            self._leave(delivery, moment, leaving)
            return
        self._wait_in(self._burst, BURST, delivery, moment)
        if len(self._burst) >= self.chaos.burst:
            self._release_burst(moment, leaving)

    def _release_burst(self, moment: float, leaving: Deliveries) -> None:
        """All at once, each chat along a lane of its own: side by side, yet in order in a chat."""
        burst = self._burst[:]
        self._burst.clear()
        for delivery in burst:
            _note_chaos(delivery, "burst")
            delivery.lane = f"{delivery.lane}#{_chat(delivery)}"
            self._leave(delivery, moment, leaving)

    def _leave(self, delivery: Delivery, moment: float, leaving: Deliveries) -> None:
        self.held.discard(delivery)
        delivery.left = moment
        leaving.append(delivery)
        for _ in range(self.chaos.duplicate - 1):
            if copy := self._copy(delivery, f"duplicate of {delivery.id}", moment):
                leaving.append(copy)
        if self.chaos.redeliver > 0 and (
            copy := self._copy(delivery, f"redelivery of {delivery.id}", moment)
        ):
            self.held.add(copy)
            if not self._drop_if_full(copy):
                self._schedule(moment + self.chaos.redeliver, self, AGAIN, copy)

    def _drop_if_full(self, delivery: Delivery) -> bool:
        """Drop what would have to wait here, when more is held already than may be."""
        room = self.held.room
        if not room.is_over:
            return False
        delivery.reason = f"{room.count - 1} deliveries are held back already: nothing more can be"
        self.held.discard(delivery)
        self._on_drop(delivery)
        return True


def _note_chaos(delivery: Delivery, what: str) -> None:
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


def _held(deliveries: Sequence[Delivery], number: int) -> Delivery:
    """The held delivery with this number; ValueError when there is none."""
    if not 0 <= number < len(deliveries):
        raise ValueError(f"no delivery that is held has the number {number}")
    return deliveries[number]
