"""One attempt under way: when it began, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..records.delivery import Attempt
from .http.client import ReceiverAnswer

# How much of an address that a receiver leads on to a sentence shows.
ADDRESS_SHOWN = 200


class TimeSource(Protocol):
    """Where the times in the records come from."""

    def now(self) -> float:
        """Return unix seconds."""

    @property
    def frozen(self) -> bool:
        """Say whether time stands still until it is moved."""


@dataclass(slots=True)
class RunningAttempt:
    """When a delivery left, for the record of its attempt."""

    time: float
    started: float

    def attempt(self, error: str | None, answer: ReceiverAnswer | None = None) -> Attempt:
        now = time.perf_counter()
        return Attempt(
            time=self.time,
            status=answer.status if answer else None,
            duration_ms=round((now - self.started) * 1000, 3),
            error=error,
            headers=answer.headers if answer else (),
            body=answer.body if answer else b"",
            truncated=answer.truncated if answer else False,
            redirects=answer.redirects if answer else (),
            span=(self.started, now),
        )


def failure_reason(status: int | None, redirects: Sequence[str] = ()) -> str | None:
    """Say why an answer is not a success, or whose redirect lost the body; None for a whole 2xx."""
    if status is None:
        return None
    is_good = 200 <= status < 300
    if redirects and not redirects[-1].startswith("POST "):
        answered = "" if is_good else f"answered {status}: "
        return (
            f"receiver {answered}led on to {redirects[-1][:ADDRESS_SHOWN]}, and a redirect to GET "
            "loses the body: set an address that answers the POST itself"
        )
    if is_good:
        return None
    hint = " (a redirect that was not followed)" if 300 <= status < 400 else ""
    return f"receiver answered {status}{hint}"
