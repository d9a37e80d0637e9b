"""One delivery at the control API, until it has ended; another receiver without a call."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.http.client import ReceiverAnswer

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import KEY, RecordingTransport
from .test_lists import hear, send

HOOK = "http://127.0.0.1:9/hook"


class Held(RecordingTransport):
    """Answers once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        assert self.go.wait(60)
        return super().post(url, body, headers, timeout=timeout)


@pytest.fixture
def held(make_app: MakeApp) -> Iterator[tuple[MockApp, Held, str]]:
    """An app whose first delivery is on its way, and that delivery's id."""
    transport = Held()
    app = make_app(transport=transport)
    hear(app)
    send(app)
    yield app, transport, ControlApi(app).items("/deliveries")[0]["id"]
    transport.go.set()


def test_a_wait_ends_with_the_delivery(held: tuple[MockApp, Held, str]) -> None:
    app, transport, first = held
    found: list[str] = []

    def ask() -> None:
        found.append(ControlApi(app).get(f"/deliveries/{first}?wait=60")["state"])

    waiter = threading.Thread(target=ask)
    waiter.start()
    waiter.join(0.05)
    assert waiter.is_alive() and found == []
    transport.go.set()
    waiter.join(60)
    assert found == ["delivered"]


def test_a_wait_ends_as_it_is(held: tuple[MockApp, Held, str]) -> None:
    app, _, first = held
    assert ControlApi(app).get(f"/deliveries/{first}?wait=0.02")["state"] == "queued"
    assert ControlApi(app).get(f"/deliveries/{first}")["state"] == "queued"
    assert "wait" in ControlApi(app).refusal("GET", f"/deliveries/{first}?wait=61")


def test_an_unknown_delivery(control_api: ControlApi) -> None:
    said = control_api.refusal("GET", "/deliveries/d9?wait=60", status=404)
    assert said == "there is no delivery 'd9': see /_mock/deliveries"


def test_the_webhook_points_elsewhere_without_a_call(app: MockApp, control_api: ControlApi) -> None:
    path = f"/instances/{KEY}/webhook"
    assert control_api.post(path, {"url": HOOK})["webhook"] == {"url": HOOK, "enabled": True}
    assert control_api.post(path, {"enabled": False})["webhook"] == {"url": HOOK, "enabled": False}
    # Whoever names a URL wants webhooks there.
    assert control_api.post(path, {"url": f"{HOOK}2"})["webhook"]["enabled"] is True
    send(app)
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert {item["url"] for item in control_api.items("/deliveries")} == {f"{HOOK}2"}
    assert [item["operation"] for item in control_api.items("/exchanges")] == ["send_text"]


def test_a_webhook_change_that_cannot_be(control_api: ControlApi) -> None:
    path = f"/instances/{KEY}/webhook"
    assert control_api.refusal("POST", path, {}) == "give at least one of url, enabled"
    assert control_api.refusal("POST", path, {"url": 7}) == "url: must be a string, not 7"
    control_api.refusal("POST", "/instances/nobody/webhook", {"url": HOOK}, status=404)


def test_messages_by_who_wrote_them(app: MockApp, control_api: ControlApi) -> None:
    send(app, "oi")
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert [item["from_me"] for item in control_api.items("/messages?from_me=true")] == [True]
    assert [item["from_me"] for item in control_api.items("/messages?from_me=false")] == [False]
    assert len(control_api.items("/messages")) == 2
    assert "from_me" in control_api.refusal("GET", "/messages?from_me=1")
