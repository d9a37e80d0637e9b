"""A call as the journal keeps it."""

from __future__ import annotations

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
        id="",
        time=time,
        instance=owner,
        operation=operation,
        method=request.method,
        path=request.url,
        request_headers=request.headers(),
        request_body=request.shown,
        status=reply.status,
        response_body=reply.body if reply.broken is None else reply.body[: reply.broken.kept],
        reason=reply.reason,
        violations=reply.violations,
        events=[event.name for event in batch.events] if batch else (),
        fault=reply.fault,
    )
