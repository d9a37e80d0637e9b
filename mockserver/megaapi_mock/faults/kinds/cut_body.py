"""The fault cut-body: an answer that ends in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from ..kind import Moment, Replacing, WireAnswer
from ..parameters import FROM_ZERO, about, optional


@dataclass(frozen=True, slots=True)
class CutBody(Replacing):
    """Sends part of the real answer and closes; Content-Length promises all of it."""

    needs_real_answer: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"fault": "cut-body", "keep": 20, "times": 1}

    keep: int | None = field(
        default=None, metadata=about(optional(FROM_ZERO), "bytes that are sent; null: half")
    )

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """At least one byte is missing."""
        # An empty answer has nothing to cut: promise one that never comes.
        body = real.body or b" "
        length = len(body) // 2 if self.keep is None else min(self.keep, len(body) - 1)
        return replace(real, body=body, ending="cut", bytes_sent=length)
