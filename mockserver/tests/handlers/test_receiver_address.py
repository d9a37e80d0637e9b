"""Addresses of receivers in calls: every text is taken, and a reason says where nothing can go."""

from __future__ import annotations

import pytest
from megaapi_mock.spec.plans import ADMIN_TOKEN
from megaapi_mock.web.app import MockApp

from ..support import AUTH, KEY

WEBHOOK = f"/rest/webhook/{KEY}/configWebhook"


def configure(app: MockApp, **data: object) -> tuple[int, str]:
    """The status and the reason of a configWebhook."""
    body = {"messageData": {"webhookUrl": "", "webhookEnabled": True, **data}}
    reply = app.test_client().post(WEBHOOK, headers=AUTH, json=body)
    return reply.status_code, reply.headers.get("X-Mock-Reason", "")


@pytest.mark.parametrize("name", ["webhookUrl", "webhookSecondaryUrl"])
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("x", "{}: not a URL with http:// or https://: 'x'"),
        ("http://127.0.0.1:99999/", "{}: not a port number: 99999"),
        (" ", "{} is blank: no webhook can be sent there"),
        ("http://127.0.0.1:9000/hook", ""),
    ],
)
def test_reason_names_the_address_that_cannot_be_sent_to(
    name: str, url: str, reason: str, app: MockApp
) -> None:
    assert configure(app, **{name: url}) == (200, reason.format(name))


def test_reason_names_it_in_the_older_ways_too(whole_app: MockApp) -> None:
    client, admin = whole_app.test_client(), {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    body = {"messageData": {"webhookUrl": "x", "webhookEnabled": True}}
    reply = client.post("/rest/instance/init?instance_key=new", headers=admin, json=body)
    assert reply.status_code == 200
    assert reply.headers["X-Mock-Reason"].startswith("webhookUrl: not a URL with http")
    reply = client.post(f"/rest/webhook/{KEY}/updateUrl", headers=AUTH, json={"data": {"url": "x"}})
    assert reply.status_code == 200, reply.text
    assert reply.headers["X-Mock-Reason"].startswith("url: not a URL with http")
