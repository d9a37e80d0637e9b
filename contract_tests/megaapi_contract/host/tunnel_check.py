"""Checks that --webhook-url leads to the suite's receiver."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import uuid4

from ..errors import SetupError, Unusable
from .http import request
from .target import HttpTarget
from .webhook_receiver import Receiver

# How long a tunnel may take to hand on what it has answered already.
SECONDS = 20.0


def require_tunnel(receiver: Receiver, *, timeout: float) -> None:
    """Post a test webhook to the receiver's public address; SetupError unless it arrives.

    Without this a tunnel that is not running would look like a host that loses webhooks.
    """
    parts = urlsplit(receiver.url)
    marker = uuid4().hex
    try:
        tunnel = HttpTarget(f"{parts.scheme}://{parts.netloc}", timeout=timeout)
        answer = tunnel.send(request("POST", f"{parts.path}/{marker}", body={"contract": marker}))
    except Unusable as error:
        raise SetupError(f"--webhook-url: {error}") from None
    webhooks = receiver.wait_for(
        lambda webhooks: any(marker.encode() in webhook.body for webhook in webhooks),
        seconds=SECONDS,
    )
    receiver.forget()
    if not any(marker.encode() in webhook.body for webhook in webhooks):
        raise SetupError(
            f"--webhook-url {receiver.url} answers {answer.status}, but what is posted there does "
            "not come to --webhook-port: is the tunnel running, and does it lead here?"
        )
