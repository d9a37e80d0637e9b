"""Armed faults as plain values: what was asked for, and what each has seen so far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..domain.contacts import Directory
from ..errors import ControlRefused
from .active import ARMED_MOST, ActiveFaults
from .armed_fault import SCOPE, SCOPE_NAMES, ArmedFault
from .kind import FaultTally
from .parameters import BadParameter, check_arguments
from .registry import kind_named


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


def save(faults: ActiveFaults, key: str | None) -> SavedFaults:
    """Every armed fault; with a key only those of that instance."""
    with faults._lock:
        numbers = {owner or "": number for owner, number in faults._numbers.items()}
        tallies = faults._header_tallies
        return SavedFaults(
            armed=tuple(
                _save_fault(fault) for fault in faults._all if key in (None, fault.instance)
            ),
            numbers={owner: numbers[owner] for owner in sorted(numbers) if key in (None, owner)},
            asked=_copies({owner: tallies[owner] for owner in tallies if key in (None, owner)}),
        )


def rebuild(faults: ActiveFaults, state: SavedFaults) -> list[ArmedFault]:
    """The same faults, armed once `put_back`. ControlRefused for one that cannot be."""
    rebuilt: list[ArmedFault] = []
    if len(state.armed) > ARMED_MOST:
        raise ControlRefused(
            400, f"this state cannot be read: faults.armed: more than {ARMED_MOST}"
        )
    for index, fault in enumerate(state.armed):
        scope = {name: fault.given[name] for name in SCOPE_NAMES if name in fault.given}
        own = {
            name: value
            for name, value in fault.given.items()
            if name not in (*SCOPE_NAMES, "fault") and value is not None
        }
        try:
            check_arguments(fault.name, SCOPE, scope)
            kind = kind_named(faults.kinds, fault.name).create(own, also=SCOPE_NAMES)
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
    return rebuilt


def put_back(
    faults: ActiveFaults,
    state: SavedFaults,
    rebuilt: list[ArmedFault],
    *,
    directory: Directory,
    key: str | None,
) -> None:
    """Replace all faults, or those of one instance, with these."""
    with faults._lock:
        faults.reset(key)
        faults._directory = directory
        faults._numbers.update(
            {owner or None: number for owner, number in (state.numbers or {}).items()}
        )
        faults._header_tallies.update(state.asked or {})
        faults._set((*faults._all, *rebuilt))


def _copies(tallies: Mapping[str, FaultTally]) -> dict[str, FaultTally]:
    """Copies of the tallies: the originals go on counting while these are written."""
    return {owner: replace(tally) for owner, tally in tallies.items()}


def _save_fault(fault: ArmedFault) -> SavedFault:
    return SavedFault(
        id=fault.id,
        name=fault.name,
        given=fault.given,
        recipient=fault.recipient,
        used=fault.used,
        seen=fault.seen,
        tallies=_copies(fault.tallies),
    )
