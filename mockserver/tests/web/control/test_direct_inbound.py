"""Inbound messages are answered alike, whether Flask dispatches them or not."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.web.control.direct_inbound import DirectInbound

from ...support import KEY

PATH = f"/_mock/instances/{KEY}/inbound"
# A slash behind it is for Flask, which takes the path with and without one.
BY_FLASK = f"{PATH}/"


def answered(app: MockApp, path: str, **request: Any) -> tuple[int, str, bytes, bytes]:
    reply = app.test_client().post(path, **request)
    named = [(name, value) for name, value in reply.headers if name != "X-Mock-Exchange"]
    messages = app.test_client().get("/_mock/messages").data
    return reply.status_code, reply.status, json.dumps(named).encode() + reply.data, messages


@pytest.fixture
def pair() -> Any:
    apps = [build_app(clock=Clock(frozen_at=1_800_000_000.0)) for _ in range(2)]
    yield apps
    for app in apps:
        app.stop()


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"from": "5511900000002", "text": "oi"}},
        {"json": {"event": "image", "set": {"message.imageMessage.caption": "x"}}},
        {"json": {}},
        {"data": b""},
        {"data": b" "},
        {"data": b"{"},
        {"data": b"[]"},
        {"data": b"\xff"},
        {"json": {"event": "nothing"}},
        {"json": {"text": 1}},
        {"json": {"odd": 1}},
        {"json": {"set": {"message.conversaton": "x"}}},
        {"json": {"media": "!", "event": "image"}},
        {"json": {"from": "5511900000002"}, "headers": {"Origin": "http://evil.example"}},
        {"json": {"from": "5511900000002"}, "headers": {"Host": "evil.example"}},
        {"json": {"from": "5511900000002"}, "headers": {"Host": "127.0.0.1:8080"}},
        {"json": {"from": "5511900000002"}, "headers": {"Host": "[::1]:8080"}},
    ],
)
def test_inbound_is_answered_as_flask_answers_it(
    pair: list[MockApp], request_: dict[str, Any]
) -> None:
    direct, flask = pair
    assert answered(direct, PATH, **request_) == answered(flask, BY_FLASK, **request_)


def test_inbound_of_an_unknown_instance_is_refused_as_flask_refuses_it(
    pair: list[MockApp],
) -> None:
    direct, flask = pair
    path = "/_mock/instances/nobody/inbound"
    assert answered(direct, path, json={}) == answered(flask, f"{path}/", json={})


def test_our_own_bug_is_answered_as_flask_answers_it(
    pair: list[MockApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    for app in pair:
        monkeypatch.setattr(app.runtime.instances.publisher, "change", lambda *_: 1 / 0)
    direct, flask = pair
    answer = answered(direct, PATH, json={})
    assert answer == answered(flask, BY_FLASK, json={})
    assert answer[0] == 500


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD", "DELETE"])
def test_other_methods_are_for_flask(pair: list[MockApp], method: str) -> None:
    direct, flask = pair
    replies = [
        app.test_client().open(path, method=method)
        for app, path in ((direct, PATH), (flask, BY_FLASK))
    ]
    assert replies[0].status == replies[1].status
    assert replies[0].data == replies[1].data.replace(b"inbound/", b"inbound")


def test_a_plain_inbound_message_does_not_reach_flask(pair: list[MockApp]) -> None:
    app = pair[0]

    def never(*_: Any) -> Any:
        raise AssertionError("Flask was asked")

    contact_messages, courier = (
        use_cases.contact_messages(app.runtime),
        app.runtime.webhooks.courier,
    )
    records = app.runtime.records
    asked = DirectInbound(app, never, contact_messages, courier, records, "127.0.0.1")
    body = b'{"from": "5511900000002", "text": "oi"}'
    statuses: list[str] = []
    environ = app.test_request_context(PATH, method="POST", data=body).request.environ
    asked(environ, lambda status, headers, *_: statuses.append(status))
    assert statuses == ["201 CREATED"]


def test_a_webhook_that_points_here_is_for_flask(pair: list[MockApp]) -> None:
    body = b'{"from": "5511900000002"}'
    app = pair[0]
    asked = app.control.ready()
    assert isinstance(asked, DirectInbound)
    asked._courier = SimpleNamespace(under_way={"d1": body}, carries=lambda sent: sent == body)
    reached: list[bytes] = []

    def flask(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        reached.append(environ["wsgi.input"].read())
        start_response("404 NOT FOUND", [])
        return []

    asked._flask = flask
    assert app.test_client().post(PATH, data=body).status_code == 404
    assert reached == [body]
