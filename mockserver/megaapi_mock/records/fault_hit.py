"""The record of a fault that hit, and of what it hit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..domain.fault_effects import FaultCount, FaultHit


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """That a fault hit, whatever it hit; `id` is counted per instance."""

    id: str
    hit: FaultHit

    @property
    def instance(self) -> str:
        """Whose fault hit."""
        return self.hit.instance

    def as_json(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {
            "id": self.id,
            "time": self.hit.time,
            "instance": self.hit.instance,
            "fault": dict(zip(("id", "name"), self.hit.fault, strict=True)),
            "what": self.hit.what,
        }


def hits_of(
    counts: Iterable[FaultCount], next_id: Callable[[str, str], str]
) -> tuple[RecordedHit, ...]:
    """The hits among what faults have counted, numbered."""
    hits = [count.hit for count in counts if count.hit is not None]
    return tuple(RecordedHit(next_id("s", hit.instance), hit) for hit in hits)
