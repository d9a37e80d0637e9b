"""Hosts: one in this process without a port, one at an address. Both only take bytes."""

from __future__ import annotations

import io
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from megaapi_mock.testing import MockServer

from ..errors import SetupError, Unusable
from .content_coding import ACCEPTED
from .http import Answer, Request
from .webhook_receiver import Receiver

# A host below one of these is a real gateway, whatever the options say.
VENDOR_DOMAINS = ("megaapi.com.br", "mega-api.app.br")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
MAX_ANSWER = 64 * 2**20
START_OF_TIME = 1_767_225_600
READ_AT_ONCE = 64 * 2**10


class Target(Protocol):
    """A host under test. `real` says that people may be at the other end."""

    name: str
    real: bool
    in_process: bool

    def send(self, request: Request) -> Answer:
        """The host's answer; Unusable when none comes."""

    def close(self) -> None:
        """Release all resources."""


def is_vendor(host: str) -> bool:
    """Whether this is the vendor's own domain or below it."""
    name = host.rstrip(".").lower()
    return any(name == domain or name.endswith(f".{domain}") for domain in VENDOR_DOMAINS)


class MockTarget:
    """The mock in this process: no port, a clock that stands still, webhooks by hand-over."""

    name = "mock"
    real = False
    in_process = True

    def __init__(self, *, seed: int = 0, receiver: Receiver | None = None, **parts: Any) -> None:
        self.receiver = receiver or Receiver()
        self._server = MockServer(transport=self.receiver, **parts)
        self._app = self._server.app
        # The same moment in every run: times are part of later requests.
        self._ask("POST", "/_mock/clock", {"freeze": True})
        self._ask("POST", "/_mock/clock", {"set": START_OF_TIME})

    def send(self, request: Request) -> Answer:
        """Call the WSGI app and return its answer."""
        started = time.perf_counter()
        response: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            response["status"], response["headers"] = int(status.split(" ", 1)[0]), headers

        pieces: Iterable[bytes] = self._app(_environ(request), start_response)
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        seconds = time.perf_counter() - started
        return Answer(response["status"], tuple(response["headers"]), body, seconds)

    def close(self) -> None:
        """Stop the mock and drop what is still queued."""
        self._server.stop(0)

    def _ask(self, method: str, path: str, body: Any) -> None:
        content = json.dumps(body).encode()
        headers = (("Content-Type", "application/json"), ("Host", "127.0.0.1"))
        answer = self.send(Request(method, path, headers, content))
        assert answer.status < 300, answer.body


class HttpTarget:
    """A host at an address. Redirects are not followed; `timeout` bounds each whole exchange."""

    in_process = False

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            sentence = (
                "the port is not a number" if "ort" in str(error) else "this is not an address"
            )
            raise SetupError(f"--target {url}: {sentence}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SetupError(
                f"--target {url}: give `mock`, or an address like https://apinocode01.example.test"
            )
        if parts.path.strip("/") or parts.query or parts.username:
            raise SetupError(f"--target {url}: give scheme, host and port alone")
        self.name = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.hostname
        self.real = is_vendor(parts.hostname) or parts.hostname not in LOOPBACK
        self._netloc, self._port, self._timeout = parts.netloc, port, timeout
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None

    def send(self, request: Request) -> Answer:
        """Send one request on a new connection, which is shut down when the time is over."""
        started = time.perf_counter()
        watch = _Watch(self._timeout)
        try:
            status, headers, body = _exchange(self._connection(), request, self._netloc, watch)
        except (OSError, HTTPException) as error:
            raise Unusable(
                self._failure_sentence(error, timed_out=watch.expired.is_set())
            ) from None
        finally:
            watch.end()
        if watch.expired.is_set():
            raise Unusable(self._failure_sentence(TimeoutError(), timed_out=True))
        return Answer(status, headers, body, time.perf_counter() - started)

    def close(self) -> None:
        """Do nothing: no connection is kept open."""

    def _connection(self) -> HTTPConnection:
        if self._tls is not None:
            return HTTPSConnection(self.host, self._port, timeout=self._timeout, context=self._tls)
        return HTTPConnection(self.host, self._port, timeout=self._timeout)

    def _failure_sentence(self, error: Exception, *, timed_out: bool) -> str:
        if timed_out or isinstance(error, TimeoutError):
            return f"{self.name} gave no whole answer within {self._timeout:g} s (--timeout)"
        if isinstance(error, ConnectionRefusedError):
            return f"{self.name} refuses connections: is the host up, and the port right?"
        if isinstance(error, ssl.SSLError):
            return f"{self.name}: no trusted TLS connection ({error.reason or error})"
        if isinstance(error, (ConnectionError, HTTPException)):
            return f"{self.name} cut the connection before its answer was whole"
        return f"{self.name} cannot be reached: {error}"


class _Watch:
    """Shuts an exchange's socket down when its time is over, even inside a blocking read."""

    def __init__(self, seconds: float) -> None:
        self.expired = threading.Event()
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut_down)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, sock: socket.socket | None) -> None:
        """Watch this socket; the library drops its own reference before the answer ends."""
        self._sock = sock
        if self.expired.is_set():
            self._shut_down()

    def end(self) -> None:
        """Stop watching, and close the socket."""
        self._timer.cancel()
        self._timer.join()
        if self._sock is not None:
            self._sock.close()

    def _shut_down(self) -> None:
        self.expired.set()
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)


def _exchange(
    connection: HTTPConnection, request: Request, netloc: str, watch: _Watch
) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    connection.connect()
    watch.watch(connection.sock)
    connection.putrequest(request.method, request.target, True, True)
    if request.header("Host") is None:
        connection.putheader("Host", netloc)
    if request.header("Accept-Encoding") is None:
        connection.putheader("Accept-Encoding", ACCEPTED)
    for name, value in request.headers:
        connection.putheader(name, value.encode("latin-1", "replace"))
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(request.body)))
    connection.putheader("Connection", "close")
    connection.endheaders(request.body or None)
    answer = connection.getresponse()
    return answer.status, tuple(answer.getheaders()), _body(answer, watch)


def _body(answer: HTTPResponse, watch: _Watch) -> bytes:
    pieces, size = [], 0
    while size < MAX_ANSWER and not watch.expired.is_set():
        piece = answer.read1(READ_AT_ONCE)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    if size >= MAX_ANSWER:
        raise Unusable(f"the host answers with more than {MAX_ANSWER // 2**20} MiB")
    if answer.length:
        raise IncompleteRead(b"", answer.length)
    return b"".join(pieces)


def _environ(request: Request) -> dict[str, Any]:
    """The WSGI environment of a request; the path is decoded as latin-1 (PEP 3333)."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        environ["CONTENT_LENGTH"] = str(len(request.body))
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
