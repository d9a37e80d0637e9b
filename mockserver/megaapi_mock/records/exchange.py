"""One request with its reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..codec import shown_body

Headers = Sequence[tuple[str, str]]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Exchange:
    """One request with its reply.

    Its sequences are tuples, which take less memory than lists: thousands of calls are kept. The
    garbage collector does not look at those that hold nothing but texts.
    """

    id: str
    time: float
    instance: str | None
    operation: str | None
    method: str
    path: str
    request_headers: Headers
    request_body: bytes
    status: int = 0
    response_headers: Headers = ()
    response_body: bytes = b""
    reason: str | None = None
    violations: Sequence[str] = ()
    events: Sequence[str] = ()
    # Id (None when the call asked for it) and name of the fault that hit.
    fault: tuple[str | None, str] | None = None
    # From its first byte to its answer, by the machine's own clock.
    duration_ms: float = 0.0
    # When it came, by the same clock; None for one of an earlier start.
    came: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {
            "id": self.id,
            "time": self.time,
            "instance": self.instance,
            "operation": self.operation,
            "request": {
                "method": self.method,
                "path": self.path,
                "headers": dict(self.request_headers),
                **shown_body(self.request_body),
            },
            "response": {
                "status": self.status,
                "headers": dict(self.response_headers),
                **shown_body(self.response_body),
            },
            "duration_ms": round(self.duration_ms, 3),
            "reason": self.reason,
            "violations": list(self.violations),
            "events": list(self.events),
            "fault": None
            if self.fault is None
            else dict(zip(("id", "name"), self.fault, strict=True)),
        }
