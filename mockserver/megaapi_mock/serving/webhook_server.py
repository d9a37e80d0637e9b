"""An HTTP server for webhooks: reads any POST whole, hands it over, and answers as it is told.

What `megaapi-mock listen` and the contract suite receive webhooks with. What a webhook means, and
what becomes of it, is up to the one who hears of it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..errors.frames import between_test_and_refusal
from .incoming_body import IncompleteBody, body_pieces, decompress
from .thread_server import ThreadServer

__tracebackhide__ = between_test_and_refusal

# A sender that says nothing for so long is let go.
PATIENCE = 60.0
# What a refused sender may still say, so that it reads the refusal instead of a reset.
LINGER = 64 * 2**20
_PIECE = 2**16


@dataclass(frozen=True, slots=True)
class Post:
    """One POST as it came. `problem` says why `body` is not the whole of it, if it is not."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What answers a GET or a HEAD."""

    status: int = 200
    content: bytes = b""
    content_type: str | None = None


class WebhookServer(ThreadServer):
    """Answers each POST with the status that `receive` returns, once it has heard of it.

    A body that does not come whole is answered with 400 or 413, whatever `receive` returns.
    `page` answers a GET. Both are called in the thread of the connection. Raises OSError, or
    UnicodeError for an odd host, when it cannot listen.
    """

    def __init__(
        self,
        host: str,
        port: int,
        receive: Callable[[Post], int],
        page: Callable[[str], Page] = lambda path: Page(),
    ) -> None:
        self.receive, self.page = receive, page
        super().__init__(host, port, _Connection)


class _Connection(BaseHTTPRequestHandler):
    """One connection; its bodies may be chunked, packed, cut off or no JSON at all."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    disable_nagle_algorithm = True
    server: WebhookServer

    def do_POST(self) -> None:
        headers = tuple(self.headers.items())
        received = bytearray()
        try:
            for piece in body_pieces(self.rfile, self.headers):
                received += piece
            body = decompress(bytes(received), self.headers)
        except IncompleteBody as problem:
            self.close_connection = True
            self.server.receive(Post(self.path, headers, bytes(received), str(problem)))
            self._answer(Page(problem.status))
            self._linger()
            return
        self._answer(Page(self.server.receive(Post(self.path, headers, body))))

    def do_GET(self) -> None:
        self._answer(self.server.page(self.path))

    do_HEAD = do_GET

    def _answer(self, page: Page) -> None:
        # The sender may have gone; its webhook has been heard all the same.
        with suppress(ConnectionError, TimeoutError):
            self.send_response(page.status)
            if page.content_type is not None:
                self.send_header("Content-Type", page.content_type)
            if page.status not in (204, 304):
                self.send_header("Content-Length", str(len(page.content)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.content)

    def _linger(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1.0)
            remaining = LINGER
            while remaining > 0 and (piece := self.rfile.read1(_PIECE)):
                remaining -= len(piece)

    def log_message(self, *_: Any) -> None:
        return
