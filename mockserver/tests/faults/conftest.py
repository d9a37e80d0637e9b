"""A mock on a real port, and a client that tells what came back, or what broke."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.testing import MockServer

from ..support import AUTH, KEY, START, RecordingTransport

SEND = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}
JSON_BODY = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Came:
    """What came back; without a status nothing did, and `broke` is the client's exception."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    broke: Exception | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        return self.headers.get("X-Mock-Reason", "")


class Client:
    """Calls over real sockets, one connection each."""

    def __init__(self, url: str, *, key: str = KEY, token: str = AUTH["Authorization"]) -> None:
        self.host = url.partition("//")[2]
        self.key, self.token = key, token

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Came:
        """One call of the gateway or the control API."""
        connection = http.client.HTTPConnection(self.host, timeout=timeout)
        sent = {"Authorization": self.token, **JSON_BODY, **(headers or {})}
        try:
            content = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, path, content, sent)
            with connection.getresponse() as reply:
                found = dict(reply.getheaders())
                try:
                    return Came(reply.status, found, reply.read())
                except http.client.IncompleteRead as cut:
                    return Came(reply.status, found, cut.partial, cut)
        except OSError as error:
            return Came(broke=error)
        finally:
            connection.close()

    def send(self, to: str = "5511900000002", *, fault: str | None = None, **options: Any) -> Came:
        """A text; `fault` is asked for by the call itself."""
        body = {"messageData": {"to": to, "text": "Bom dia"}}
        if fault is not None:
            options["headers"] = {"X-Mock-Fault": fault}
        return self.call("POST", f"/rest/sendMessage/{self.key}/text", body, **options)

    def status(self, **options: Any) -> Came:
        """The status operation."""
        return self.call("GET", f"/rest/instance/{self.key}", **options)

    def control_api(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """A call of the control API that must go as told."""
        came = self.call(method, f"/_mock{path}", body)
        assert came.status == status, came
        return came.json

    def arm(self, fault: str, **wishes: Any) -> Any:
        """The fault, armed."""
        return self.control_api("POST", "/faults", {"fault": fault, **wishes}, status=201)

    def messages(self) -> list[Any]:
        """Every message there is."""
        items = self.control_api("GET", "/messages")["items"]
        assert isinstance(items, list)
        return items

    def exchange(self) -> Any:
        """The newest exchange."""
        return self.control_api("GET", "/exchanges")["items"][-1]


Begin = Callable[..., Client]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Mocks on real ports, clock frozen, seed 0; each must end without a bug."""
    servers: list[MockServer] = []

    def start(*, switches: dict[str, str] | None = None, **parts: Any) -> Client:
        parts.setdefault("clock", Clock(frozen_at=START))
        parts.setdefault("ids", Ids(0))
        parts.setdefault("transport", RecordingTransport())
        parts.setdefault("profile", default_profile().with_switches(switches or {}))
        server = MockServer(**parts).start()
        servers.append(server)
        return Client(server.url)

    yield start
    for server in servers:
        bugs = list(server.app.runtime.records.bugs)
        assert server.stop(60) == 0
        assert bugs == []


@pytest.fixture
def client(begin: Begin) -> Client:
    """A client of one mock with every default."""
    return begin()
