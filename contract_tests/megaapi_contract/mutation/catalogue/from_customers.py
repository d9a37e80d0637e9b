"""Faults that cost customers a day, told by people who have read neither laws nor catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from ..mutant import Mutant
from . import from_customers_answers, from_customers_events

# Why nobody notices, by number.
REASONS = {
    51: "a switch decides whether an empty address is kept; the suite sends none",
}


def mutants() -> Iterator[Mutant]:
    """Every fault of the list that can be put on the wire."""
    parts = (*from_customers_answers.FAULTS, *from_customers_events.FAULTS)
    for number, operations, events, sentence, make in sorted(parts, key=lambda one: one[0]):
        name = f"customer {number:02}: {sentence.rstrip('.').lower()}"
        yield Mutant(name, "told by customers", sentence, make, operations, events,
                     reason=REASONS.get(number, ""))  # fmt: skip
