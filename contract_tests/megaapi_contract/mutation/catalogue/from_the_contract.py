"""Faults thought up from the contract alone, by people who have read neither laws nor catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from ..mutant import Mutant
from . import (
    from_contract_events,
    from_contract_groups,
    from_contract_instance,
    from_contract_sends,
)

# Why nobody notices, by number.
REASONS: dict[int, str] = {}


def mutants() -> Iterator[Mutant]:
    """Every fault of the list that can be put on the wire."""
    parts = (
        from_contract_instance, from_contract_sends, from_contract_groups, from_contract_events,
    )  # fmt: skip
    every = sorted((one for part in parts for one in part.FAULTS), key=lambda one: one[0])
    for number, operations, events, sentence, make in every:
        name = f"outsider {number:02}: {sentence.rstrip('.').lower()}"
        reason = REASONS.get(number, "")
        yield Mutant(name, "thought up outside", sentence, make, operations, events, reason=reason)
