"""Faults a gateway's users would report, told by somebody who read neither laws nor catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from ..mutant import Mutant
from . import (
    from_users_events,
    from_users_groups,
    from_users_instance,
    from_users_sends,
    from_users_settings,
)

# Why nobody notices, by number.
REASONS: dict[int, str] = {}


def mutants() -> Iterator[Mutant]:
    """Every fault of the list, in its order."""
    parts = (
        *from_users_instance.FAULTS, *from_users_settings.FAULTS, *from_users_sends.FAULTS,
        *from_users_groups.FAULTS, *from_users_events.FAULTS,
    )  # fmt: skip
    for number, operations, events, sentence, make in sorted(parts, key=lambda one: one[0]):
        name = f"user {number:02}: {sentence.rstrip('.').lower()}"
        yield Mutant(name, "told by users", sentence, make, operations, events,
                     reason=REASONS.get(number, ""))  # fmt: skip
