"""Whether the client of a call is still there, where the server can tell.

Waitress hands out its connection. Granian (2.8) hands out nothing: neither the socket nor the
client's port, and a WSGI call runs on when its client has left. In one process there is none.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from .wsgi import Environ


def gone_of(environ: Environ) -> Callable[[], bool] | None:
    """Asks whether the client has left; None where nobody can tell."""
    channel = waitress_channel(environ)
    return None if channel is None else lambda: has_left(channel)


def waitress_channel(environ: Environ) -> Any:
    """Waitress's connection behind a call; None on other servers."""
    return getattr(environ.get("waitress.client_disconnected"), "__self__", None)


def has_left(channel: Any) -> bool:
    """Whether the client has closed; waitress does not look while it waits for us."""
    try:
        return bool(channel.socket.recv(1, socket.MSG_PEEK) == b"")
    except BlockingIOError:
        return False
    except OSError:
        return True
