"""The courier as profile and settings want it: how it sends, and to whom it may."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..clock import Clock
from ..profile import Profile
from ..records.bugs import Bugs
from ..records.delivery import Delivery
from ..serving.ports import is_loopback
from ..settings import Settings
from .courier import Courier
from .http.client import HttpTransport, Transport, axios_headers
from .http.host_policy import OPTION, AllowedHosts, HostPolicy, patterns_of
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
    bugs: Bugs | None = None,
) -> Courier:
    """A courier that sends as the gateway of this profile does."""
    return Courier(
        transport=transport
        or HttpTransport(
            keep_alive=profile.is_on("webhook_keep_alive"),
            allowed_hosts=webhook_policy(profile, settings),
            redirects=REDIRECTS_MOST if profile["webhook_redirects"] == "follow" else 0,
        ),
        clock=clock,
        on_change=on_change,
        headers=axios_headers(profile["webhook_user_agent"]),
        timeout=profile.seconds("webhook_timeout"),
        outbox_limit=settings.outbox_limit,
        outbox_bytes=settings.outbox_bytes,
        bugs=bugs,
    )


def webhook_policy(profile: Profile, settings: Settings) -> HostPolicy:
    """Where webhooks may go: as the switch says, and from a mock for others to this machine alone.

    Whoever can reach it could have it call any address of its network otherwise.
    """
    patterns = patterns_of(settings.allow_webhook_host)
    if is_loopback(settings.host):
        return HostPolicy(_HOSTS[profile["webhook_hosts"]], patterns)
    why_not = (
        f"and a mock that listens on {settings.host} sends webhooks only to its own machine: "
        f"start it with {OPTION} {{host}}"
    )
    return HostPolicy("loopback", patterns, why_not)


def media_policy(settings: Settings) -> HostPolicy:
    """From where files are fetched: anywhere, and by a mock for others not from its own network."""
    if is_loopback(settings.host):
        return HostPolicy("any")
    why_not = (
        f"and a mock that listens on {settings.host} fetches files only from public addresses: "
        f"start it with {OPTION} {{host}}"
    )
    return HostPolicy("public", patterns_of(settings.allow_webhook_host), why_not)
