"""The fault error-true-200: an error with status 200."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...codec import dumps
from ..kind import Moment, Replacing, WireAnswer
from ..parameters import TEXT, about


@dataclass(frozen=True, slots=True)
class ErrorTrue200(Replacing):
    """Answers 200 with `error: true`: a success to a client that reads only the status."""

    example: ClassVar[Mapping[str, Any]] = {
        "fault": "error-true-200",
        "message": "Internal Server Error",
        "percent": 25,
    }

    message: str = field(
        default="Internal Server Error", metadata=about(TEXT, "what the answer says")
    )

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """The gateway's envelope with `error: true`."""
        return WireAnswer(200, dumps({"error": True, "message": self.message}))
