"""Every kind of fault through HTTP, armed with the very example its table shows."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.faults.registry import discover

from ..support import KEY, UNLINKED
from .conftest import Begin, Client

KINDS = discover()
Tries = Callable[[Client], None]


def reply(client: Client) -> None:
    came = client.send()
    assert came.status == 503
    assert came.headers["Retry-After"] == "5"
    assert came.json == {
        "name": "SERVICE_UNAVAILABLE",
        "message": "Service Unavailable",
        "statusCode": 503,
    }
    assert client.send().status == 200


def delay(client: Client) -> None:
    begun = time.monotonic()
    assert client.send().status == 200
    assert 0.05 <= time.monotonic() - begun < 60
    assert client.exchange()["fault"] == {"id": "f1", "name": "delay"}


def reset(client: Client) -> None:
    # MockServer is waitress: a real RST. The example loses the answer, not the message.
    assert isinstance(client.send().broke, ConnectionResetError)
    assert client.exchange()["response"] == {"status": 0, "headers": {}, "body": None}
    assert len(client.messages()) == 1
    assert client.send().status == 200


def hang(client: Client) -> None:
    assert isinstance(client.send(timeout=0.5).broke, TimeoutError)
    # The server may begin with a call after its client has given up.
    assert client.control_api("GET", "/exchanges?wait=60")["items"]
    assert client.exchange()["fault"] == {"id": "f1", "name": "hang"}
    assert client.messages() == []
    assert client.send().status == 200


def cut_body(client: Client) -> None:
    came = client.send()
    assert isinstance(came.broke, http.client.IncompleteRead)
    assert came.body == b'{"error":false,"mess'
    assert int(came.headers["Content-Length"]) > 100
    assert client.exchange()["response"]["body"] == came.body.decode()
    assert client.messages() == []
    assert client.send().status == 200


def malformed_json(client: Client) -> None:
    came = client.send()
    assert came.status == 200
    assert came.headers["Content-Type"].startswith("application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(came.body)
    assert json.loads(came.body + b"}")["message"] == "Message sent"
    assert client.messages() == []


def bad_gateway(client: Client) -> None:
    for _ in range(2):
        came = client.send()
        assert (came.status, came.body) == (502, b"error code: 502")
        assert came.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert client.send().status == 200


def empty_200(client: Client) -> None:
    came = client.status()
    assert (came.status, came.body) == (200, b"")
    assert "Content-Type" not in came.headers
    assert client.send().json["message"] == "Message sent"


def error_true_200(client: Client) -> None:
    failed = {"error": True, "message": "Internal Server Error"}
    came = [client.send() for _ in range(40)]
    assert {one.status for one in came} == {200}
    hits = [one.json == failed for one in came].count(True)
    assert 4 <= hits <= 16
    assert client.control_api("GET", "/faults")["items"][0]["used"] == hits
    assert len(client.messages()) == 40 - hits


def rate_limit(client: Client) -> None:
    assert {client.send().status for _ in range(20)} == {200}
    client.control_api("POST", "/clock", {"advance": 12.5})
    came = client.send()
    assert (came.status, came.headers["Retry-After"]) == (429, "48")
    client.control_api("POST", "/clock", {"advance": 48})
    assert client.send().status == 200


def zombie_session(client: Client) -> None:
    assert client.send().json["messageData"]["status"] == "PENDING"
    assert client.exchange()["fault"]["name"] == "zombie-session"
    assert client.status().json["instance"]["status"] == "connected"
    assert "user" in client.status().json["instance"]
    client.control_api("POST", "/clock", {"advance": 3600})
    inbound = {"from": "5511900000002", "event": "text-plain"}
    message = client.control_api("POST", f"/instances/{KEY}/inbound", inbound, status=201)
    assert message["state"] == "pending"
    call = {"from": "5511900000002", "event": "call"}
    client.control_api("POST", f"/instances/{KEY}/inbound", call, status=201)
    assert [one["state"] for one in client.messages()] == ["pending", "pending"]
    assert events(client) == ["from-me-api-echo"]


def ban_after(client: Client) -> None:
    assert [client.send().status for _ in range(4)] == [200, 200, 200, 403]
    assert events(client)[-2:] == ["from-me-api-echo", "disconnected"]
    assert client.control_api("GET", f"/instances/{KEY}")["state"] == "disconnected"
    shown = [
        item["fault"]
        for item in client.control_api("GET", "/exchanges?operation=send_text")["items"]
    ]
    assert shown[:2] == [None, None]
    assert shown[2] == {"id": f"f1.{KEY}", "name": "ban-after"}


def qr_never_scanned(client: Client) -> None:
    for _ in range(2):
        refused = client.control_api("POST", f"/instances/{UNLINKED}/link", {}, status=409)
        assert "qr-never-scanned" in refused["error"]
    assert client.control_api("GET", f"/instances/{UNLINKED}")["state"] == "disconnected"
    client.control_api("DELETE", f"/faults/f1.{UNLINKED}")
    client.control_api("POST", f"/instances/{UNLINKED}/link", {})


def media_expired(client: Client) -> None:
    image = {"from": "5511900000002", "event": "image"}
    sent = client.control_api("POST", f"/instances/{KEY}/inbound", image, status=201)
    part = sent["content"]["imageMessage"]
    keys = {"messageType": "image", **{name: part[name] for name in MEDIA_KEYS}}
    path = f"/rest/instance/downloadMediaMessage/{KEY}"
    came = client.call("POST", path, {"messageKeys": keys})
    assert (came.status, came.json) == (
        200,
        {"error": True, "message": "media not found", "data": ""},
    )
    assert client.call("POST", path, {"messageKeys": keys}).json["error"] is False


def accepted_undelivered(client: Client) -> None:
    assert client.send().status == 200
    assert client.send("5511900000004").status == 200
    client.control_api("POST", "/clock", {"advance": 3600})
    assert [(one["state"], one["reason"]) for one in client.messages()] == [
        ("server", "accepted, undelivered"),
        ("read", None),
    ]
    assert events(client).count("ack-server") == 2
    assert events(client).count("ack-delivered") == 1


def token_revoked(client: Client) -> None:
    came = client.status()
    assert came.status == 401
    assert came.json == {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
    assert "token-revoked" in came.reason


def slow_start(client: Client) -> None:
    restart = client.call("DELETE", f"/rest/instance/{KEY}/restart")
    assert restart.status == 200
    client.control_api("POST", "/clock", {"advance": 44})
    assert client.status().json["instance"]["status"] == "disconnected"
    assert client.send().status == 403
    client.control_api("POST", "/clock", {"advance": 1})
    assert client.status().json["instance"]["status"] == "connected"
    assert client.send().status == 200


MEDIA_KEYS = ("mediaKey", "directPath", "url", "mimetype")
TRIED: dict[str, Tries] = {
    function.__name__.replace("_", "-"): function
    for function in (
        reply, delay, reset, hang, cut_body, malformed_json, bad_gateway, empty_200,
        error_true_200, rate_limit, zombie_session, ban_after, qr_never_scanned, media_expired,
        accepted_undelivered, token_revoked, slow_start,
    )
}  # fmt: skip


def events(client: Client) -> list[str]:
    """What happened, as webhooks tell it, in order."""
    return [item["event"] for item in client.control_api("GET", "/deliveries")["items"]]


@pytest.mark.parametrize("name", sorted({*KINDS, *TRIED}))
def test_each_kind_does_what_its_example_says(name: str, begin: Begin) -> None:
    client = begin()
    hook = {"messageData": {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}}
    client.call("POST", f"/rest/webhook/{KEY}/configWebhook", hook)
    example: dict[str, Any] = dict(KINDS[name].kind.example)
    assert example["fault"] == name
    armed = client.control_api("POST", "/faults", example, status=201)
    assert {**armed, **example} == armed
    TRIED[name](client)
