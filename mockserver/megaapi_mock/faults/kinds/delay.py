"""The fault delay: the right answer, late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..kind import Kind, Moment
from ..parameters import SECONDS, SPAN, YES_NO, about, optional


@dataclass(frozen=True, slots=True)
class Delay(Kind):
    """Answers late: by fixed seconds, by a span, or with a long tail."""

    group: ClassVar[Literal["wire", "domain"]] = "wire"

    example: ClassVar[Mapping[str, Any]] = {"fault": "delay", "seconds": [0.05, 0.2]}

    seconds: float | list[float] = field(
        default=1.0, metadata=about(SPAN, "seconds of real time, or [least, most]")
    )
    longest: float | None = field(
        default=None,
        metadata=about(
            optional(SECONDS),
            "a long tail: one call in k takes more than k times `seconds`, up to this many",
        ),
    )
    after: bool = field(
        default=False,
        metadata=about(
            YES_NO, "true: the call is done at once and the answer is late; false: both are late"
        ),
    )

    def wait(self, moment: Moment) -> float:
        """Before anything happens."""
        return 0.0 if self.after else self._draw_seconds(moment.chance)

    def pause(self, moment: Moment) -> float:
        """When everything has happened."""
        return self._draw_seconds(moment.chance) if self.after else 0.0

    def _draw_seconds(self, chance: float) -> float:
        if isinstance(self.seconds, list):
            least, most = self.seconds
            return least + (most - least) * chance
        if self.longest is None:
            return self.seconds
        # Pareto's distribution with exponent 1.
        return max(self.seconds, min(self.longest, self.seconds / (1 - chance)))
