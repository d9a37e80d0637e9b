"""Ranks, settings, marks and messages to many: what they change is seen, here and by others."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import AUTH, KEY

PERSON, OTHER, NOBODY = "5511900000002", "5511900000004", "5511900000099"
GROUP = "120363000000000001@g.us"


@pytest.fixture
def app(whole_app: MockApp) -> MockApp:
    return whole_app


def ask(app: MockApp, method: str, path: str, body: Any = None, status: int = 200, **q: str) -> Any:
    options: dict[str, Any] = {} if body is None else {"json": body}
    path = f"/rest/{path}".replace("KEY", KEY)
    reply = app.test_client().open(path, method=method, headers=AUTH, query_string=q, **options)
    assert reply.status_code == status, (reply.data, reply.headers.get("X-Mock-Reason"))
    return reply.get_json()


def ranks(app: MockApp) -> dict[str, Any]:
    group = ask(app, "GET", "group/KEY/group", jid=GROUP)["group"]
    return {one["id"].partition("@")[0]: one["admin"] for one in group["participants"]}


def rank(app: MockApp, verb: str, person: str) -> str:
    body = {"group_data": {"jid": GROUP, "participants": [person]}}
    answer = ask(app, "POST", f"group/KEY/{verb}Participants", body)
    return str(answer["updatedParticipants"][0][0]["status"])


def test_rank_of_a_member_changes_and_the_creator_stays(app: MockApp) -> None:
    assert rank(app, "promote", PERSON) == "200" and ranks(app)[PERSON] == "admin"
    assert rank(app, "demote", PERSON) == "200" and ranks(app)[PERSON] is None
    assert rank(app, "demote", "5511900000001") == "403"
    assert rank(app, "promote", OTHER) == "404" and OTHER not in ranks(app)


@pytest.mark.parametrize(
    ("path", "field"),
    [("setWhoCanSendMessage", "announce"), ("setWhoCanChangeSettings", "restrict")],
)
def test_setting_of_a_group_is_told_where_group_events_are(
    make_app: MakeApp, path: str, field: str
) -> None:
    profile = default_profile(EVERY_PLAN).with_switches({"group_events": "on"})
    app = make_app(profile=profile)
    hook = {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}
    ask(app, "POST", "webhook/KEY/configWebhook", {"messageData": hook})
    ask(app, "PUT", f"group/KEY/{path}", jid=GROUP, allowOnlyAdmins="true")
    assert ask(app, "GET", "group/KEY/group", jid=GROUP)["group"][field] is True
    path = "/_mock/deliveries?wait=60&event=group-update"
    [update] = app.test_client().get(path).get_json()["items"]
    assert update["payload"][field] is True and update["payload"]["id"] == GROUP


def test_ordinary_member_administers_nothing(app: MockApp) -> None:
    rule = {"event": "group-participants", "from": PERSON, "group": GROUP}
    rank(app, "promote", PERSON)
    with app.runtime.instances.store.change(KEY) as instance:
        group = instance.groups.require(GROUP)
        instance.group_table.put(group.jid, group.with_rank(instance.own_jid, None))
    assert ask(app, "GET", "group/KEY/adminGroups")["groups"] == [], rule
    assert ask(app, "GET", "group/KEY/adminGroupsWithParticipants")["groups"] == []
    refused = ask(app, "GET", "group/KEY/groupInviteCode", status=403, group_id=GROUP)
    assert refused["message"] == "Not authorized"
    query = {"jid": GROUP, "allowOnlyAdmins": "true"}
    assert ask(app, "PUT", "group/KEY/setWhoCanSendMessage", status=403, **query)


def inbound(app: MockApp, person: str) -> int:
    body = {"event": "text-plain", "from": person}
    return int(app.test_client().post(f"/_mock/instances/{KEY}/inbound", json=body).status_code)


def test_blocked_person_is_not_heard_until_released(app: MockApp) -> None:
    ask(app, "POST", "chat/KEY/blockChat", {"to": PERSON, "option": "true"})
    assert inbound(app, PERSON) == 409 and inbound(app, OTHER) < 300
    ask(app, "POST", "chat/KEY/blockChat", {"to": PERSON, "option": False})
    assert inbound(app, PERSON) < 300
    ask(app, "POST", "chat/KEY/blockChat", {"to": GROUP, "option": True})
    with app.runtime.instances.store.read(KEY) as instance:
        assert list(instance.state.blocked) == []


def test_refusal_of_a_blocked_person_says_what_lets_them_in(app: MockApp) -> None:
    client, contact = app.test_client(), f"/_mock/instances/{KEY}/contacts/{PERSON}"
    for blocked in (True, False):
        ask(app, "POST", "chat/KEY/blockChat", {"to": PERSON, "option": blocked})
        assert client.get(contact).get_json()["blocked_by_instance"] is blocked
        if blocked:
            body = {"event": "text-plain", "from": PERSON}
            refusal = client.post(f"/_mock/instances/{KEY}/inbound", json=body).get_json()
            assert refusal["error"].endswith("; blockChat with option false ends that")


def test_message_of_a_blocked_instance_stops_at_the_server(app: MockApp) -> None:
    second = {"key": "megacode-SECOND", "token": "SECOND", "number": OTHER, "connected": True}
    assert app.test_client().post("/_mock/instances", json=second).status_code < 300
    ask(app, "POST", "chat/KEY/blockChat", {"to": OTHER, "option": True})
    reply = app.test_client().post(
        "/rest/sendMessage/megacode-SECOND/text",
        json={"messageData": {"to": "5511900000001", "text": "oi"}},
        headers={"Authorization": "Bearer SECOND"},
    )
    assert reply.status_code == 200
    path = "/_mock/messages?instance="
    [sent] = app.test_client().get(f"{path}megacode-SECOND").get_json()["items"]
    assert (sent["state"], sent["reason"]) == ("server", f"blocked by {KEY}")
    assert app.test_client().get(f"{path}{KEY}").get_json()["items"] == []


def test_pinned_chat_says_since_when(app: MockApp) -> None:
    data = {"to": PERSON, "text": "oi"}
    ask(app, "POST", "sendMessage/KEY/text", {"messageData": data})
    ask(app, "POST", "chat/KEY/pinChat", {"to": PERSON, "option": True})
    [chat] = ask(app, "GET", "instance/chats/KEY")["chats"]
    assert chat["pinned"] == chat["conversationTimestamp"]["low"]
    for _ in range(2):
        ask(app, "POST", "chat/KEY/pinChat", {"to": PERSON, "option": False})
    [chat] = ask(app, "GET", "instance/chats/KEY")["chats"]
    assert "pinned" not in chat


def test_message_to_many_reaches_all_but_those_without_whatsapp(app: MockApp) -> None:
    data = {"to": [PERSON, NOBODY, GROUP, "120363000000000009@g.us"], "text": "Bom dia"}
    report = ask(app, "POST", "sendMessage/KEY/textToMany", {"messageData": data})["messageData"]
    assert (report["sent"], report["failed"]) == (2, 2)
    assert list(report["data"]) == [f"{PERSON}@s.whatsapp.net", GROUP]
    assert report["jidFailed"] == [f"{NOBODY}@s.whatsapp.net", "120363000000000009@g.us"]
    stored = app.test_client().get("/_mock/messages").get_json()["items"]
    assert [one["id"] for one in stored] == [one["key"]["id"] for one in report["data"].values()]


def test_file_to_many_is_kept_once(app: MockApp) -> None:
    data = {"to": [PERSON, OTHER], "url": "https://files.example.test/a.png", "type": "image"}
    report = ask(app, "POST", "sendMessage/KEY/mediaUrlToMany", {"messageData": data})
    sent = report["messageData"]["data"].values()
    [path] = {one["message"]["imageMessage"]["directPath"] for one in sent}
    with app.runtime.instances.store.read(KEY) as instance:
        assert list(instance.state.media) == [path]
