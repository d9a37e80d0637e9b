"""A call as the journal keeps it."""

from __future__ import annotations

from time import perf_counter

from ...records.exchange import Exchange
from ...webhooks.publish import Batch
from .reply import Reply
from .request import Request


def exchange_of(
    time: float,
    request: Request,
    reply: Reply,
    operation: str | None,
    owner: str | None,
    batch: Batch | None,
) -> Exchange:
    """Request and reply, bodies without any encoding; it has no id and no response headers yet."""
    return Exchange(
        "",
        time,
        owner,
        operation,
        request.method,
        request.url,
        request.headers(),
        request.shown,
        reply.status,
        (),
        reply.body if reply.broken is None else reply.body[: reply.broken.kept],
        reply.reason,
        reply.violations,
        [event.name for event in batch.events] if batch else (),
        reply.fault,
        round((perf_counter() - request.begun) * 1000, 3),
    )
