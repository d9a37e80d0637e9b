"""Chaos at work as plain values: what is held, what waits for what, and how chance goes on."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from ...records.delivery import Delivery
from .chaos_options import Chaos

# The lane and the message of an own message that waits for its acknowledgement.
EchoKey = tuple[str, str]
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
    place: EchoKey | None = None


@dataclass(frozen=True, slots=True)
class SavedSeries:
    """Chaos of one instance; numbers are indexes into `held`.

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
    crowd: tuple[int, ...]  # the name in states that are saved
    echoes: tuple[tuple[EchoKey, tuple[int, ...]], ...]
    acked: tuple[EchoKey, ...]
    agenda: tuple[HeldTurn, ...]


def pack_chance(chance: Random) -> bytes:
    """How this one goes on."""
    return _CHANCE.pack(*chance.getstate()[1])


def set_chance(chance: Random, state: bytes) -> None:
    """Let it go on like that; struct.error or ValueError when it is not such a state."""
    chance.setstate((_CHANCE_VERSION, _CHANCE.unpack(state), None))


def as_recorded(deliveries: Iterable[Delivery]) -> list[Delivery]:
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
