"""The fault rate-limit: too many calls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...codec import dumps
from ..kind import FaultTally, Moment, Replacing, WireAnswer
from ..parameters import FROM_ZERO, about, optional, whole_number
from .reply import error_body

DAY = 86_400


@dataclass(frozen=True, slots=True)
class RateLimit(Replacing):
    """Answers 429 with Retry-After: always, or after so many calls in a window of time."""

    example: ClassVar[Mapping[str, Any]] = {"fault": "rate-limit", "calls": 20, "window": 60}

    calls: int = field(
        default=0,
        metadata=about(
            FROM_ZERO, "calls of one instance that pass in each window; 0: none ever does"
        ),
    )
    window: int = field(
        default=60,
        metadata=about(
            whole_number(1, DAY), "seconds on the mock's clock, from an instance's first call"
        ),
    )
    retry_after: int | None = field(
        default=None,
        metadata=about(
            optional(whole_number(0, DAY)),
            "Retry-After in seconds; null: what is left of the window",
        ),
    )

    def is_due(self, tally: FaultTally, now: float) -> bool:
        """Count the call in its window; a clock that was set back begins a new one."""
        if tally.window is None or not tally.window <= now < tally.window + self.window:
            tally.window, tally.in_window = now, 0
        tally.in_window += 1
        return tally.in_window > self.calls

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """The gateway's error body; nobody has seen a real one (inferred)."""
        seconds = max(1, math.ceil(moment.window + self.window - moment.now))
        wait = seconds if self.retry_after is None else self.retry_after
        return WireAnswer(429, dumps(error_body(429)), headers={"Retry-After": str(wait)})
