"""Collects the private values that no report may show."""

from __future__ import annotations

from typing import Any

from ..host.stage import NO_WHATSAPP, WORLD, MockStage
from ..redaction.placeholders import Private
from .context import RunContext
from .options import RunOptions


def private_of(options: RunOptions, context: RunContext | None) -> Private:
    """The private values of a run; `context` is None when the host could not be prepared."""
    values: dict[str, Any] = {
        "key": options.key,
        "token": options.token,
        "control_token": options.control_token,
        "recipients": _recipients(options) if context is None else context.recipients,
        "others": tuple(filter(None, (options.peer_key, options.peer_token))),
        "media_url": options.media_url,
    }
    if context is None:
        return Private(**values, own=options.number, webhook_url=options.webhook_url)
    values["media_url"] = context.media_url
    return Private(
        **values,
        own=context.instance.number if context.instance else "",
        people=(*WORLD, NO_WHATSAPP) if isinstance(context.stage, MockStage) else (),
        webhook_url=context.receiver.url,
        tokens=context.stage.tokens if isinstance(context.stage, MockStage) else {},
    )


def _recipients(options: RunOptions) -> tuple[str, ...]:
    return (*filter(None, [options.peer_number]), *options.recipients)
