"""Answers that break on the wire, as each server lets them: cut, reset, never coming.

What reaches a client (tried with 800 calls each from 8 connections at once):

    fault     granian 2.8                            waitress 3.0
    cut       head and part of the body, then end    the same
    reset     end of the stream, not a byte (FIN)    connection reset by peer (RST)
    hang      nothing, then end (FIN)                nothing, then end (FIN)

Granian hands out no socket, so no RST can be sent for one connection alone. It also does not say
when a client has gone: a call that hangs there holds its thread until its seconds are over.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable

from ..disconnect import has_left, waitress_channel
from ..wsgi import Environ, StartResponse
from .reply import LOOK, BrokenEnding, Headers, Reply, status_line

BodyParts = Iterable[bytes]


def send_broken(
    environ: Environ,
    start_response: StartResponse,
    reply: Reply,
    headers: Headers,
    *,
    method: str,
    stopping: threading.Event,
    after: Callable[[], None],
) -> BodyParts:
    """Start the response as far as it goes; what the call caused is released first.

    Where there is no connection, in a WSGI client in this process, ConnectionResetError is raised.
    """
    after()
    break_ = reply.broken
    assert break_ is not None, "a whole answer is sent by reply.send"
    if break_.ending == "cut":
        return _send_part(
            environ, start_response, reply, headers, b"" if method == "HEAD" else reply.body
        )
    if break_.ending == "hang":
        _hang(environ, break_, stopping)
    return _no_answer(environ, start_response, rst=break_.ending == "reset")


def _send_part(
    environ: Environ,
    start_response: StartResponse,
    reply: Reply,
    headers: Headers,
    body: bytes,
) -> BodyParts:
    assert reply.broken is not None, "asked for by send_broken"
    part = body[: reply.broken.bytes_sent]
    if waitress_channel(environ) is not None:
        from waitress.channel import ClientDisconnected

        # Given less as a body it would close too, with a warning in the log.
        start_response(status_line(reply.status), headers)(part)
        raise ClientDisconnected
    if _granian(environ):
        # It would wait for the rest; and an iterator that ends early may take the head with it.
        headers = [*headers, ("Connection", "close")]
    start_response(status_line(reply.status), headers)
    return [part]


def _hang(environ: Environ, break_: BrokenEnding, stopping: threading.Event) -> None:
    """Return when the client, the fault or the server has gone, or the time is over."""
    channel = waitress_channel(environ)
    deadline = time.monotonic() + break_.seconds
    while (seconds_left := deadline - time.monotonic()) > 0:
        if stopping.wait(min(LOOK, seconds_left)) or break_.is_lifted():
            return
        if channel is not None and has_left(channel):
            return


def _no_answer(environ: Environ, start_response: StartResponse, *, rst: bool) -> BodyParts:
    """Close without a byte."""
    channel = waitress_channel(environ)
    if channel is not None:
        from waitress.channel import ClientDisconnected

        if rst:
            _reset_on_close(channel.socket)
        raise ClientDisconnected
    if _granian(environ):
        # It refuses to write a head that contradicts itself, and closes; nothing is logged.
        start_response("200 OK", [("Content-Length", "1"), ("Transfer-Encoding", "chunked")])
        return [b"?"]
    raise ConnectionResetError("a fault broke the connection")


def _granian(environ: Environ) -> bool:
    return str(environ.get("SERVER_SOFTWARE", "")).startswith("Granian")


def _reset_on_close(connection: socket.socket) -> None:
    """Closing sends RST instead of FIN, and what was not read yet is lost."""
    shape = "hh" if sys.platform == "win32" else "ii"
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(shape, 1, 0))
