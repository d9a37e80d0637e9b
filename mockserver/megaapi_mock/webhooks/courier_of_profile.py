"""The courier as profile and settings want it: how it sends, and to whom it may."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..clock import Clock
from ..profile import Profile
from ..records.delivery import Delivery
from ..settings import Settings
from .courier import Courier
from .http.client import AllowedHosts, HttpTransport, Transport, axios_headers
from .http.redirects import REDIRECTS_MOST

_HOSTS: Mapping[str, AllowedHosts] = {
    "private": "private",
    "loopback": "loopback",
    "any": "any",
}


def courier_of(
    profile: Profile,
    settings: Settings,
    clock: Clock,
    on_change: Callable[[Delivery], None],
    transport: Transport | None,
) -> Courier:
    """A courier that sends as the gateway of this profile does."""
    return Courier(
        transport=transport
        or HttpTransport(
            keep_alive=profile.on("webhook_keep_alive"),
            allowed_hosts=_HOSTS[profile["webhook_hosts"]],
            redirects=REDIRECTS_MOST if profile["webhook_redirects"] == "follow" else 0,
        ),
        clock=clock,
        on_change=on_change,
        headers=axios_headers(profile["webhook_user_agent"]),
        timeout=profile.seconds("webhook_timeout"),
        outbox_limit=settings.outbox_limit,
        outbox_bytes=settings.outbox_bytes,
    )
