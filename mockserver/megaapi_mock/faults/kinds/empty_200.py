"""A success that says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..kind import Answered, Moment, Replacing


@dataclass(frozen=True, slots=True)
class Empty200(Replacing):
    """Answers 200 with an empty body and no content type (observed)."""

    example: ClassVar[Mapping[str, Any]] = {"fault": "empty-200", "operation": "instance_status"}

    def answer(self, real: Answered, moment: Moment) -> Answered:
        """Nothing, with a good status."""
        return Answered(200, b"", "")
