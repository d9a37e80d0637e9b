"""The control API seen from a test: one call, one document."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from http.client import HTTPException, IncompleteRead
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from ...errors import ControlRefused, SetupError
from ...errors.frames import between_test_and_refusal
from ...errors.shown_address import shown_address
from ...serving.http_client import Server, exchange, host_field, trusted_tls_context
from ...settings import require_control_token

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
# Seconds beyond what a call may wait on purpose: a busy machine is not a dead mock.
PATIENCE = 30.0
PAGE = 5_000


class Wire(Protocol):
    """How a request gets to the mock."""

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: float,
    ) -> tuple[int, bytes]:
        """Status and body of the answer; OSError or HTTPException when there is none."""

    def local_address(self) -> str:
        """The address of this machine that the mock can call back."""


class HttpWire:
    """A connection of its own for each call: nothing is shared between threads or kept."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or parts.scheme not in ("http", "https"):
            raise SetupError(
                f"{shown_address(url)!r} is not an address of a mock: use http://HOST:PORT"
            )
        self._prefix = parts.path.rstrip("/")
        if parts.scheme == "https":
            self._server = Server(host, port or 443, trusted_tls_context())
        else:
            self._server = Server(host, port or 80)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: float,
    ) -> tuple[int, bytes]:
        """Ask no proxy, follow no redirect; `timeout` is for the whole of it."""
        fields = [("Host", host_field(self._server)), ("Accept-Encoding", "identity")]
        if body is not None or method == "POST":
            fields.append(("Content-Length", str(len(body or b""))))
        target = self._prefix + path
        answer = exchange(
            self._server, method, target, [*fields, *headers.items()], body, seconds=timeout
        )
        if answer.missing:
            raise IncompleteRead(answer.body, answer.missing)
        return answer.status, answer.body

    def local_address(self) -> str:
        """The one this machine would call the mock from; nothing is sent to find out."""
        problem = "it has no address"
        try:
            host, port = self._server.host, self._server.port
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError as error:
            addresses, problem = [], str(error)
        for family, kind, proto, _, address in addresses:
            try:
                with socket.socket(family, kind, proto) as probe:
                    probe.connect(address)
                    return str(probe.getsockname()[0])
            except OSError as error:  # a family this machine has switched off
                problem = str(error)
        raise SetupError(f"cannot connect to {self._server.host}: {problem}")


class ControlClient:
    """Calls below /_mock of one mock; safe to share between threads.

    SetupError for a token that no header can carry.
    """

    def __init__(self, wire: Wire, *, place: str, token: str = "") -> None:
        require_control_token(token)
        self._wire, self._place, self._token = wire, place, token

    def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        query: Mapping[str, Any] | None = None,
    ) -> Json:
        """The document. ControlRefused says why not; SetupError when no mock answers there."""
        arguments = {name: value for name, value in (query or {}).items() if value is not None}
        body_bytes = None if body is None else json.dumps(body).encode()
        whole = f"/_mock{path}" + (f"?{urlencode(arguments)}" if arguments else "")
        headers = {"Content-Type": "application/json"} if body_bytes is not None else {}
        if self._token:
            headers["X-Mock-Token"] = self._token
        timeout = PATIENCE + float(arguments.get("wait", 0))
        try:
            status, answer = self._wire.send(method, whole, body_bytes, headers, timeout=timeout)
            document: Json = json.loads(answer)
        except (OSError, HTTPException, ValueError) as error:
            raise SetupError(f"no mock answers at {shown_address(self._place)}: {error}") from None
        if status >= 400:
            raise ControlRefused(status, str(document.get("error", f"answered {status}")))
        return document

    def find(self, path: str, **query: Any) -> list[Json]:
        """All items of a list, page by page."""
        return self.follow(path, **query)[1]

    def follow(self, path: str, **query: Any) -> tuple[int, list[Json]]:
        """The same with the epoch they are of: in another one, ids start over."""
        items: list[Json] = []
        page = self.call("GET", path, query={"limit": PAGE, **query})
        items += page["items"]
        epoch = int(page.get("epoch", 0))
        while page["next"] is not None:
            next_query = {**query, "since": page["next"], "epoch": epoch, "wait": None}
            page = self.call("GET", path, query={"limit": PAGE, **next_query})
            items += page["items"]
        return epoch, items

    def local_address(self) -> str:
        """The address of this machine that the mock can call back."""
        return self._wire.local_address()


def join_path(*steps: str) -> str:
    """A path of these steps, each quoted."""
    return "".join(f"/{quote(step, safe='@')}" for step in steps)
