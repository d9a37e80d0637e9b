"""Calls of the gateway that a bot makes, and which of its webhooks came."""

from __future__ import annotations

from typing import Any

from megaapi_mock.web.app import MockApp

from ...control import ControlApi
from ...support import KEY, UNLINKED_TOKEN

HOOK = "http://127.0.0.1:9/hook"
UNLINKED_AUTH = {"Authorization": f"Bearer {UNLINKED_TOKEN}"}
TEXT = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}


def send_text(app: MockApp, key: str = KEY, token: str = "TESTKEY0001") -> dict[str, Any]:
    """Send one text; its messageData."""
    reply = app.test_client().post(
        f"/rest/sendMessage/{key}/text", json=TEXT, headers={"Authorization": f"Bearer {token}"}
    )
    document = reply.get_json()
    assert reply.status_code == 200, document
    found: dict[str, Any] = document["messageData"]
    return found


def hear(app: MockApp, key: str, token: str) -> None:
    """Point the instance's webhook at the recording transport."""
    reply = app.test_client().post(
        f"/rest/webhook/{key}/configWebhook",
        json={"messageData": {"webhookUrl": HOOK, "webhookEnabled": True}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert reply.status_code == 200
    reply.get_data()


def heard(app: MockApp, control_api: ControlApi, key: str = KEY) -> list[str]:
    """Events delivered so far."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    return [
        item["event"] for item in control_api.walk(f"/deliveries?instance={key}&status=delivered")
    ]
