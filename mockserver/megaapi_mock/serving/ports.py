"""A port that is free, the address behind it, and what to say when there is none."""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
from contextlib import suppress

from ..errors import SetupError
from ..errors.shown_address import shown_address


def probe(host: str, port: int) -> int:
    """The port that can be had on `host` (a free one for 0); SetupError says why it cannot."""
    return free_address(host, port)[1]


def free_address(host: str, port: int) -> tuple[str, int]:
    """Bind and let go: the numeric address and the port. Granian would print 60 lines instead."""
    if not 0 <= port <= 65535:  # getaddrinfo takes it modulo 65536
        raise SetupError(f"port {port} does not exist: choose one from 0 to 65535 with --port")
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # IPv4 first: `localhost` is both, and the vendor's clients have IPv4 addresses in them.
        family, kind, proto, _, address = min(entries, key=lambda f: f[0] != socket.AF_INET)
        with socket.socket(family, kind, proto) as taker:
            # Elsewhere this skips connections in TIME_WAIT; on Windows it would share the port.
            if sys.platform != "win32":
                taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taker.bind(address)
            taker.listen(1)  # a bound but silent socket is only noticed by listening
            return str(address[0]), int(taker.getsockname()[1])
    except (OSError, UnicodeError) as error:
        raise SetupError(refusal(error, host, port)) from None


def numeric_address(host: str) -> str:
    """The address behind a host that is listened on; SetupError where it cannot be."""
    return free_address(host, 0)[0]


def allow_files(count: int) -> int:
    """Let this process have so many open files and connections; as many as its user may allow."""
    if sys.platform == "win32":
        return count
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return count if soft == resource.RLIM_INFINITY else min(count, soft)


def refusal(error: Exception, host: str, port: int) -> str:
    """Why host and port cannot be listened on, in one sentence that says what to do."""
    host = shown_address(host)
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"host {host} is not known here: choose an address of this machine with --host"
    if isinstance(error, PermissionError):
        return f"port {port} on {host} needs more rights: choose one above 1023 with --port"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        place = f"port {port} on {host}"
        return f"{place} is taken: stop what listens there or choose another with --port"
    return f"host {host} cannot be listened on ({error}): choose another with --host"


def is_answering(address: str, port: int) -> bool:
    """Whether HTTP is spoken there; a broken request is refused before it reaches the app."""
    with suppress(OSError), socket.create_connection((reachable_host(address), port), 1.0) as asker:
        asker.sendall(b"?\r\n\r\n")
        return asker.recv(5) == b"HTTP/"
    return False


def reachable_host(host: str) -> str:
    """Listening everywhere is not an address one can call."""
    return {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def url_of(host: str, port: int) -> str:
    host = reachable_host(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's loopback."""
    if host in ("localhost", ""):
        return host == "localhost"
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
