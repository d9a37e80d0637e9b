"""One payload for one URL, with each attempt: plain records that only the courier changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..codec import shown_body

# Why what was owed in an earlier life of an instance is never sent.
OLD_WORLD = "a reset, another state or the end of its instance came before it was sent"

# Why what is owed at a stop is not sent before the next start, if there is one.
STOPPED = "the mock stopped before it was delivered"
COURIER_STOPPED = "the courier had been stopped"

State = Literal["queued", "delivered", "failed", "refused", "abandoned", "dropped"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the receiver's answer, or the sentence that says why there is none.

    `status` and `error` are both set when an answer began and did not end in time.
    `body` holds the first 64 KiB of the answer; `truncated` says that there was more. `redirects`
    are the requests that the receiver led on to; the answer is the last one's. `span` is its begin
    and end by the machine's own clock, which nobody moves; None for one of an earlier start.
    """

    time: float
    status: int | None
    duration_ms: float
    error: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    redirects: tuple[str, ...] = ()
    span: tuple[float, float] | None = field(default=None, compare=False)


@dataclass(slots=True, eq=False, weakref_slot=True)
class Delivery:
    """One payload owed to one URL; deliveries of one `lane` leave strictly in order.

    `reason` says why the state is neither queued nor delivered, or that a redirect lost the body;
    `chaos` what was done to it, or which delivery it is a copy of; `left` when chaos let it go, if
    that held it.
    """

    id: str
    time: float
    instance: str
    event: str
    message_type: str
    url: str
    body: bytes
    lane: str
    state: State = "queued"
    reason: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    chaos: str | None = None
    left: float | None = None


def end(delivery: Delivery, state: State, reason: str | None) -> None:
    """End a delivery with a state and a reason."""
    # The reason first: who sees the new state without a lock finds its reason there.
    delivery.reason = reason
    delivery.state = state


def copy_of(original: Delivery, **changes: Any) -> Delivery:
    """The same owed once more, and not tried yet; `changes` name what is different."""
    return replace(original, state="queued", reason=None, attempts=[], left=None, **changes)


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the control API lists it."""
    body = shown_body(delivery.body)
    return {
        "id": delivery.id,
        "time": delivery.time,
        "instance": delivery.instance,
        "event": delivery.event,
        "message_type": delivery.message_type,
        "url": delivery.url,
        "payload": body.pop("body"),
        **body,
        "state": delivery.state,
        "reason": delivery.reason,
        "chaos": delivery.chaos,
        "attempts": [_attempt_json(attempt) for attempt in delivery.attempts],
    }


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "time": attempt.time,
        "status": attempt.status,
        "duration_ms": attempt.duration_ms,
        "error": attempt.error,
        "headers": dict(attempt.headers),
        **shown_body(attempt.body),
        "truncated": attempt.truncated,
        **({"redirects": list(attempt.redirects)} if attempt.redirects else {}),
    }
