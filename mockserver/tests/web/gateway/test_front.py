"""What goes to the gateway's own pipeline and what to the control API, and when webhooks leave."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

import pytest
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.front import Front

from ...conftest import MakeApp
from ...support import AUTH, KEY

STATUS = f"/rest/instance/{KEY}"
SEND = f"/rest/sendMessage/{KEY}/text"
TEXT = json.dumps({"messageData": {"to": "5511900000001", "text": "Oi"}}).encode()


class Calls:
    """A front over a mock's pipeline; `control` has the paths that went past the gateway."""

    def __init__(self, app: MockApp) -> None:
        self.control: list[str] = []
        self.front = Front(app.pipeline, self._control)
        self.statuses: list[str] = []
        self.headers: dict[str, str] = {}

    def _control(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.control.append(environ["PATH_INFO"])
        start_response("299 control", [])
        return [b""]

    def start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.statuses.append(status)
        self.headers = dict(headers)

    def environ(self, path: str, method: str = "GET", body: bytes = b"", **more: Any) -> Any:
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": AUTH["Authorization"],
            "wsgi.input": io.BytesIO(body),
            **more,
        }

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", **more: Any
    ) -> tuple[int, Any]:
        parts = self.front(self.environ(path, method, body, **more), self.start)
        content = b"".join(parts)
        getattr(parts, "close", lambda: None)()
        document = json.loads(content) if content.startswith(b"{") else content
        return int(self.statuses[-1].split()[0]), document


@pytest.fixture
def calls(app: MockApp) -> Calls:
    return Calls(app)


@pytest.mark.parametrize("path", ["/_mock", "/_mock/instances", "/docs", "/docs/swagger.json"])
def test_control_api_and_documents_are_not_the_gateways(calls: Calls, path: str) -> None:
    assert calls.ask(path)[0] == 299
    assert calls.control == [path]


@pytest.mark.parametrize("path", ["/_mockery", "/docs2", "/rest/_mock", "/"])
def test_a_path_that_only_looks_like_it_is_an_unknown_route(calls: Calls, path: str) -> None:
    assert calls.ask(path, HTTP_ACCEPT="application/json")[0] == 404
    assert calls.control == []


def test_a_browser_sees_the_first_page_and_a_client_the_gateways_404(calls: Calls) -> None:
    html = {"HTTP_ACCEPT": "Text/HTML,*/*"}
    assert [calls.ask("/", method, **html)[0] for method in ("GET", "HEAD")] == [299, 299]
    assert calls.ask("/", "POST", **html)[0] == 404
    assert calls.ask("/anything", **html)[0] == 404
    assert calls.control == ["/", "/"]


def test_preflight_is_answered_without_the_gateway_and_without_a_body(
    app: MockApp, calls: Calls
) -> None:
    assert calls.ask("/rest/whatever", "OPTIONS") == (204, b"")
    assert "DELETE" in calls.headers["Access-Control-Allow-Methods"]
    assert len(app.runtime.records.journal.exchanges) == 0


def test_a_slash_at_the_end_or_other_case_is_the_same_route(calls: Calls) -> None:
    for path in (STATUS, f"{STATUS}/", STATUS.replace("rest", "REST")):
        assert calls.ask(path)[0] == 200, path
    assert calls.ask(f"/{STATUS}", RAW_URI=f"/{STATUS}")[0] == 404


def test_a_path_of_any_length_is_found_and_only_short_ones_are_remembered(calls: Calls) -> None:
    remembered = calls.front._match.cache_info
    assert calls.ask(f"/rest/instance/{'x' * 300}")[0] == 404
    assert remembered().currsize == 0
    assert calls.ask(STATUS)[0] == calls.ask(STATUS)[0] == 200
    assert (remembered().currsize, remembered().hits) == (1, 1)


def test_only_express_reads_paths_in_any_case(make_app: MakeApp) -> None:
    calls = Calls(make_app(switches={"body_parsing": "json_only"}))
    assert calls.ask(STATUS.replace("rest", "REST"))[0] == 404


@pytest.mark.parametrize(("release", "before"), [("before", True), ("after", False)])
def test_webhooks_are_released_before_or_after_the_answer_begins(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, release: str, before: bool
) -> None:
    app = make_app(switches={"webhook_release": release})
    calls = Calls(app)
    events: list[str] = []
    monkeypatch.setattr(app.pipeline.publisher, "release", lambda _: events.append("release"))
    set_webhook(calls)
    parts = calls.front(calls.environ(SEND, "POST", TEXT), lambda *_: events.append("start"))
    b"".join(parts)
    getattr(parts, "close", lambda: None)()
    assert (events[0] == "release") is before
    assert {*events} == {"release", "start"} and events.count("start") == 1


def test_webhooks_leave_although_the_server_cannot_begin_its_answer(
    app: MockApp, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[object] = []
    set_webhook(calls)
    monkeypatch.setattr(app.pipeline.publisher, "release", released.append)

    def fail(*_: object) -> None:
        raise OSError("the client is gone")

    with pytest.raises(OSError, match="the client is gone"):
        calls.front(calls.environ(SEND, "POST", TEXT), fail)
    assert len(released) == 1


def set_webhook(calls: Calls) -> None:
    data = {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}
    body = json.dumps({"messageData": data}).encode()
    assert calls.ask(f"/rest/webhook/{KEY}/configWebhook", "POST", body)[0] == 200


def test_an_answer_that_cannot_be_compressed_is_sent_as_it_is(
    app: MockApp, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("megaapi_mock.web.gateway.front.compress", fail)
    status, document = calls.ask(STATUS, HTTP_ACCEPT_ENCODING="gzip")
    assert (status, document["error"]) == (200, False)
    [bug] = app.runtime.records.bugs
    assert f"GET {STATUS} is answered uncompressed" in str(bug)
    app.runtime.records.bugs.clear()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"/rest%2Finstance/{KEY}", 404),
        (f"/%72est/instance/{KEY}", 404),
        (f"/rest/instance%2f{KEY}", 404),
        (f"/rest/instance/{KEY.replace('-', '%2D')}", 200),
        (f"/REST/instance/{KEY.replace('m', '%6d', 1)}/", 200),
        (f"{STATUS}?to=%2F", 200),
    ],
)
def test_only_the_key_of_a_path_may_be_percent_encoded(app: MockApp, url: str, status: int) -> None:
    """The ancestor's router compares what was sent, and decodes values alone."""
    environ = {"RAW_URI": url, "REQUEST_URI": url}
    reply = app.test_client().get(STATUS, headers=AUTH, environ_overrides=environ)
    assert reply.status_code == status
