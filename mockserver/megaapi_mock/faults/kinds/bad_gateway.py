"""The fault bad-gateway: the CDN's answer when the gateway is down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..kind import Answered, Moment, Replacing


@dataclass(frozen=True, slots=True)
class BadGateway(Replacing):
    """Answers the CDN's 502: plain text, no JSON (observed)."""

    example: ClassVar[Mapping[str, Any]] = {"fault": "bad-gateway", "times": 2}

    def answer(self, real: Answered, moment: Moment) -> Answered:
        """`error code: 502`, to the byte."""
        return Answered(502, b"error code: 502", "text/plain; charset=UTF-8")
