"""Chaos at work as plain values: what is held, what waits for what, and how chance goes on."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from random import Random

from ...errors import ControlRefused
from ...records.capacity import Capacity
from ...records.delivery import Delivery
from .dispatcher import ChaosDispatcher, matters
from .series import Chaos, Entry, Place, Series

# Python's Mersenne Twister: 624 words and the place among them.
_CHANCE = struct.Struct("<625I")
_CHANCE_VERSION = 3


@dataclass(frozen=True, slots=True)
class HeldTurn:
    """One turn: `order` is its place among all turns, `delivery` an index into what is held."""

    due: float
    order: int
    what: str
    delivery: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class SavedSeries:
    """chaos of one instance; numbers are indexes into `held`.

    `active` says that it goes on with what is new; without it, it ends with what it holds.
    """

    key: str
    chaos: Chaos
    active: bool
    awaited: int | None
    chance: bytes
    shuffles: bytes
    held: tuple[Delivery, ...]
    window: tuple[int, ...]
    crowd: tuple[int, ...]
    echoes: tuple[tuple[Place, tuple[int, ...]], ...]
    acked: tuple[Place, ...]
    agenda: tuple[HeldTurn, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A series with its turns, ready to be put to work by `put_back`."""

    series: Series
    active: bool
    entries: tuple[Entry, ...]


def save(chaos_dispatcher: ChaosDispatcher, key: str | None) -> tuple[SavedSeries, ...]:
    """All chaos at work, or one instance's."""
    with chaos_dispatcher._lock:
        turns = [
            turn
            for turn in sorted(chaos_dispatcher._agenda)
            if key in (None, turn[2].key) and matters(turn)
        ]
        at_work = dict.fromkeys((*chaos_dispatcher._series.values(), *(turn[2] for turn in turns)))
        return tuple(
            _save_series(chaos_dispatcher, series, turns)
            for series in at_work
            if key in (None, series.key)
        )


def rebuild(
    chaos_dispatcher: ChaosDispatcher, all_series: tuple[SavedSeries, ...]
) -> list[Rebuilt]:
    """The same at work again, once `put_back`. ControlRefused for what does not fit together."""
    chaos_list = []
    for index, series in enumerate(all_series):
        try:
            chaos_list.append(_rebuild_series(chaos_dispatcher, series))
        except (IndexError, ValueError, struct.error, ControlRefused) as error:
            sentence = f"chaos[{index}]: {error}"
            raise ControlRefused(
                400, f"this state cannot be read: {sentence}; save it again with GET /_mock/state"
            ) from None
    return chaos_list


def put_back(
    chaos_dispatcher: ChaosDispatcher, rebuilt: list[Rebuilt], key: str | None
) -> list[Delivery]:
    """These chaos instead of all others, or of one instance's; what those held is abandoned.

    What is held from now on, for the journal.
    """
    with chaos_dispatcher._lock:
        chaos_dispatcher.clear(key)
        for one in rebuilt:
            one.series.held.move_to(chaos_dispatcher._room)
        entries = [entry for one in rebuilt for entry in one.entries]
        for due, _, series, what, subject in sorted(entries, key=lambda entry: entry[:2]):
            chaos_dispatcher._later(due, series, what, subject)
        for one in rebuilt:
            if one.active:
                chaos_dispatcher._series[one.series.key] = one.series
        held_again = [delivery for one in rebuilt for delivery in one.series.held]
        return _as_recorded(held_again)


def _as_recorded(deliveries: list[Delivery]) -> list[Delivery]:
    """In the order they came: of one instance by number, whatever time a copy carries."""
    latest: dict[str, float] = {}
    places: dict[Delivery, float] = {}
    in_order = sorted(deliveries, key=_number)
    for delivery in in_order:
        places[delivery] = max(delivery.time, latest.get(delivery.instance, 0.0))
        latest[delivery.instance] = places[delivery]
    return sorted(in_order, key=places.__getitem__)


def _number(delivery: Delivery) -> int:
    """The number in `d12.megacode-TESTKEY0001`."""
    digits = delivery.id.partition(".")[0].removeprefix("d")
    return int(digits) if digits.isdigit() else 0


def _save_series(
    chaos_dispatcher: ChaosDispatcher, series: Series, turns: list[Entry]
) -> SavedSeries:
    numbers = {delivery: number for number, delivery in enumerate(series.held)}
    return SavedSeries(
        key=series.key,
        chaos=series.chaos,
        active=chaos_dispatcher._series.get(series.key) is series,
        awaited=series._awaited,
        chance=_chance(series._chance),
        shuffles=_chance(series._shuffles),
        # As they are now: whoever is let go meanwhile comes further.
        held=tuple(replace(each, attempts=list(each.attempts)) for each in series.held),
        window=tuple(numbers[delivery] for delivery in series._window),
        crowd=tuple(numbers[delivery] for delivery in series._crowd),
        echoes=tuple(
            (place, tuple(numbers[delivery] for delivery in waiting))
            for place, waiting in series._echoes.items()
        ),
        acked=tuple(series._acked),
        agenda=tuple(_turns(series, numbers, turns)),
    )


def _turns(series: Series, number_of: dict[Delivery, int], turns: list[Entry]) -> list[HeldTurn]:
    waiting = []
    for rank, (due, _, owner, what, subject) in enumerate(turns):
        if owner is not series:
            continue
        if isinstance(subject, tuple):
            waiting.append(HeldTurn(due, rank, what, place=subject))
        else:
            waiting.append(HeldTurn(due, rank, what, delivery=number_of[subject]))
    return waiting


def _rebuild_series(chaos_dispatcher: ChaosDispatcher, saved_series: SavedSeries) -> Rebuilt:
    # Held to the same bounds as a body that asks for it.
    chaos = Chaos.of(saved_series.chaos.as_json(), seed=saved_series.chaos.seed)
    series = chaos_dispatcher._new(saved_series.key, chaos, saved_series.awaited)
    held_deliveries = saved_series.held
    # Counted elsewhere until it is put back: a state that is refused leaves nothing behind.
    series.held.move_to(Capacity())
    series.held.restore(held_deliveries)
    series._window = [held_deliveries[number] for number in saved_series.window]
    series._crowd = [held_deliveries[number] for number in saved_series.crowd]
    series._echoes = {
        place: [held_deliveries[number] for number in them] for place, them in saved_series.echoes
    }
    series._acked.update(dict.fromkeys(saved_series.acked))
    _set_chance(series._chance, saved_series.chance)
    _set_chance(series._shuffles, saved_series.shuffles)
    entries: list[Entry] = []
    for turn in saved_series.agenda:
        subject = turn.place if turn.delivery is None else held_deliveries[turn.delivery]
        if subject is None:
            raise ValueError(f"the turn {turn.order} is about nothing")
        entries.append((turn.due, turn.order, series, turn.what, subject))
    return Rebuilt(series, saved_series.active, tuple(entries))


def _chance(chance: Random) -> bytes:
    return _CHANCE.pack(*chance.getstate()[1])


def _set_chance(chance: Random, state: bytes) -> None:
    chance.setstate((_CHANCE_VERSION, _CHANCE.unpack(state), None))
