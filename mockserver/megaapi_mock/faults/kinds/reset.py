"""The fault reset: the connection is broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..kind import Moment, Replacing, WireAnswer


@dataclass(frozen=True, slots=True)
class Reset(Replacing):
    """Breaks the connection without a byte of an answer."""

    example: ClassVar[Mapping[str, Any]] = {
        "fault": "reset",
        "operation": "send_text",
        "after": True,
        "times": 1,
    }

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """Nothing."""
        return WireAnswer(0, b"", "", ending="reset")
