"""Passes HTTP requests on to one server, and its answers back, unchanged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson
from megaapi_mock.errors.shown_address import shown_address
from megaapi_mock.serving.http_client import (
    HttpResponse,
    Server,
    exchange,
    host_field,
    trusted_tls_context,
)
from megaapi_mock.serving.incoming_body import IncompleteBody, body_pieces
from megaapi_mock.serving.thread_server import ThreadServer

from ..errors import SetupError

Pairs = tuple[tuple[str, str], ...]
# A client that says nothing for so long is let go.
PATIENCE = 60.0
# The largest answer that is passed on: all of it is held in memory meanwhile.
ANSWER_MOST = 64 * 2**20
# About one connection alone: whoever passes a message on frames it itself.
_FRAMING = frozenset(
    {
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer",
        "upgrade", "content-length", "expect",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """One request that was passed on, and its answer. Times in seconds: unix, and until its end.

    `failure` says why no answer came; status and the rest of the answer are the relay's own then.
    """

    method: str
    target: str
    request_headers: Pairs
    request_body: bytes
    status: int
    headers: Pairs
    body: bytes
    time: float
    seconds: float
    failure: str = ""

    @property
    def size(self) -> int:
        """About how many bytes of memory it holds."""
        headers = sum(
            len(name) + len(value) for name, value in (*self.request_headers, *self.headers)
        )
        return len(self.request_body) + len(self.body) + len(self.target) + headers + 500


@dataclass(frozen=True, slots=True)
class Upstream:
    """The server that is asked. A `path` of its own replaces that of every request."""

    server: Server
    path: str = ""
    seconds: float = 60.0

    def target(self, requested: str) -> str:
        """Path and query to ask for."""
        if not self.path:
            return requested
        _, question_mark, query = requested.partition("?")
        return f"{self.path}{question_mark}{query}"


def upstream_of(option: str, address: str, *, seconds: float, keeps_path: bool) -> Upstream:
    """The server at an address; SetupError where it is none. A path is allowed where it is kept."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    given = f"{option} {shown_address(address)}"
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SetupError(f"{given}: give an address, like http://127.0.0.1:3000/hook")
    if (parts.path.strip("/") and not keeps_path) or parts.query:
        raise SetupError(f"{given}: give only scheme, host and port")
    tls = trusted_tls_context() if parts.scheme == "https" else None
    server = Server(parts.hostname, port or (80 if tls is None else 443), tls)
    return Upstream(server, parts.path if parts.path.strip("/") else "", seconds)


class Relay(ThreadServer):
    """Asks `upstream` what it is asked; `notice` gets each passage before its client the answer.

    Raises SetupError when it cannot listen.
    """

    def __init__(
        self, host: str, port: int, upstream: Upstream, notice: Callable[[Passage], None]
    ) -> None:
        self.upstream, self.notice = upstream, notice
        try:
            super().__init__(host, port, _Connection)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SetupError(f"nothing can listen on {host}:{port} ({reason})") from None


class _Connection(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    disable_nagle_algorithm = True
    server: Relay

    def __getattr__(self, name: str) -> Any:
        # Python's server looks for a method of this name; which one it is, is the gateway's matter.
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    @property
    def _target(self) -> str:
        """Path and query as they came: Python's server takes a second slash away."""
        return self.requestline.split()[1]

    def _pass_on(self) -> None:
        headers, started = tuple(self.headers.items()), time.time()
        clock = time.perf_counter()
        try:
            body = b"".join(body_pieces(self.rfile, self.headers))
        except IncompleteBody as problem:
            self.close_connection = True
            refusal = _own_answer(problem.status, f"the request is not whole: {problem}")
            self._answer(refusal, refusal.body)
            return
        failure = ""
        try:
            answer = self._ask(body)
        except (OSError, HTTPException, ValueError) as error:
            failure = _failure_sentence(self.server.upstream, error)
            answer = _own_answer(502, failure)
        # First: whoever has this answer may ask for more at once, and that is noticed after it.
        self.server.notice(
            Passage(
                self.command, self._target, headers, body, answer.status,
                tuple(answer.headers.items()), answer.body, started,
                time.perf_counter() - clock, failure,
            )
        )  # fmt: skip
        self._answer(answer, answer.body)

    def _ask(self, body: bytes) -> HttpResponse:
        upstream = self.server.upstream
        answer = exchange(
            upstream.server, self.command, upstream.target(self._target),
            tuple(_fields(self.headers.items(), self.command, body, host_field(upstream.server))),
            body, seconds=upstream.seconds, most=ANSWER_MOST + 1,
        )  # fmt: skip
        if len(answer.body) > ANSWER_MOST:
            raise ValueError(f"the answer is larger than {ANSWER_MOST // 2**20} MiB")
        return answer

    def _answer(self, answer: HttpResponse, body: bytes) -> None:
        # The client may have gone; what it asked for has been done all the same.
        with suppress(ConnectionError, TimeoutError):
            phrase = answer.phrase or _phrase(answer.status)
            self.send_response_only(answer.status, phrase)
            for name, value in answer.headers.items():
                if name.lower() not in _FRAMING:
                    self.send_header(name, value)
            has_body = self.command != "HEAD" and answer.status not in (204, 304)
            length = str(len(body) + answer.missing) if has_body else answer.headers[_LENGTH]
            if length is not None:
                self.send_header(_LENGTH, length)
            self.close_connection = self.close_connection or bool(answer.missing)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if has_body:
                self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


_LENGTH = "Content-Length"


def _fields(
    headers: Iterable[tuple[str, str]], method: str, body: bytes, host: str
) -> Iterator[tuple[str, bytes]]:
    """The header fields to ask with: the client's own, and what belongs to this connection."""
    yield "Host", host.encode("ascii")
    for name, value in headers:
        if name.lower() != "host" and name.lower() not in _FRAMING:
            yield name, value.encode("latin-1", "replace")
    if body or method in ("POST", "PUT", "PATCH"):
        yield _LENGTH, str(len(body)).encode("ascii")
    yield "Connection", b"close"


def _own_answer(status: int, sentence: str) -> HttpResponse:
    """What the relay itself answers, in the gateway's form."""
    headers = Message()
    headers["Content-Type"] = "application/json"
    document = {"error": True, "message": f"megaapi-contract proxy: {sentence}"}
    return HttpResponse(status, headers, orjson.dumps(document), 0)


def _failure_sentence(upstream: Upstream, error: Exception) -> str:
    where = f"{upstream.server.host}:{upstream.server.port}"
    if isinstance(error, TimeoutError):
        return f"{where} gave no whole answer within {upstream.seconds:g} s (--timeout)"
    if isinstance(error, ConnectionRefusedError):
        return f"{where} refuses connections: is it up, and the port right?"
    if isinstance(error, (ConnectionError, HTTPException)):
        return f"{where} cut the connection before its answer was whole"
    return f"{where} cannot be reached: {error}"


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
