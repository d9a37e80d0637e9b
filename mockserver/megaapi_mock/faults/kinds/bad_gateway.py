"""The fault bad-gateway: the CDN's answer when the gateway is down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..kind import Moment, Replacing, WireAnswer


@dataclass(frozen=True, slots=True)
class BadGateway(Replacing):
    """Answers the CDN's 502: plain text, no JSON (observed)."""

    example: ClassVar[Mapping[str, Any]] = {"fault": "bad-gateway", "times": 2}

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """`error code: 502`, to the byte."""
        return WireAnswer(502, b"error code: 502", "text/plain; charset=UTF-8")
