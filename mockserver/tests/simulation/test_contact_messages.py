"""What contacts do: messages that arrive, with their webhooks and their media."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import orjson
import pytest
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, UNLINKED, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
MEDIA_LIMIT = 16 * 2**20
INBOUND = f"/instances/{KEY}/inbound"
CONTACT = "5511900000002@s.whatsapp.net"
GROUP = "120363000000000001@g.us"
EVENTS = {
    "text-plain": "conversation",
    "text-extended": "extendedTextMessage",
    "image": "imageMessage",
    "video": "videoMessage",
    "audio-voice-note": "audioMessage",
    "document": "documentMessage",
    "sticker": "stickerMessage",
    "location": "locationMessage",
    "contact": "contactMessage",
}
MEDIA = {
    "image": ("image", "image/png"),
    "video": ("video", "video/mp4"),
    "audio-voice-note": ("audio", "audio/ogg; codecs=opus"),
    "document": ("document", "text/csv"),
    "sticker": ("image", "image/webp"),  # stickers are fetched as image (n8n-node)
}


class Contacts:
    """The control API of an app whose webhooks are heard."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.control_api = app, ControlApi(app)
        app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))

    def do(self, **body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The message as the control API answers it, and the payload as the receiver gets it."""
        message = self.control_api.post(INBOUND, body, status=201)
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        posts = self.transport.posts
        assert len(posts) == 1, "one message is one webhook"
        payload = orjson.loads(posts.pop()[1])
        return message, payload

    @property
    def transport(self) -> RecordingTransport:
        found = self.app.runtime.webhooks.courier._transport
        assert isinstance(found, RecordingTransport)
        return found

    def download(self, payload: dict[str, Any], kind: str) -> dict[str, Any]:
        """What downloadMediaMessage answers to exactly the keys that were announced."""
        part = payload["message"][payload["messageType"]]
        keys = {name: part[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
        reply = self.app.test_client().post(
            f"/rest/instance/downloadMediaMessage/{KEY}",
            json={"messageKeys": {**keys, "messageType": kind}},
            headers=AUTH,
        )
        document: dict[str, Any] = reply.get_json()
        assert reply.status_code == 200
        return document


@pytest.fixture
def contacts(app: MockApp) -> Contacts:
    return Contacts(app)


# -- messages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "type_"), EVENTS.items())
def test_every_event_becomes_a_message_and_a_webhook(
    contacts: Contacts, event: str, type_: str
) -> None:
    message, payload = contacts.do(event=event, **{"from": "5511900000002"})
    assert contacts.control_api.items("/messages") == [message]
    assert (message["chat"], message["sender"], message["from_me"]) == (CONTACT, CONTACT, False)
    assert message["type"] == payload["messageType"] == type_
    assert message["content"] == payload["message"]
    assert (message["instance"], message["state"]) == (KEY, "delivered")
    assert payload["instance_key"] == KEY
    assert payload["key"]["remoteJid"] == CONTACT
    assert payload["key"]["id"] == message["id"]
    assert payload["pushName"] == "Contato Teste"
    assert payload["messageTimestamp"] == int(message["time"])
    assert payload["isGroup"] is False


def test_nothing_said_is_a_text_of_the_first_contact(contacts: Contacts) -> None:
    message, _ = contacts.do()
    assert (message["sender"], message["type"]) == (CONTACT, "conversation")
    message, _ = contacts.do(event=None, set=None, group=None, media=None, **{"from": None})
    assert (message["sender"], message["type"]) == (CONTACT, "conversation")


@pytest.mark.parametrize(
    ("who", "jid"),
    [
        ("5511900000004", "5511900000004@s.whatsapp.net"),
        ("5511900000004@s.whatsapp.net", "5511900000004@s.whatsapp.net"),
        ("100000000000004@lid", "5511900000004@s.whatsapp.net"),
        ("5531990000005", "553190000005@s.whatsapp.net"),  # registered without the ninth digit
        ("5521999999999", "5521999999999@s.whatsapp.net"),  # listed nowhere
    ],
)
def test_whoever_has_whatsapp_may_write(contacts: Contacts, who: str, jid: str) -> None:
    message, payload = contacts.do(**{"from": who})
    assert message["sender"] == payload["key"]["remoteJid"] == jid


def test_in_a_group_the_sender_is_a_participant(contacts: Contacts) -> None:
    message, payload = contacts.do(group=GROUP, **{"from": "5511900000002"})
    assert (message["chat"], message["sender"]) == (GROUP, CONTACT)
    assert payload["key"]["remoteJid"] == GROUP
    assert payload["key"]["participant"] == CONTACT
    assert payload["isGroup"] is True


def test_every_message_has_an_id_of_its_own(contacts: Contacts) -> None:
    ids = [contacts.do()[0]["id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert [item["id"] for item in contacts.control_api.items("/messages")] == ids


def test_a_message_arrives_without_a_webhook_too(control_api: ControlApi) -> None:
    message = control_api.post(INBOUND, status=201)
    assert control_api.items("/messages") == [message]
    assert control_api.items("/deliveries") == []


def test_what_arrived_can_be_quoted(contacts: Contacts) -> None:
    message, payload = contacts.do()
    reply = contacts.app.test_client().post(
        f"/rest/sendMessage/{KEY}/quoteMessage",
        json={
            "messageData": {
                "to": "5511900000002",
                "text": "claro",
                "key": payload["key"],
                "message": payload["message"],
            }
        },
        headers=AUTH,
    )
    assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
    shown = orjson.dumps(reply.get_json()["messageData"])
    assert message["id"].encode() in shown


# -- set ---------------------------------------------------------------------------------------


def test_set_reaches_into_the_message(contacts: Contacts) -> None:
    message, payload = contacts.do(set={"message.conversation": "oi"})
    assert message["content"]["conversation"] == payload["message"]["conversation"] == "oi"


@pytest.mark.broken_bodies
def test_set_reaches_everything_beside_the_message(contacts: Contacts) -> None:
    changes = {"pushName": "Outra Pessoa", "key.id": "MADEUP", "broadcast": True, "fresh.a.b": 1}
    message, payload = contacts.do(set=changes, force=True)
    assert (payload["pushName"], payload["key"]["id"]) == ("Outra Pessoa", "MADEUP")
    assert payload["broadcast"] is True and payload["fresh"] == {"a": {"b": 1}}
    # Only the payload lies: the message is what it is.
    assert message["id"] != "MADEUP"


def test_set_makes_objects_and_counts_into_lists(contacts: Contacts) -> None:
    _, payload = contacts.do(
        event="image",
        set={"message.imageMessage.scanLengths.2": 7, "message.imageMessage.contextInfo.a": [1]},
        force=True,
    )
    part = payload["message"]["imageMessage"]
    assert part["scanLengths"][2] == 7 and len(part["scanLengths"]) == 4
    assert part["contextInfo"] == {"a": [1]}


@pytest.mark.broken_bodies
def test_set_may_replace_the_whole_message(contacts: Contacts) -> None:
    content = {"imageMessage": {"caption": "só isto"}}
    message, payload = contacts.do(set={"message": content})
    assert message["type"] == payload["messageType"] == "imageMessage"
    assert payload["message"]["imageMessage"]["caption"] == "só isto"
    assert contacts.download(payload, "image")["error"] is False


def test_set_does_not_last(contacts: Contacts) -> None:
    contacts.do(set={"message.conversation": "oi"})
    _, payload = contacts.do()
    assert payload["message"]["conversation"] != "oi"


def test_keys_that_are_set_are_announced_as_set(contacts: Contacts) -> None:
    wrong = b64encode(bytes(32)).decode()
    _, payload = contacts.do(event="image", set={"message.imageMessage.mediaKey": wrong})
    assert payload["message"]["imageMessage"]["mediaKey"] == wrong
    answer = contacts.download(payload, "image")
    assert answer == {"error": True, "message": "media not found", "data": ""}


# -- media -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event", "how"), MEDIA.items())
def test_media_comes_back_byte_for_byte_by_the_keys_announced(
    contacts: Contacts, event: str, how: tuple[str, str]
) -> None:
    kind, mimetype = how
    content = bytes(range(256)) * 3 + event.encode()
    encoded = b64encode(content).decode()
    _, payload = contacts.do(event=event, media=f"data:{mimetype};base64,{encoded}")
    part = payload["message"][payload["messageType"]]
    assert part["mimetype"] == mimetype
    assert part["fileLength"] == str(len(content))
    prefix, _, data = contacts.download(payload, kind)["data"].partition(",")
    assert prefix == f"data:{mimetype};base64"
    assert b64decode(data) == content
    # The name of the message content serves as well.
    assert contacts.download(payload, payload["messageType"])["error"] is False


@pytest.mark.parametrize("event", MEDIA)
def test_media_that_is_not_given_is_a_small_real_file(contacts: Contacts, event: str) -> None:
    _, payload = contacts.do(event=event)
    answer = contacts.download(payload, payload["messageType"])
    kind = {"audio-voice-note": "audio"}.get(event, event)
    assert b64decode(answer["data"].partition(",")[2]) == Samples(root("fixtures")).media(kind)


def test_bare_base64_keeps_the_samples_type(contacts: Contacts) -> None:
    _, payload = contacts.do(event="document", media=b64encode(b"a;b").decode())
    assert payload["message"]["documentMessage"]["mimetype"] == "application/pdf"
    data = contacts.download(payload, "document")["data"]
    assert b64decode(data.partition(",")[2]) == b"a;b"


@pytest.mark.parametrize("event", ["image", "video", "document"])
def test_file_of_ones_own_has_no_caption_but_ones_own(contacts: Contacts, event: str) -> None:
    part, file = f"{event}Message", b64encode(b"a;b").decode()
    _, payload = contacts.do(event=event, media=file)
    assert "caption" not in payload["message"][part]
    for given in ({"text": "minha"}, {"set": {f"message.{part}.caption": "minha"}}):
        _, payload = contacts.do(event=event, media=file, **given)
        assert payload["message"][part]["caption"] == "minha"
    _, payload = contacts.do(event=event, media=file, set={f"message.{part}": {"caption": "x"}})
    assert payload["message"][part]["caption"] == "x"


def test_document_that_exists_for_its_caption_keeps_it(contacts: Contacts) -> None:
    _, payload = contacts.do(event="document-with-caption", media=b64encode(b"a;b").decode())
    assert payload["message"]["documentWithCaptionMessage"]["message"]["documentMessage"]["caption"]


def test_a_voice_note_stays_one(contacts: Contacts) -> None:
    _, payload = contacts.do(event="audio-voice-note")
    assert payload["message"]["audioMessage"]["ptt"] is True


def test_media_is_not_decrypted_as_another_kind(contacts: Contacts) -> None:
    _, payload = contacts.do(event="image")
    assert contacts.download(payload, "video")["error"] is True


def test_media_expires_when_room_is_needed(contacts: Contacts) -> None:
    contacts.app.runtime.instances.store.gateway.vault.budget = 1000
    _, first = contacts.do(event="image", media=b64encode(b"1" * 900).decode())
    _, second = contacts.do(event="image", media=b64encode(b"2" * 900).decode())
    assert contacts.download(first, "image")["error"] is True
    assert contacts.download(second, "image")["error"] is False


# -- what cannot happen ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"from": 5511900000002}, "from: must be a string"),
        ({"from": "5511900000099"}, "5511900000099@s.whatsapp.net has no WhatsApp"),
        ({"from": "someone"}, "has no WhatsApp"),
        ({"from": ""}, "has no WhatsApp"),
        ({"from": GROUP}, "has no WhatsApp"),
        ({"from": "999@lid"}, "has no WhatsApp"),
        ({"event": 1}, "event: must be a string"),
        ({"event": "nothing"}, "event: 'nothing' is not something a contact does"),
        ({"event": "ack-read"}, "is not something a contact does"),
        ({"event": "from-me-api-echo"}, "is not something a contact does"),
        ({"event": "connected"}, "is not something a contact does"),
        ({"event": "qrcode"}, "is not something a contact does"),
        ({"group": GROUP, "from": "5511900000004"}, "is not a participant of"),
        ({"group": "120363000000000009@g.us"}, "is not a participant of"),
        ({"group": "5511900000002"}, "is not a participant of"),
        ({"group": 5}, "group: must be a string"),
        ({"set": []}, "set: must be an object"),
        ({"set": "x"}, "set: must be an object"),
        ({"set": {"": 1}}, "names joined by dots"),
        ({"set": {"message.": 1}}, "names joined by dots"),
        ({"set": {"a..b": 1}}, "names joined by dots"),
        ({"set": {".".join("a" * 101): 1}}, "names joined by dots"),
        ({"set": {"message.conversation.deeper": 1}}, "leads through a value"),
        ({"set": {"instance_key.a.b": 1}}, "leads through a value"),
        ({"set": {"message": "text"}, "force": True}, "must stay an object with content"),
        ({"set": {"message": None}, "force": True}, "must stay an object with content"),
        ({"set": {"message": {}}}, "must stay an object with content"),
        ({"set": {"message": {"messageContextInfo": {}}}}, "must stay an object with content"),
        ({"event": "image", "set": {"message.imageMessage.scanLengths.4": 1}}, "leads through"),
        ({"event": "image", "set": {"message.imageMessage.scanLengths.x": 1}}, "leads through"),
        ({"event": "image", "set": {"message.imageMessage.scanLengths.-1": 1}}, "leads through"),
        ({"event": "image", "set": {"message.imageMessage.scanLengths.²": 1}}, "leads through"),
        ({"event": "image", "set": {"message.imageMessage.scanLengths.9.a": 1}}, "leads through"),
        ({"group": GROUP, "set": {"key.participant.x": 1}}, "leads through"),
        ({"media": "aGk="}, "media: conversation has no media"),
        ({"event": "location", "media": "aGk="}, "media: locationMessage has no media"),
        ({"event": "image", "media": ""}, "media: there is not one byte in it"),
        (
            {"event": "image", "media": "data:image/png;base64,"},
            "media: there is not one byte in it",
        ),
        ({"event": "image", "media": 5}, "media: must be a string"),
        (
            {"txt": "oi"},
            "txt: no such field; there are from, event, group, to, message, option, set, text, "
            "force, media",
        ),
    ],
)
def test_what_cannot_happen_is_said_and_changes_nothing(
    calm: ControlApi, body: dict[str, Any], sentence: str
) -> None:
    assert sentence in calm.refusal("POST", INBOUND, body)
    assert calm.items("/messages") == []


def test_media_above_the_limit_is_refused(calm: ControlApi) -> None:
    media = b64encode(bytes(MEDIA_LIMIT + 1)).decode()
    body = {"event": "image", "media": media}
    assert "16777216" in calm.refusal("POST", INBOUND, body, status=413)


def test_what_is_refused_leaves_the_counters_alone(app: MockApp, make_app: MakeApp) -> None:
    """A refused message takes no id: what comes after it is as if it had never been tried."""
    tried, untried = ControlApi(app), ControlApi(make_app())
    tried.refusal("POST", INBOUND, {"event": "image", "group": "120363000000000009@g.us"})
    assert tried.post(INBOUND, status=201) == untried.post(INBOUND, status=201)


@pytest.mark.parametrize("event", ["text-plain", "image"])
def test_nothing_reaches_who_is_not_linked(calm: ControlApi, event: str) -> None:
    path = f"/instances/{UNLINKED}/inbound"
    assert "not linked" in calm.refusal("POST", path, {"event": event}, status=409)


def test_nothing_reaches_who_was_unlinked(contacts: Contacts) -> None:
    contacts.control_api.post(f"/instances/{KEY}/unlink")
    contacts.control_api.refusal("POST", INBOUND, {}, status=409)
    assert contacts.app.runtime.webhooks.courier.wait_idle(60)
    kinds = [orjson.loads(body)["messageType"] for _, body, _ in contacts.transport.posts]
    assert kinds == ["connection_update"]
    assert contacts.control_api.items("/messages") == []


def test_blocked_events_are_kept_and_not_sent(contacts: Contacts) -> None:
    reply = contacts.app.test_client().post(
        f"/rest/config/{KEY}/blockEvents",
        json={"messageData": {"events": ["messagesInput"]}},
        headers=AUTH,
    )
    assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
    reply.get_data()
    assert contacts.control_api.get(f"/instances/{KEY}")["blocked_events"] == ["messagesInput"]
    contacts.control_api.post(INBOUND, status=201)
    assert contacts.app.runtime.webhooks.courier.wait_idle(60)
    assert contacts.transport.posts == []
    assert len(contacts.control_api.items("/messages")) == 1
