"""Armed faults as plain values: what was asked for, and what each has seen so far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ControlRefused
from ..store.serialize import inside
from ..store.state_checks import require_sane_numbers, require_sane_time
from .active import ARMED_MOST
from .armed_fault import SCOPE, SCOPE_NAMES, ArmedFault, FaultMemory
from .kind import FaultTally
from .parameters import BadParameter, check_arguments
from .registry import Kinds, kind_named


@dataclass(frozen=True, slots=True)
class SavedFault:
    """One fault; `given` is the body it was armed with, `recipient` who that was found to be."""

    id: str
    name: str
    given: Mapping[str, Any]
    recipient: str | None
    used: int
    seen: int
    tallies: Mapping[str, FaultTally]


@dataclass(frozen=True, slots=True)
class SavedFaults:
    """All faults, or one instance's own; `numbers` and `asked` by key, "" for no instance."""

    armed: tuple[SavedFault, ...] = ()
    numbers: Mapping[str, int] | None = None
    asked: Mapping[str, FaultTally] | None = None


def save(memory: FaultMemory) -> SavedFaults:
    """What is armed, as values."""
    numbers = {owner or "": number for owner, number in memory.numbers.items()}
    return SavedFaults(
        armed=tuple(map(_save_fault, memory.armed)),
        numbers={owner: numbers[owner] for owner in sorted(numbers)},
        asked=memory.header_tallies,
    )


def rebuild(kinds: Kinds, state: SavedFaults) -> FaultMemory:
    """The same again. ControlRefused for a fault that cannot be."""
    rebuilt: list[ArmedFault] = []
    _require_counts(state)
    for index, fault in enumerate(state.armed):
        scope = {name: fault.given[name] for name in SCOPE_NAMES if name in fault.given}
        own = {
            name: value
            for name, value in fault.given.items()
            if name not in (*SCOPE_NAMES, "fault") and value is not None
        }
        try:
            check_arguments(fault.name, SCOPE, scope)
            kind = kind_named(kinds, fault.name).create(own, also=SCOPE_NAMES)
        except BadParameter as refusal:
            raise ControlRefused(
                400,
                f"this state cannot be read: faults.armed[{index}]: {refusal}; "
                "load it with the megaapi-mock that wrote it",
            ) from None
        rebuilt.append(
            ArmedFault(
                **{**scope, "recipient": fault.recipient},
                id=fault.id,
                name=fault.name,
                kind=kind,
                given=fault.given,
                used=fault.used,
                seen=fault.seen,
                tallies=OrderedDict(fault.tallies),
            )
        )
    return FaultMemory(
        armed=tuple(rebuilt),
        numbers={owner or None: number for owner, number in (state.numbers or {}).items()},
        header_tallies=state.asked or {},
    )


def _require_counts(state: SavedFaults) -> None:
    """Misfit for a number that nobody can have counted to; ControlRefused for too many faults."""
    if len(state.armed) > ARMED_MOST:
        raise ControlRefused(
            400, f"this state cannot be read: faults.armed: more than {ARMED_MOST}"
        )
    with inside("faults"):
        with inside("numbers"):
            require_sane_numbers(state.numbers or {})
        with inside("asked"):
            _require_tallies(state.asked or {})
        for index, fault in enumerate(state.armed):
            with inside("armed"), inside(index):
                require_sane_numbers({"used": fault.used, "seen": fault.seen})
                with inside("tallies"):
                    _require_tallies(fault.tallies)


def _require_tallies(tallies: Mapping[str, FaultTally]) -> None:
    for key, tally in tallies.items():
        with inside(key):
            require_sane_numbers({"calls": tally.calls, "in_window": tally.in_window})
            if tally.window is not None:
                require_sane_time("window", tally.window)


def _save_fault(fault: ArmedFault) -> SavedFault:
    return SavedFault(
        id=fault.id,
        name=fault.name,
        given=fault.given,
        recipient=fault.recipient,
        used=fault.used,
        seen=fault.seen,
        tallies=fault.tallies,
    )
