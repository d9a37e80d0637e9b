"""To whom the mock may connect: judged by the address a packet would really go to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from ...errors import SetupError

AllowedHosts: TypeAlias = Literal["private", "loopback", "public", "any"]
_Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# So many are kept, taken apart; beyond, the oldest are taken apart again.
ADDRESSES_MOST = 256
OPTION = "--allow-webhook-host"
# Where IPv6 hides an IPv4 address that its router unpacks.
_UNPACKED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
# Of nobody's network outside, though Python calls some of them global: a cloud keeps its metadata
# service in the first, a site its own machines in the second, a translator of its own in the third.
_RESERVED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "fec0::/10", "64:ff9b:1::/48")))
# Of a host name, or the middle of an address.
_PATTERN = re.compile(r"[a-z0-9_.*:-]+")


@dataclass(frozen=True, slots=True)
class HostPattern:
    """A host that may be called whatever its address is: a name, names, an address or a network."""

    text: str
    names: re.Pattern[str] | None
    network: _Network | None

    @classmethod
    def parse(cls, text: str) -> HostPattern:
        """SetupError for what is none of these."""
        pattern = text.strip().lower().strip("[]").rstrip(".")
        try:
            return cls(text, None, ipaddress.ip_network(pattern, strict=False))
        except ValueError:
            pass
        # `10.0.0.*` would be the name 10.0.0.evil too, whoever owns that.
        is_address_like = not re.search(r"[a-z]", pattern.replace("*", "")) and pattern != "*"
        if not _PATTERN.fullmatch(pattern) or ":" in pattern or is_address_like:
            raise SetupError(
                f"{OPTION} {text}: use a host name, a pattern such as *.example.com or bot-*, an "
                "address, or a network such as 10.0.0.0/8; without scheme, port and path"
            )
        return cls(text, re.compile(_regex(pattern)), None)

    def fits(self, host: str, addresses: Sequence[_Ip]) -> bool:
        """Whether a host that is looked up to be at these addresses is meant."""
        if self.network is not None:
            return all(address in self.network for address in addresses)
        assert self.names is not None
        return self.names.fullmatch(host.lower().rstrip(".")) is not None


def _regex(pattern: str) -> str:
    """`*` alone is every host, `*.` at the beginning any subdomain, another `*` ends at a dot."""
    if pattern == "*":
        return ".*"
    beginning = ""
    if pattern.startswith("*."):
        beginning, pattern = r"(?:[^.]+\.)+", pattern.removeprefix("*.")
    return beginning + "[^.]*".join(map(re.escape, pattern.split("*")))


@dataclass(frozen=True)
class HostPolicy:
    """Who may be called: `addresses` of a kind, and hosts that fit a pattern.

    `reason` says why no others are, as the end of a sentence; `{host}` in it is who was asked for.
    """

    addresses: AllowedHosts = "private"
    patterns: tuple[HostPattern, ...] = ()
    reason: str = ""

    def refusal(self, host: str, addresses: Sequence[str]) -> str | None:
        """Why a host at these addresses is not called; None where it may be."""
        ips = [_real(address) for address in addresses]
        if any(pattern.fits(host, ips) for pattern in self.patterns):
            return None
        for address, ip in zip(addresses, ips, strict=True):
            if not _is_of(self.addresses, ip):
                return f"{host} is at {address}, {self._reason(host)}"
        return None

    def _reason(self, host: str) -> str:
        usual = (
            f"where webhook_hosts={self.addresses} lets no webhook go "
            f"(webhook_hosts=any does, and {OPTION} {{host}})"
        )
        return (self.reason or usual).replace("{host}", host)


def patterns_of(texts: str) -> tuple[HostPattern, ...]:
    """The patterns of a setting, separated by commas. SetupError for one that is none."""
    return tuple(HostPattern.parse(text) for text in texts.split(",") if text.strip())


@lru_cache(maxsize=ADDRESSES_MOST)
def _real(address: str) -> _Ip:
    """The address a packet would really go to, also when it comes dressed as IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if not (ip.is_loopback or ip.is_unspecified) and any(ip in each for each in _UNPACKED):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _is_of(kind: AllowedHosts, ip: _Ip) -> bool:
    match kind:
        case "any":
            return True
        case "loopback":
            return ip.is_loopback
        case "public":
            is_reserved = any(ip in network for network in _RESERVED)
            return ip.is_global and not ip.is_multicast and not is_reserved
    # Link-local is neither: clouds keep their metadata service there.
    return ip.is_loopback or (ip.is_private and not ip.is_link_local)
