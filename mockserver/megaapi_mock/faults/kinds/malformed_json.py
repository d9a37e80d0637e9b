"""The fault malformed-json: an answer that is not valid JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..kind import JSON, Moment, Replacing, WireAnswer


@dataclass(frozen=True, slots=True)
class MalformedJson(Replacing):
    """Sends the real answer as JSON that was never closed, with a Content-Length that is right."""

    needs_real_answer: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"fault": "malformed-json", "times": 1}

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """The real answer without its last bracket, or the beginning of one."""
        is_json = real.body[:1] in (b"{", b"[")
        body = real.body[:-1] if is_json else b'{"error": false, "message": "'
        return replace(real, body=body, content_type=JSON)
