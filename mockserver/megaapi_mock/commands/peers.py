"""Where the processes that share a database reach each other."""

from __future__ import annotations

import ipaddress

from ..errors import SetupError
from ..settings import Settings
from ..store.postgres_url import is_postgres

# Bytes of a host that fit beside its port into what the others read.
HOST_MOST = 40


def require_peers(settings: Settings) -> None:
    """SetupError where settings about other processes do not fit together."""
    if settings.shared and not is_postgres(settings.store):
        raise SetupError(
            "--shared needs --store postgresql://...: a file, or memory, is for one process"
        )
    if settings.peer_address:
        if not settings.shared:
            raise SetupError("--peer-address is for processes that share a database: add --shared")
        peer_address(settings)


def peer_address(settings: Settings) -> tuple[str, int]:
    """Host and port that `--peer-address` names: empty and 0 where it does not."""
    text = settings.peer_address
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]") or _is_address(text):
        host, port = text, "0"
    if not port.isdecimal() or int(port) > 65535 or (colon and not host):
        raise SetupError(f"--peer-address {text}: use HOST or HOST:PORT, [HOST]:PORT for IPv6")
    if len(host.encode()) > HOST_MOST:
        raise SetupError(f"--peer-address {host} is too long: use at most {HOST_MOST} bytes")
    return host.strip("[]"), int(port)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
