"""What the owner does on the instance's own phone: each comes back as an own message."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import orjson
import pytest
from megaapi_mock.resources import root
from megaapi_mock.simulation.message_origin import PHONE
from megaapi_mock.web.app import MockApp
from megaapi_mock.worlds.load import load_world

from ..conftest import MakeApp
from ..support import AUTH, KEY
from .test_contact_actions import FRIEND, GROUP, INBOUND, OWN, Chat, authority, jid

# These are about a message that must be there first.
ABOUT = frozenset({"text-quoted-reply", "reaction", "edited", "deleted", "pin-in-chat"})


class Phone(Chat):
    """The instance's own phone, and what the gateway tells of it."""

    def does(self, event: str, who: str | None = None, **body: Any) -> dict[str, Any]:
        """The owner does it; the first payload this owes, held to the contract."""
        self.told()
        self.message = self.control_api.post(
            INBOUND, {"event": event, "from": OWN, **body}, status=201
        )
        payloads = self.told()
        told_as = {
            found["event"] for found in self.control_api.walk("/deliveries")[-len(payloads) :]
        }
        assert told_as <= {"from-me-phone", "self-chat"}
        for payload in payloads:
            violations = authority().webhook_violations("from-me-phone", orjson.dumps(payload))
            assert violations == []
        return payloads[0]

    def kept(self, message_id: str) -> dict[str, Any]:
        (found,) = [each for each in self.control_api.walk("/messages") if each["id"] == message_id]
        return dict(found)


@pytest.fixture
def phone(app: MockApp) -> Phone:
    return Phone(app)


@pytest.mark.parametrize("event", sorted(PHONE))
def test_whatever_the_owner_does_comes_back_as_an_own_message(phone: Phone, event: str) -> None:
    group = event.startswith("group-") and event != "group-invite"
    to = {"message": phone.text()} if event in ABOUT else {"to": FRIEND}
    payload = phone.does(event, **({} if group else to))
    assert payload["key"]["fromMe"] is True
    assert payload["key"]["remoteJid"] == (GROUP if group else jid(FRIEND))
    assert payload["key"]["id"] == phone.message["id"]
    assert payload["pushName"] == "Test Shop"
    assert (phone.message["from_me"], phone.message["sender"]) == (True, jid(OWN))


@pytest.mark.parametrize(
    ("event", "part"), [("image", "imageMessage"), ("audio-voice-note", "audioMessage")]
)
def test_media_from_the_phone_can_be_downloaded(phone: Phone, event: str, part: str) -> None:
    media = f"data:image/png;base64,{b64encode(b'own bytes').decode()}"
    keys = phone.does(event, media=media, to="5511900000004")["message"][part]
    keys = {name: keys[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
    body = {"messageKeys": {**keys, "messageType": part}}
    reply = phone.app.test_client().post(
        f"/rest/instance/downloadMediaMessage/{KEY}", json=body, headers=AUTH
    )
    assert b64decode(reply.get_json()["data"].partition(",")[2]) == b"own bytes"


def test_the_owner_edits_what_the_bot_sent(phone: Phone) -> None:
    sent = phone.text()
    path = "message.protocolMessage.editedMessage.conversation"
    payload = phone.does("edited", message=sent, set={path: "corrigido"})
    assert payload["message"]["protocolMessage"]["key"] == {
        "remoteJid": jid(FRIEND), "fromMe": True, "id": sent,
    }  # fmt: skip
    assert phone.kept(sent)["content"]["extendedTextMessage"]["text"] == "corrigido"


def test_the_owner_deletes_only_own_messages(phone: Phone) -> None:
    sent = phone.text()
    phone.does("deleted", message=sent)
    assert phone.kept(sent)["deleted"] == "everyone"
    theirs = Chat(phone.app).does("text-plain", FRIEND)["key"]["id"]
    body = {"event": "deleted", "from": OWN, "message": theirs}
    sentence = phone.control_api.refusal("POST", INBOUND, body, status=409)
    assert "can delete only messages of their own" in sentence


def test_the_owner_reacts_in_the_chat_of_the_message(phone: Phone) -> None:
    theirs = Chat(phone.app).does("text-plain", "5511900000004")["key"]["id"]
    payload = phone.does("reaction", message=theirs)
    assert payload["key"]["remoteJid"] == jid("5511900000004")
    assert payload["message"]["reactionMessage"]["key"]["id"] == theirs


def test_a_contact_cannot_edit_what_the_owner_wrote(phone: Phone) -> None:
    typed = phone.does("text-plain", to=FRIEND)["key"]["id"]
    body = {"event": "edited", "from": FRIEND, "message": typed}
    assert "of their own" in phone.control_api.refusal("POST", INBOUND, body, status=409)


@pytest.mark.parametrize(
    ("event", "body", "sentence"),
    [
        # No chat of a customer gets what was meant for none.
        ("text-plain", {}, f"to: is required: {OWN} is the instance's own number"),
        ("reaction", {}, "to: is required"),
        ("list-response", {}, "list-response cannot be done on its own phone"),
        ("status-story", {}, "status-story cannot be done"),
        ("call", {}, "call cannot be done"),
        ("presence", {}, "presence cannot be done"),
        ("image", {"to": "5511900000099"}, "has no WhatsApp"),
        ("image", {"group": "120363000000000009@g.us"}, "is not a group of"),
    ],
)
def test_what_the_owner_cannot_do(
    phone: Phone, event: str, body: dict[str, Any], sentence: str
) -> None:
    given = {"event": event, "from": OWN, **body}
    assert sentence in phone.control_api.refusal("POST", INBOUND, given)


def test_another_instance_gets_what_the_owner_does(make_app: MakeApp) -> None:
    app = make_app(world=load_world("support-desk", root("fixtures")))
    desk, field = Phone(app), "megacode-TESTKEY0002"
    there = f"/messages?instance={field}"
    sent = desk.does("text-plain", to="5511900000003")["key"]["id"]
    for event in ("image", "reaction", "edited", "deleted"):
        about = {"message": sent} if event in ABOUT else {}
        desk.does(event, to="5511900000003", **about)
    kinds = [each["type"] for each in desk.control_api.walk(there)]
    assert kinds == [
        "conversation", "imageMessage", "reactionMessage", "protocolMessage", "protocolMessage",
    ]  # fmt: skip
    text, _, reaction, edit, _ = desk.control_api.walk(there)
    about = {"remoteJid": jid(OWN), "fromMe": False, "id": sent}
    assert reaction["content"]["reactionMessage"]["key"] == about
    assert edit["content"]["protocolMessage"]["key"] == about
    assert text["content"]["conversation"] == "Texto corrigido"
    assert text["deleted"] == "everyone"
