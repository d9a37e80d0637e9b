"""What the phone decides: whose number it is, which groups it knows, and switches about sends."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import MakeApp
from ..support import AUTH, KEY, UNLINKED, UNLINKED_TOKEN

GROUP = "120363000000000001@g.us"


def link(app: Any, key: str, **body: str) -> None:
    reply = app.test_client().post(f"/_mock/instances/{key}/link", json=body)
    assert reply.status_code == 200, reply.data


def user_of(app: Any, key: str, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    reply = app.test_client().get(f"/rest/instance/{key}", headers=headers)
    return str(reply.get_json()["instance"]["user"]["id"]).partition(":")[0]


def groups_of(app: Any, key: str = KEY, headers: dict[str, str] = AUTH) -> list[str]:
    listed = app.test_client().get(f"/rest/group/list/{key}", headers=headers).get_json()
    return [group["id"] for group in listed["groups"]]


def test_another_number_knows_its_own_groups(make_app: MakeApp) -> None:
    app = make_app()
    app.test_client().post(f"/_mock/instances/{KEY}/unlink", json={})
    link(app, KEY, number="5511900000066")
    assert groups_of(app) == []
    app.test_client().post(f"/_mock/instances/{KEY}/unlink", json={})
    link(app, KEY, number="5511900000002")
    assert groups_of(app) == [GROUP]


def test_the_same_number_keeps_what_it_did_in_its_groups(make_app: MakeApp) -> None:
    app = make_app()
    app.test_client().delete(f"/rest/group/{KEY}/leaveGroup?jid={GROUP}", headers=AUTH)
    app.test_client().post(f"/_mock/instances/{KEY}/unlink", json={})
    link(app, KEY)
    assert groups_of(app) == []


def test_the_phone_that_types_the_code_is_linked(make_app: MakeApp) -> None:
    app = make_app()
    headers = {"Authorization": f"Bearer {UNLINKED_TOKEN}"}
    path = f"/rest/instance/pairingCode/{UNLINKED}?phoneNumber=5511900000055"
    assert app.test_client().get(path, headers=headers).status_code == 200
    link(app, UNLINKED)
    assert user_of(app, UNLINKED, UNLINKED_TOKEN) == "5511900000055"


def test_a_qr_code_scanned_later_is_the_instances_own_number(make_app: MakeApp) -> None:
    app = make_app()
    headers = {"Authorization": f"Bearer {UNLINKED_TOKEN}"}
    for path in ("pairingCode", "qrcode"):
        query = "?phoneNumber=5511900000055" if path == "pairingCode" else ""
        reply = app.test_client().get(f"/rest/instance/{path}/{UNLINKED}{query}", headers=headers)
        assert reply.status_code == 200
    link(app, UNLINKED)
    assert user_of(app, UNLINKED, UNLINKED_TOKEN) == "5511900000003"


@pytest.mark.parametrize("phone", ["abc", "+5511900000055", "12", "55 11 90000-0055"])
def test_a_pairing_code_needs_a_number(phone: str, make_app: MakeApp) -> None:
    """Bad input is 500 on this gateway (open question of pairingCode)."""
    headers = {"Authorization": f"Bearer {UNLINKED_TOKEN}"}
    reply = (
        make_app()
        .test_client()
        .get(
            f"/rest/instance/pairingCode/{UNLINKED}",
            query_string={"phoneNumber": phone},
            headers=headers,
        )
    )
    assert reply.status_code == 500
    assert reply.headers["X-Mock-Reason"]


def send(app: Any, to: str) -> Any:
    body = {"messageData": {"to": to, "text": "oi"}}
    return app.test_client().post(f"/rest/sendMessage/{KEY}/text", headers=AUTH, json=body)


def test_remote_jid_may_be_the_registered_one(make_app: MakeApp) -> None:
    given = send(make_app(), "5531990000005").get_json()["messageData"]["key"]["remoteJid"]
    assert given == "5531990000005@s.whatsapp.net"
    app = make_app(switches={"remote_jid": "canonical"})
    canonical = send(app, "5531990000005").get_json()["messageData"]["key"]["remoteJid"]
    assert canonical == "553190000005@s.whatsapp.net"


def test_a_send_to_a_stranger_may_be_accepted_and_never_delivered(make_app: MakeApp) -> None:
    app = make_app(switches={"unregistered_sends": "200"})
    assert send(app, "5511900000099").status_code == 200
    (message,) = app.test_client().get("/_mock/messages").get_json()["items"]
    assert (message["state"], message["reason"]) == ("stopped", "not registered")


def test_acks_may_need_asking_for(make_app: MakeApp) -> None:
    """On plan Code they may be off until added (add-status-meaning, acks-default)."""
    app = make_app(switches={"acks": "off"})
    details = app.test_client().get(f"/rest/config/{KEY}", headers=AUTH).get_json()
    assert details["configData"]["blockEvents"] == ["messagesStatus"]
    hook = {"messageData": {"webhookUrl": "http://127.0.0.1:9/", "webhookEnabled": True}}
    app.test_client().post(f"/rest/webhook/{KEY}/configWebhook", headers=AUTH, json=hook)

    def told() -> list[str]:
        send(app, "5511900000002").get_data()
        assert app.runtime.webhooks.courier.wait_idle(60)
        items = app.test_client().get("/_mock/deliveries").get_json()["items"]
        return [delivery["event"] for delivery in items]

    assert told() == ["from-me-api-echo"]
    add = {"messageData": {"events": ["read"]}}
    app.test_client().post(f"/rest/config/{KEY}/configAcceptStatus", headers=AUTH, json=add)
    assert told()[1:] == ["from-me-api-echo", "ack-server", "ack-delivered", "ack-read"]


def test_webhooks_may_leave_before_the_answer(make_app: MakeApp) -> None:
    """order-of-echo-and-answer: a switch reverses it."""
    app = make_app(switches={"webhook_release": "before"})
    hook = {"messageData": {"webhookUrl": "http://127.0.0.1:9/", "webhookEnabled": True}}
    app.test_client().post(f"/rest/webhook/{KEY}/configWebhook", headers=AUTH, json=hook)
    reply = send(app, "5511900000002")
    assert app.runtime.webhooks.courier.wait_idle(60)
    states = {delivery.state for delivery in app.runtime.records.journal.deliveries.after(None)}
    assert states == {"delivered"}
    assert reply.get_json()["error"] is False


def test_limits_are_switches(make_app: MakeApp) -> None:
    app = make_app(switches={"body_limit_mib": "1", "media_limit_mib": "1"})
    assert send(app, "5511900000002").status_code == 200
    large = {"messageData": {"to": "5511900000002", "text": "x" * 2**20}}
    reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", headers=AUTH, json=large)
    assert reply.status_code == 413


def test_the_picture_route_may_be_missing(make_app: MakeApp) -> None:
    path, headers = f"/rest/instance/qrcode-img/{UNLINKED}", {"Authorization": "Bearer TESTKEY0002"}
    assert make_app().test_client().get(path, headers=headers).status_code == 200
    off = make_app(switches={"qrcode_img": "off"})
    assert off.test_client().get(path, headers=headers).status_code == 404


def test_strict_lets_nothing_questionable_through(make_app: MakeApp) -> None:
    from megaapi_mock.settings import Settings

    app = make_app(settings=Settings(strict=True))
    for path, body in (
        (f"/rest/chat/{KEY}/presenceUpdateChat", {"to": "5511900000002", "option": "pause"}),
        (
            f"/rest/sendMessage/{KEY}/buttonMessage",
            {"messageData": {"to": "5511900000002", "text": "x", "buttons": []}},
        ),
    ):
        reply = app.test_client().post(path, headers=AUTH, json=body)
        assert reply.status_code == 422
        assert reply.get_json()["violations"]
