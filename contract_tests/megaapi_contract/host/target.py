"""Hosts: one in this process without a port, one at an address. Both only take bytes."""

from __future__ import annotations

import io
import json
import ssl
import time
from collections.abc import Iterable, Iterator
from http.client import HTTPException, IncompleteRead
from typing import Any, Protocol
from urllib.parse import quote, unquote_to_bytes, urlsplit

from megaapi_mock.errors.names import did_you_mean
from megaapi_mock.errors.shown_address import shown_address
from megaapi_mock.serving.http_client import Server, exchange, trusted_tls_context
from megaapi_mock.settings import Settings
from megaapi_mock.testing import MockServer

from ..errors import CallCut, SetupError, Unusable
from .content_coding import ACCEPTED
from .http import Answer, Request
from .webhook_receiver import SECONDS_IN_PROCESS, Receiver

# A host below one of these is a real gateway, whatever the options say.
VENDOR_DOMAINS = ("megaapi.com.br", "mega-api.app.br")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
_ASCII = "".join(map(chr, range(33, 127)))
MAX_ANSWER = 64 * 2**20
START_OF_TIME = 1_767_225_600


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
        self.receiver.patience = SECONDS_IN_PROCESS
        self._server = MockServer(transport=self.receiver, settings=Settings(seed=seed), **parts)
        self._app = self._server.app
        # The same moment in every run: times are part of later requests.
        self._ask("POST", "/_mock/clock", {"freeze": True})
        self._ask("POST", "/_mock/clock", {"set": START_OF_TIME})

    def send(self, request: Request) -> Answer:
        """Call the WSGI app and return its answer."""
        start = time.perf_counter()
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
        seconds = time.perf_counter() - start
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

    def __init__(self, url: str, *, timeout: float = 30.0, option: str = "--target") -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            sentence = (
                "the port is not a number" if "ort" in str(error) else "this is not an address"
            )
            raise SetupError(f"{option} {shown_address(url)}: {sentence}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            guess = did_you_mean(url, ("mock",))
            raise SetupError(
                f"{option} {shown_address(url)}: {guess}give `mock`, or an address like "
                "https://apinocode01.example.test"
            )
        if parts.path.strip("/") or parts.query or parts.username:
            raise SetupError(f"{option} {shown_address(url)}: give only scheme, host and port")
        self.name = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.hostname
        self.real = is_vendor(parts.hostname) or parts.hostname not in LOOPBACK
        self._netloc, self._timeout = parts.netloc, timeout
        if parts.scheme == "https":
            self._server = Server(parts.hostname, port or 443, trusted_tls_context())
        else:
            self._server = Server(parts.hostname, port or 80)

    def send(self, request: Request) -> Answer:
        """Send one request on a new connection, which is shut down when the time is over."""
        start = time.perf_counter()
        try:
            answer = exchange(
                self._server,
                request.method,
                # Whatever a host has answered may be part of it; on the wire it is ASCII.
                quote(request.target, safe=_ASCII),
                tuple(_fields(request, self._netloc)),
                request.body,
                seconds=self._timeout,
                most=MAX_ANSWER,
            )
        except (OSError, HTTPException) as error:
            is_cut = isinstance(error, (ConnectionError, HTTPException))
            is_cut = is_cut and not isinstance(error, ConnectionRefusedError)
            raise (CallCut if is_cut else Unusable)(self._failure_sentence(error)) from None
        if len(answer.body) >= MAX_ANSWER:
            raise Unusable(f"the host answers with more than {MAX_ANSWER // 2**20} MiB")
        if answer.missing:
            raise CallCut(self._failure_sentence(IncompleteRead(b"", answer.missing)))
        seconds = time.perf_counter() - start
        return Answer(answer.status, tuple(answer.headers.items()), answer.body, seconds)

    def close(self) -> None:
        """Do nothing: no connection is kept open."""

    def _failure_sentence(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self.name} gave no whole answer within {self._timeout:g} s (--timeout)"
        if isinstance(error, ConnectionRefusedError):
            return f"{self.name} refuses connections: is the host up, and the port right?"
        if isinstance(error, ssl.SSLError):
            return f"{self.name}: no trusted TLS connection ({error.reason or error})"
        if isinstance(error, (ConnectionError, HTTPException)):
            return f"{self.name} cut the connection before its answer was whole"
        return f"{self.name} cannot be reached: {error}"


def _fields(request: Request, netloc: str) -> Iterator[tuple[str, str | bytes]]:
    """The header fields as they go over the wire: the request's own, and what it lacks."""
    if request.header("Host") is None:
        yield "Host", netloc
    if request.header("Accept-Encoding") is None:
        yield "Accept-Encoding", ACCEPTED
    for name, value in request.headers:
        yield name, value.encode("latin-1", "replace")
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        yield "Content-Length", str(len(request.body))
    yield "Connection", "close"


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
