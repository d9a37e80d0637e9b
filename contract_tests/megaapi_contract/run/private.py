"""What a run was given, or has learnt, that no report may show."""

from __future__ import annotations

from typing import Any

from ..host.stage import NO_WHATSAPP, WORLD, MockStage
from ..redaction.placeholders import Private
from .options import RunOptions
from .ready import Ready


def private_of(options: RunOptions, made: Ready | None) -> Private:
    """`made` is nothing where the host was never ready."""
    given: dict[str, Any] = {
        "key": options.key,
        "token": options.token,
        "control_token": options.control_token,
        "recipients": options.recipients,
        "media_url": options.media_url,
    }
    if made is None:
        return Private(**given, webhook_url=options.webhook_url)
    given["media_url"] = made.media_url
    return Private(
        **given,
        own=made.place.number if made.place else "",
        people=(*WORLD, NO_WHATSAPP) if isinstance(made.stage, MockStage) else (),
        webhook_url=made.receiver.url,
        tokens=made.stage.tokens if isinstance(made.stage, MockStage) else {},
    )
