"""What chaos does to each delivery, as a body asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...errors import ControlRefused

COPIES_MOST = 100
BURST_MOST = 5_000
SECONDS_MOST = 86_400.0


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
    "reorder": _count(BURST_MOST),
    "delay": _range,
    "burst": _count(BURST_MOST),
    "redeliver": lambda value: _number(value, SECONDS_MOST),
    "early_ack": lambda value: isinstance(value, bool),
    "hold": lambda value: _number(value, SECONDS_MOST),
    "seed": lambda value: type(value) is int,
}
_SECONDS_IN_WORDS = f"seconds from 0 to {SECONDS_MOST:.0f}"
_IN_WORDS: Mapping[str, str] = {
    "duplicate": f"how often each leaves in all, 1 to {COPIES_MOST}",
    "drop": "a share from 0 to 1",
    "reorder": f"a window of 1 to {BURST_MOST} deliveries",
    "delay": f"[least, most] in {_SECONDS_IN_WORDS}",
    "burst": f"a number of deliveries, 1 to {BURST_MOST}",
    "redeliver": _SECONDS_IN_WORDS,
    "early_ack": "true or false",
    "hold": _SECONDS_IN_WORDS,
    "seed": "a whole number",
}
