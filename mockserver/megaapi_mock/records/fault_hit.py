"""The record of a fault hit: which fault, when, and what it hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FaultHit:
    """One fault hit: `what` is an operation's id, `link`, or `inbound from` somebody's JID.

    `fault` is its id, None when the call itself asked for it, and its name.
    """

    time: float
    instance: str
    fault: tuple[str | None, str]
    what: str


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A fault hit in the journal; `id` is counted per instance."""

    id: str
    hit: FaultHit

    def as_json(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {
            "id": self.id,
            "time": self.hit.time,
            "instance": self.hit.instance,
            "fault": dict(zip(("id", "name"), self.hit.fault, strict=True)),
            "what": self.hit.what,
        }
