"""Addresses that webhooks can go to: a URL taken apart, or why nothing can be sent there."""

from __future__ import annotations

import re
from dataclasses import dataclass

_URL = re.compile(r"(https?)://(?:([^/?#]*)@)?([^/?#]*)([^#]*)", re.IGNORECASE)
_PLACE = re.compile(
    r"(\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[^\x00-\x20\x7f:@\[\]]+)(?::([0-9]{0,5}))?", re.I
)


class UnusableAddress(ValueError):
    """Nothing can be sent to it; the text says why."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a URL points; `path` is its path and query, `login` what stands before the host."""

    tls: bool
    host: str
    port: int
    path: str
    login: str

    @classmethod
    def parse(cls, url: str) -> WebAddress:
        """Take a URL apart; UnusableAddress where nothing can be sent to it."""
        parts = _URL.match(url.strip())
        if parts is None:
            raise UnusableAddress(f"not a URL with http:// or https://: {url[:200]!r}")
        scheme, login, authority, path = parts.groups(default="")
        place = _PLACE.fullmatch(authority)
        if place is None:
            raise UnusableAddress(f"not a host, or host and port: {authority[:200]!r}")
        tls = scheme.lower() == "https"
        port = int(place[2] or (443 if tls else 80))
        if not 0 < port < 65536:
            raise UnusableAddress(f"not a port number: {port}")
        return cls(
            tls, _ascii_host(place[1]), port, path if path.startswith("/") else "/" + path, login
        )


def address_problem(url: str) -> str | None:
    """Why no webhook can go there; None for one that can be sent, and where there is no address."""
    if not url:
        return None
    try:
        WebAddress.parse(url)
    except UnusableAddress as error:
        return str(error)
    return None


def _ascii_host(host: str) -> str:
    try:
        return host.strip("[]").lower().encode("ascii" if host.isascii() else "idna").decode()
    except UnicodeError as error:
        raise UnusableAddress(f"not a host name: {host[:200]!r}") from error
