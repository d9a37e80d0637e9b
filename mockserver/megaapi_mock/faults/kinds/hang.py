"""The fault hang: no answer, on an open connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..kind import Moment, Replacing, WireAnswer
from ..parameters import SECONDS, about


@dataclass(frozen=True, slots=True)
class Hang(Replacing):
    """Never answers: holds the connection until the client gives up or `seconds` are over."""

    example: ClassVar[Mapping[str, Any]] = {"fault": "hang", "seconds": 30, "times": 1}

    seconds: float = field(
        default=60.0, metadata=about(SECONDS, "seconds of real time until the connection is closed")
    )

    def pause(self, moment: Moment) -> float:
        """None of its own: the journal has it at once."""
        return 0.0

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """Nothing, for a while."""
        return WireAnswer(0, b"", "", ending="hang", seconds=self.seconds)
