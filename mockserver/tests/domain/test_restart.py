"""While a restarted socket is down WhatsApp keeps what arrives; then it comes in one burst."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp
from werkzeug.test import TestResponse

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, START, UNLINKED, RecordingTransport

INBOUND = f"/instances/{KEY}/inbound"
GROUP = "120363000000000001@g.us"


class Socket:
    """An instance whose restart takes five seconds."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.control_api = app, ControlApi(app)
        self.control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})

    def rest(self, method: str, path: str, body: Any = None) -> TestResponse:
        client = self.app.test_client()
        reply = client.open(f"/rest/{path}", method=method, json=body, headers=AUTH)
        reply.get_data()
        return reply

    def restart(self) -> None:
        assert self.rest("DELETE", f"instance/{KEY}/restart").get_json()["error"] is False
        assert self.control_api.get(f"/instances/{KEY}")["state"] == "connecting"
        self.told()

    def told(self) -> list[dict[str, Any]]:
        """The webhooks since the last look."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        transport = self.app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        posts = [orjson.loads(body) for _, body, _ in transport.posts]
        transport.posts.clear()
        return posts

    def open_again(self) -> list[dict[str, Any]]:
        self.control_api.post("/clock", {"advance": 5})
        return self.told()


@pytest.fixture
def socket(make_app: MakeApp) -> Socket:
    return Socket(make_app(switches={"restart_seconds": "5", "ack_delays": "1,2,60"}))


def test_messages_during_a_restart_come_in_a_burst_after_it(socket: Socket) -> None:
    socket.restart()
    first = socket.control_api.post(INBOUND, {"text": "um", "event": "text-plain"}, status=201)
    socket.control_api.post("/clock", {"advance": 2})
    second = socket.control_api.post(INBOUND, {"event": "image"}, status=201)
    assert socket.told() == []
    posts = socket.open_again()
    assert [post["messageType"] for post in posts] == [
        "connection_update", "conversation", "imageMessage",
    ]  # fmt: skip
    assert [post["key"]["id"] for post in posts[1:]] == [first["id"], second["id"]]
    # They say when they were written, not when the socket opened.
    assert [post["messageTimestamp"] for post in posts[1:]] == [int(START), int(START) + 2]


def test_receipts_during_a_restart_come_after_it(socket: Socket) -> None:
    body = {"messageData": {"to": "5511900000002", "text": "oi"}}
    assert socket.rest("POST", f"sendMessage/{KEY}/text", body).status_code == 200
    socket.restart()
    socket.control_api.post("/clock", {"advance": 3})
    assert socket.told() == []
    connected, *receipts = socket.open_again()
    assert connected["messageType"] == "connection_update"
    assert [post["update"]["status"] for post in receipts] == [2, 3]
    assert [post["timestamp"] for post in receipts] == [int(START) + 1, int(START) + 2]


def test_calls_and_changes_of_groups_wait_too(socket: Socket) -> None:
    socket.restart()
    socket.control_api.post(INBOUND, {"event": "call"}, status=201)
    body = {"event": "group-participants", "group": GROUP, "option": "remove"}
    socket.control_api.post(INBOUND, body, status=201)
    assert socket.told() == []
    types = [post["messageType"] for post in socket.open_again()]
    assert types == ["connection_update", "call", "group-participants.update"]


def test_presence_is_kept_for_nobody(socket: Socket) -> None:
    socket.restart()
    sentence = socket.control_api.refusal("POST", INBOUND, {"event": "presence"}, status=409)
    assert "restarting" in sentence and "link" not in sentence


def test_nothing_says_unlinked_and_linked_at_once(socket: Socket) -> None:
    """What refuses a QR code says linked, so nothing else may ask to link the phone first."""
    socket.restart()
    code = socket.rest("GET", f"instance/qrcode_base64/{KEY}")
    assert "is linked, and restarting" in code.headers["X-Mock-Reason"]
    sent = socket.rest("POST", f"sendMessage/{KEY}/text", {"messageData": {"to": "1", "text": ""}})
    assert sent.status_code == 403
    assert sent.headers["X-Mock-Reason"] == f"{KEY} is restarting: its socket opens again by itself"
    socket.control_api.post(INBOUND, status=201)


def test_who_is_not_linked_is_told_so_everywhere(socket: Socket) -> None:
    refused = socket.control_api.refusal("POST", f"/instances/{UNLINKED}/inbound", {}, status=409)
    assert "is not linked" in refused
    assert "is not linked" in socket.control_api.refusal(
        "POST", f"/instances/{UNLINKED}/unlink", {}, status=409
    )


@pytest.mark.parametrize("by", ["phone", "ban"])
def test_a_session_that_ends_meanwhile_takes_them_along(socket: Socket, by: str) -> None:
    socket.restart()
    socket.control_api.post(INBOUND, status=201)
    socket.control_api.post(f"/instances/{KEY}/unlink", {"by": by})
    socket.control_api.post(f"/instances/{KEY}/link", {})
    types = [post["messageType"] for post in socket.told()]
    assert types == ["connection_update", "connection_update"]


def test_a_session_that_the_gateway_drops_keeps_them(socket: Socket) -> None:
    socket.restart()
    socket.control_api.post(INBOUND, status=201)
    socket.control_api.post(f"/instances/{KEY}/unlink", {"by": "gateway"})
    assert [post["messageType"] for post in socket.told()] == ["connection_update"]
    socket.rest("DELETE", f"instance/{KEY}/restart")
    types = [post["messageType"] for post in socket.open_again()]
    assert types == ["connection_update", "conversation"]


def test_what_waits_is_in_a_saved_state(socket: Socket, make_app: MakeApp) -> None:
    socket.restart()
    sent = socket.control_api.post(INBOUND, status=201)
    other = Socket(make_app(switches={"restart_seconds": "5"}))
    other.control_api.put("/state", socket.control_api.get("/state"))
    posts = other.open_again()
    assert [post["key"]["id"] for post in posts if "key" in post] == [sent["id"]]


def test_what_waits_is_bounded(make_app: MakeApp) -> None:
    socket = Socket(
        make_app(switches={"restart_seconds": "5"}, settings=Settings(messages_limit=10))
    )
    socket.restart()
    sent = [socket.control_api.post(INBOUND, status=201)["id"] for _ in range(25)]
    told = [post["key"]["id"] for post in socket.open_again() if "key" in post]
    assert told == sent[-10:]
