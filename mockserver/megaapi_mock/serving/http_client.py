"""One HTTP exchange over a connection of its own, ended by force when its time is over.

What calls a host at an address from outside: the control API seen from a test, the doctor, and the
contract suite. The courier's connections, which are kept, are in `webhooks/http`.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection

from ..errors.frames import between_test_and_refusal

__tracebackhide__ = between_test_and_refusal

READ_AT_ONCE = 64 * 2**10


class _PlainConnection(HTTPConnection):
    """Sends a target as it is given: a character for each byte, as servers read it."""

    def _encode_request(self, request: str) -> bytes:
        return request.encode("latin-1")


class _TlsConnection(_PlainConnection, HTTPSConnection):
    """The same over TLS."""


@dataclass(frozen=True)
class Server:
    """Who is called: `tls` is None for plain HTTP, else as `trusted` makes it."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    def connection(self, seconds: float) -> HTTPConnection:
        """A connection that is not open yet; no single step of it waits longer than this."""
        if self.tls is not None:
            return _TlsConnection(self.host, self.port, timeout=seconds, context=self.tls)
        return _PlainConnection(self.host, self.port, timeout=seconds)


@dataclass(frozen=True)
class HttpResponse:
    """What came back; so many bytes of the body are `missing`, as far as its length was said."""

    status: int
    headers: Message
    body: bytes
    missing: int
    phrase: str = ""


def exchange(
    server: Server,
    method: str,
    target: str,
    fields: Sequence[tuple[str, str | bytes]],
    body: bytes | None = None,
    *,
    seconds: float,
    most: int = sys.maxsize,
) -> HttpResponse:
    """Send these header fields, and no others, and return the answer: `most` bytes of its body.

    No proxy is asked, no redirect followed. TimeoutError once the time is over, also for a host
    that sends a byte now and then; OSError, HTTPException or ValueError when no answer comes.
    """
    connection, deadline = server.connection(seconds), _Deadline(seconds)
    try:
        connection.connect()
        deadline.watch(connection.sock)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in fields:
            connection.putheader(name, value)
        connection.endheaders(body or None)
        # Closed here: left to the collector, its socket would be, too.
        with connection.getresponse() as response:
            answer = _read(response, deadline, most)
    except Exception:
        if deadline.is_over:
            raise TimeoutError("timed out") from None
        raise
    finally:
        deadline.end()
        connection.close()
    if deadline.is_over:
        # An answer that ends with its connection looks whole when that was cut.
        raise TimeoutError("timed out")
    return answer


def host_field(server: Server) -> str:
    """What the Host header says: without the port that is the scheme's own."""
    host = server.host if server.host.isascii() else server.host.encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return host if server.port == (80 if server.tls is None else 443) else f"{host}:{server.port}"


def trusted_tls_context() -> ssl.SSLContext:
    """TLS with whoever has a certificate that this machine trusts."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _read(response: HTTPResponse, deadline: _Deadline, most: int) -> HttpResponse:
    pieces, size = [], 0
    while size < most and not deadline.is_over:
        piece = response.read1(min(READ_AT_ONCE, most - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    body, missing = b"".join(pieces), response.length or 0
    return HttpResponse(response.status, response.headers, body, missing, response.reason)


class _Deadline:
    """Shuts the socket of an exchange down when its time is over, whatever is waited for."""

    def __init__(self, seconds: float) -> None:
        self._over = threading.Event()
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut_down)
        self._timer.daemon = True
        self._timer.start()

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._over.is_set()

    def watch(self, sock: socket.socket) -> None:
        """From now on this is the socket: http.client lets go of it before the answer ends."""
        self._sock = sock
        if self.is_over:
            self._shut_down()

    def end(self) -> None:
        """The exchange is done with."""
        self._timer.cancel()
        self._timer.join()
        if self._sock is not None:
            self._sock.close()

    def _shut_down(self) -> None:
        self._over.set()
        if self._sock is not None:
            with suppress(OSError):
                # The plain socket's: that of TLS would wait for the other side.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
