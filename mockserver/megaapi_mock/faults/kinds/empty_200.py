"""The fault empty-200: an empty answer with status 200."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..kind import Moment, Replacing, WireAnswer


@dataclass(frozen=True, slots=True)
class Empty200(Replacing):
    """Answers 200 with an empty body and no content type (observed)."""

    example: ClassVar[Mapping[str, Any]] = {"fault": "empty-200", "operation": "instance_status"}

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """An empty body with status 200."""
        return WireAnswer(200, b"", "")
