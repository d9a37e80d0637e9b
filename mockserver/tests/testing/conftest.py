"""The same mock reached in three ways: everything a test does must work the same by each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.testing import Customer, Instance, Message, Mock, MockServer
from megaapi_mock.testing.instance_records import Calls, Inbox, Sent

ANA = "5511900000002"
Ask = Callable[..., tuple[int, Any]]
# Seconds that a wait takes here that does not say how long: a machine may be slow.
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def patient_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for wait in (Calls.wait_for, Inbox.wait_for, Sent.wait_for, Customer.taps):
        assert wait.__kwdefaults__ is not None and "timeout" in wait.__kwdefaults__
        monkeypatch.setitem(wait.__kwdefaults__, "timeout", PATIENCE)


@pytest.fixture(params=["in-process", "by-url", "without-a-port"])
def mock(request: pytest.FixtureRequest) -> Iterator[Mock]:
    """A mock of this test's own."""
    server = MockServer(listen=request.param != "without-a-port").start()
    remote = Mock(server.url) if request.param == "by-url" else None
    yield remote or server
    if remote is not None:
        remote.close()
    server.stop(30)
    assert list(server.app.runtime.records.bugs) == []


@pytest.fixture
def ask(mock: Mock) -> Ask:
    """Calls of the gateway's own API, as a bot makes them: status and document."""

    def over_http(
        instance: Instance, path: str, body: Any, *, wrapper: str = "messageData"
    ) -> tuple[int, Any]:
        headers = {**instance.headers, "Content-Type": "application/json"}
        sent = json.dumps({wrapper: body}).encode()
        request = Request(f"{instance.url}/rest/{path}", sent, headers)
        try:
            with urlopen(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def over_wsgi(
        instance: Instance, path: str, body: Any, *, wrapper: str = "messageData"
    ) -> tuple[int, Any]:
        assert isinstance(mock, MockServer)
        client = mock.app.test_client()
        reply = client.post(f"/rest/{path}", json={wrapper: body}, headers=instance.headers)
        return reply.status_code, reply.get_json()

    return over_http if mock.url else over_wsgi


@pytest.fixture
def send(ask: Ask) -> Callable[..., None]:
    """A text, or whatever `kind` and its fields say, sent by an instance."""

    def do(instance: Instance, to: str, text: str, *, kind: str = "text", **fields: Any) -> None:
        body = {"to": to, "text": text, **fields}
        status, document = ask(instance, f"sendMessage/{instance.key}/{kind}", body)
        assert status == 200, document

    return do


@pytest.fixture
def shop(mock: Mock) -> Iterator[Instance]:
    """One instance of the mock."""
    instance = mock.instance()
    yield instance
    instance.remove()


@pytest.fixture
def ana(shop: Instance) -> Customer:
    """A customer with a name."""
    return shop.customer(ANA, name="Ana")


def rows(*titles: str) -> list[dict[str, Any]]:
    """The sections of a list whose rows have these titles, their ids in small letters."""
    listed = [{"title": it, "description": "-", "rowId": it.lower()} for it in titles]
    return [{"title": "Opções", "rows": listed}]


LIST = {"kind": "listMessage", "title": "Loja", "description": "-", "buttonText": "Abrir"}

__all__ = ["ANA", "LIST", "Ask", "Message", "rows"]
