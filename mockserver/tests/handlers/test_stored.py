"""What other plans read and set: it is remembered, seen by others, and gone when it should be."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import AUTH, KEY

PERSON, OTHER, OWN = "5511900000002", "5511900000004", "5511900000001"
GROUP = "120363000000000001@g.us"


@pytest.fixture
def app(whole_app: MockApp) -> MockApp:
    return whole_app


def call(app: MockApp, method: str, path: str, data: Any = None, **query: str) -> Any:
    body = {} if data is None else {"json": {"messageData": data}}
    path = f"/rest/{path}".replace("KEY", KEY)
    reply = app.test_client().open(path, method=method, headers=AUTH, query_string=query, **body)
    assert reply.status_code == 200, (reply.data, reply.headers.get("X-Mock-Reason"))
    return reply.get_json()


def receive(app: MockApp, person: str = PERSON, **body: Any) -> str:
    body = {"event": "text-plain", "from": person, **body}
    reply = app.test_client().post(f"/_mock/instances/{KEY}/inbound", json=body)
    assert reply.status_code < 300, reply.data
    return str(reply.get_json()["id"])


def test_contact_card_is_a_message_and_is_echoed(app: MockApp) -> None:
    hook = {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}
    call(app, "POST", "webhook/KEY/configWebhook", hook)
    card = {"fullName": "Contato Teste", "phoneNumber": OTHER}
    sent = call(app, "POST", "sendMessage/KEY/contactMessage", {"to": PERSON, "vcard": card})
    [message] = app.test_client().get("/_mock/messages").get_json()["items"]
    assert (message["type"], message["chat"]) == ("contactMessage", f"{PERSON}@s.whatsapp.net")
    path = "/_mock/deliveries?wait=60&event=from-me-api-echo"
    [echo] = app.test_client().get(path).get_json()["items"]
    assert echo["payload"]["key"]["id"] == sent["messageData"]["key"]["id"]
    assert echo["payload"]["message"]["contactMessage"] == message["content"]["contactMessage"]


def test_message_is_unread_until_it_is_marked(app: MockApp) -> None:
    first, _ = receive(app), receive(app)
    [chat] = call(app, "GET", "instance/chats/KEY")["chats"]
    assert chat["unreadCount"] == 2
    key = {"remoteJid": f"{PERSON}@s.whatsapp.net", "fromMe": False, "id": first}
    for _ in range(2):
        assert call(app, "POST", "chat/KEY/readMessage", {"key": key})["error"] is False
    [chat] = call(app, "GET", "instance/chats/KEY")["chats"]
    assert chat["unreadCount"] == 1
    states = {
        message["id"]: message["state"]
        for message in app.test_client().get("/_mock/messages").get_json()["items"]
    }
    assert states[first] == "read" and sorted(states.values()) == ["delivered", "read"]


@pytest.mark.parametrize("from_me", [True, False])
def test_marking_what_is_not_a_message_of_others_does_nothing(app: MockApp, from_me: bool) -> None:
    sent = call(app, "POST", "sendMessage/KEY/text", {"to": PERSON, "text": "oi"})
    key = {"remoteJid": PERSON, "fromMe": from_me, "id": "NONE"}
    if from_me:
        key = sent["messageData"]["key"]
    before = app.test_client().get("/_mock/messages").get_json()["items"]
    call(app, "POST", "chat/KEY/readMessage", {"key": key})
    assert app.test_client().get("/_mock/messages").get_json()["items"] == before


def test_chats_are_ordered_by_their_last_message(app: MockApp) -> None:
    for to in (PERSON, OTHER, GROUP, PERSON):
        call(app, "POST", "sendMessage/KEY/text", {"to": to, "text": "oi"})
    ids = [chat["id"] for chat in call(app, "GET", "instance/chats/KEY")["chats"]]
    assert ids == [f"{PERSON}@s.whatsapp.net", GROUP, f"{OTHER}@s.whatsapp.net"]


def test_messages_of_a_chat_have_status_author_and_name(app: MockApp) -> None:
    received = receive(app, group=GROUP)
    sent = call(app, "POST", "sendMessage/KEY/text", {"to": GROUP, "text": "oi"})
    first, second = call(app, "GET", "instance/messages/KEY", chat_id=GROUP)
    assert first["key"] == {
        "remoteJid": GROUP, "id": received, "fromMe": False,
        "participant": f"{PERSON}@s.whatsapp.net",
    }  # fmt: skip
    assert (first["pushName"], first["status"]) == ("Contato Teste", 3)
    assert second["key"]["id"] == sent["messageData"]["key"]["id"]
    assert (second["pushName"], second["status"]) == ("Test Shop", 4)
    assert second["message"] == {"extendedTextMessage": {"text": "oi"}}


def test_stopped_and_pending_messages_say_how_far_they_came(make_app: MakeApp) -> None:
    profile = default_profile(EVERY_PLAN).with_switches({"ack_delays": "60,60,60"})
    app = make_app(profile=profile)
    call(app, "POST", "sendMessage/KEY/text", {"to": PERSON, "text": "oi"})
    [stored] = call(app, "GET", "instance/messages/KEY", chat_id=PERSON)
    assert stored["status"] == 1
    client = app.test_client()
    client.post(f"/_mock/instances/{KEY}/unlink", json={"by": "phone"})
    client.post(f"/_mock/instances/{KEY}/link", json={})
    [stored] = call(app, "GET", "instance/messages/KEY", chat_id=PERSON)
    assert stored["status"] == 2


def test_deleted_messages_are_left_out(app: MockApp) -> None:
    sent = call(app, "POST", "sendMessage/KEY/text", {"to": PERSON, "text": "oi"})
    own = {"key": sent["messageData"]["key"], "messageTimestamp": 1767225600}
    call(app, "POST", "chat/KEY/deleteMessageFromMe", {"to": PERSON, **own})
    assert call(app, "GET", "instance/messages/KEY", chat_id=PERSON) == []


def test_contacts_are_the_world_and_whoever_has_a_chat(app: MockApp) -> None:
    before = call(app, "GET", "instance/contacts/KEY")["chats"]
    call(app, "POST", "sendMessage/KEY/text", {"to": "5511900000077", "text": "oi"})
    after = call(app, "GET", "instance/contacts/KEY")["chats"]
    assert after == [*before, {"id": "5511900000077@s.whatsapp.net", "name": "Contato 0077"}]
    ids = [person["id"] for person in before]
    assert f"{PERSON}@s.whatsapp.net" in ids and f"{OWN}@s.whatsapp.net" not in ids


def test_people_met_by_hidden_number_are_listed_by_it(make_app: MakeApp) -> None:
    profile = default_profile(EVERY_PLAN).with_switches({"addressing": "lid"})
    app = make_app(profile=profile)
    receive(app)
    [chat] = call(app, "GET", "instance/chats/KEY")["chats"]
    assert chat["id"].endswith("@lid")
    [stored] = call(app, "GET", "instance/messages/KEY", chat_id=chat["id"])
    assert stored["key"]["remoteJid"] == chat["id"]
    ids = [person["id"] for person in call(app, "GET", "instance/contacts/KEY")["chats"]]
    assert chat["id"] in ids


def test_new_name_is_in_the_status_and_in_messages(app: MockApp) -> None:
    call(app, "POST", "instance/setProfileName/KEY", {"name": "Loja Nova"})
    assert call(app, "GET", "instance/KEY")["instance"]["user"]["name"] == "Loja Nova"
    call(app, "POST", "sendMessage/KEY/text", {"to": PERSON, "text": "oi"})
    [stored] = call(app, "GET", "instance/messages/KEY", chat_id=PERSON)
    assert stored["pushName"] == "Loja Nova"


def test_new_sentence_is_in_the_saved_state(app: MockApp) -> None:
    call(app, "POST", "instance/setProfileStatus/KEY", {"status": "Aberto"})
    with app.runtime.instances.store.read(KEY) as instance:
        assert instance.own_profile.sentence == "Aberto"
    state = app.test_client().get(f"/_mock/state?instance={KEY}").get_json()
    app.test_client().post("/_mock/reset")
    assert app.test_client().put("/_mock/state", json=state).status_code == 200
    with app.runtime.instances.store.read(KEY) as instance:
        assert instance.own_profile.sentence == "Aberto"


@pytest.mark.parametrize("whose", [OWN, GROUP])
def test_new_picture_has_another_address(app: MockApp, whose: str) -> None:
    def address() -> str:
        reply = call(app, "GET", "instance/getProfilePicture/KEY", to=whose, type="image")
        return str(reply["data"])

    before, url = address(), "https://files.example.test/logo.jpg"
    call(app, "POST", "instance/setProfilePictureUrl/KEY", {"to": whose, "url": url})
    assert before != (after := address())
    call(app, "POST", "instance/setProfilePictureUrl/KEY", {"to": whose, "url": f"{url}?2"})
    assert address() not in (before, after)
    small = call(app, "GET", "instance/getProfilePicture/KEY", to=whose)["data"]
    assert small.endswith("_icon.jpg")


def test_invite_code_leads_to_a_group_that_is_made_later(app: MockApp) -> None:
    from megaapi_mock.domain.group import invite_code
    from megaapi_mock.domain.jid import Jid

    body = {"group_data": {"group_name": "Equipe", "participants": [PERSON]}}
    reply = app.test_client().post(f"/rest/group/{KEY}/create", json=body, headers=AUTH)
    jid = reply.get_json()["group"]["id"]
    shown = call(app, "GET", "group/KEY/inviteInfo", code=invite_code(Jid.parse(jid)))
    assert shown["group"] == reply.get_json()["group"]
