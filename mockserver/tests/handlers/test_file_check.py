"""Files no phone can show, and base64 that is none: answered, explained, stopped at the phone."""

from __future__ import annotations

from base64 import b64encode
from json import dumps, loads
from typing import Any

import pytest
from megaapi_mock.handlers.file_check import base64_problem, unshown
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import AUTH, KEY

MEDIA = root("fixtures") / "media"
PICTURE = b64encode((MEDIA / "image.jpg").read_bytes()).decode()
VOICE = b64encode((MEDIA / "voice.ogg").read_bytes()).decode()
ODD = {
    "": "is empty",
    "====": "is empty",
    "data:image/png;base64,": "is empty",
    "undefined": "is the word 'undefined'",
    "data:image/png;base64,undefined": "is the word 'undefined'",
    "null": "is the word 'null'",
    "@@@@": "the first is '@'",
    "[object Object]": "is the word '[object Object]'",
    "foto.jpg": "is the path of a file",
    "/tmp/foto.jpg": "is the path of a file",
    "./fotos/foto": "is the path of a file",
    "filesystem-v2": "by which n8n names a file that it keeps elsewhere",
    "aGk aGk aGk=": "turns + into a blank",
    f"data:image/jpeg;base64,data:image/jpeg;base64,{PICTURE}": "a data URI inside a data URI",
    "https://files.example.test/a.jpg": "mediaUrl takes those",
    "C:\\foto.jpg": "is the path of a file",
    "aGk=aGk=": "goes on after its end",
    "aGkaG": "is cut off",
    b64encode(PICTURE.encode()).decode(): "is encoded twice",
    f"data:image/jpeg;base64,{b64encode(PICTURE.encode()).decode()}": "is encoded twice",
    b64encode(f"data:image/jpeg;base64,{PICTURE}".encode()).decode(): "is encoded twice",
}
SECTION = {"title": "Setores", "rows": [{"title": "Vendas", "rowId": "1"}]}


def send(app: Any, path: str, **data: Any) -> Any:
    body = {"messageData": {"to": "5511900000002", **data}}
    return app.test_client().post(f"/rest/sendMessage/{KEY}/{path}", headers=AUTH, json=body)


def upload(app: Any, base64: str, type_: str = "image") -> Any:
    return send(app, "mediaBase64", base64=base64, type=type_)


def message(app: Any) -> Any:
    [sent] = app.test_client().get("/_mock/messages").get_json()["items"]
    return sent


@pytest.mark.parametrize("text", ODD)
def test_odd_base64_is_accepted_with_a_reason_and_read_by_nobody(
    make_app: MakeApp, text: str
) -> None:
    app = make_app()
    reply = upload(app, text)
    assert reply.status_code == 200
    assert ODD[text] in reply.headers["X-Mock-Reason"]
    assert message(app)["state"] == "stopped"


@pytest.mark.parametrize("text", ODD)
def test_odd_base64_is_refused_when_strict_or_by_switch(make_app: MakeApp, text: str) -> None:
    strict = upload(make_app(settings=Settings(strict=True)), text)
    assert strict.status_code == 422
    assert ODD[text] in strict.get_json()["violations"][0]
    refused = upload(make_app(switches={"odd_base64": "500"}), text)
    assert refused.status_code == 500
    assert ODD[text] in refused.headers["X-Mock-Reason"]


@pytest.mark.parametrize(
    "text",
    [
        PICTURE,
        f"data:image/jpeg;base64,{PICTURE}",
        "\n".join(PICTURE[at : at + 76] for at in range(0, len(PICTURE), 76)),
        PICTURE.rstrip("="),
        " ".join(PICTURE[at : at + 76] for at in range(0, len(PICTURE), 76)),
        PICTURE.replace("+", "-").replace("/", "_"),
    ],
)
def test_sound_base64_is_sent_without_a_word_and_read(make_app: MakeApp, text: str) -> None:
    app = make_app(settings=Settings(strict=True))
    reply = upload(app, text)
    assert (reply.status_code, reply.headers.get("X-Mock-Reason")) == (200, None)
    assert message(app)["state"] == "read"
    assert base64_problem(text) is None


@pytest.mark.parametrize(
    ("type_", "content", "said"),
    [
        ("image", b"<!DOCTYPE html><p>404", "not a picture, it is an HTML page"),
        ("image", b"\xef\xbb\xbf\n <!-- x --><HTML>", "not a picture, it is an HTML page"),
        ("image", b"<?xml version='1.0'?><Error/>", "not a picture, it is an XML document"),
        ("image", b"<svg xmlns='x'/>", "not a picture, it is an XML document"),
        ("image", b"\x1f\x8b\x08\x00", "not a picture, it is compressed with gzip"),
        ("image", b"Access denied.", "not a picture, it is text: 'Access denied.'"),
        ("image", b'{"error": 1}', "not a picture, it looks like JSON"),
        ("image", b"%PDF-1.4", "not a picture, it begins with 25 50 44 46"),
        ("sticker", b"\x89PNG\r\n\x1a\n", "not a WebP picture"),
        ("video", b"GIF89a......", "not a video"),
        ("ptv", b"x", "not a video"),
        ("audio", b"hello there", "not audio"),
        ("ptt", b"ID3\x03mp3 with a long name", "not Ogg with Opus"),
        ("ptt", b"OggS vorbis only", "is Ogg without Opus"),
        ("ptt", b"RIFF\0\0\0\0WAVEfmt ", "not Ogg with Opus"),
        ("document", b"", "0 bytes"),
    ],
)
def test_file_that_cannot_be_shown_is_delivered_and_stops_there(
    make_app: MakeApp, type_: str, content: bytes, said: str
) -> None:
    app = make_app()
    app.test_client().post(
        f"/rest/webhook/{KEY}/configWebhook",
        headers=AUTH,
        json={"messageData": {"webhookUrl": "http://127.0.0.1:9/", "webhookEnabled": True}},
    )
    reply = upload(app, b64encode(content).decode(), type_)
    assert reply.status_code == 200
    assert said in reply.headers["X-Mock-Reason"]
    found = message(app)
    assert found["state"] == "stopped"
    assert found["reason"].startswith("cannot be shown: ") and said in found["reason"]
    assert acks(app) == [2, 3]


def acks(app: Any) -> list[int]:
    deliveries = app.test_client().get("/_mock/deliveries?wait=0").get_json()["items"]
    payloads = [delivery["payload"] for delivery in deliveries]
    return [
        payload["update"]["status"]
        for payload in payloads
        if payload["messageType"] == "message.ack"
    ]


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("image", "image.jpg"),
        ("sticker", "sticker.webp"),
        ("video", "video.mp4"),
        ("ptv", "video.mp4"),
        ("audio", "voice.ogg"),
        ("ptt", "voice.ogg"),
        ("document", "document.pdf"),
    ],
)
def test_real_file_can_be_shown(type_: str, name: str) -> None:
    assert unshown(type_, (MEDIA / name).read_bytes()) is None


def test_voice_note_is_played_and_as_a_document_anything_is_read(make_app: MakeApp) -> None:
    app = make_app()
    assert upload(app, VOICE, "ptt").status_code == 200
    assert message(app)["state"] == "played"
    app = make_app()
    upload(app, b64encode(b"any bytes").decode(), "document")
    assert message(app)["state"] == "read"


def test_group_with_acks_of_each_phone_stops_at_all_of_them(make_app: MakeApp) -> None:
    app = make_app(switches={"group_acks": "each"})
    body = {"to": "120363000000000001@g.us", "base64": b64encode(b"x").decode(), "type": "image"}
    app.test_client().post(
        f"/rest/sendMessage/{KEY}/mediaBase64", headers=AUTH, json={"messageData": body}
    )
    found = message(app)
    assert found["state"] == "stopped" and found["reason"].startswith("cannot be shown")


def test_unshown_message_waits_for_a_phone_that_is_off_and_then_stops(make_app: MakeApp) -> None:
    app = make_app()
    contact = f"/_mock/instances/{KEY}/contacts/5511900000002"
    app.test_client().post(contact, json={"state": "phone_off"})
    upload(app, b64encode(b"x").decode())
    assert message(app)["state"] == "server"
    app.test_client().post(contact, json={"state": "reachable"})
    found = message(app)
    assert (found["state"], found["reason"][:15]) == ("stopped", "cannot be shown")


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ([], "sections is empty"),
        ([{"title": "a", "rows": []}], "section 1 has no rows"),
        (
            [{"title": "a", "rows": [{"title": " ", "rowId": "x"}]}],
            "row 1 of section 1 has no title",
        ),
        ([SECTION, {"rows": []}, {"rows": []}], "section 2, 3 has no rows"),
    ],
)
def test_list_with_nothing_to_choose(make_app: MakeApp, sections: Any, said: str) -> None:
    data = {"buttonText": "Abrir", "text": "oi", "sections": sections}
    reply = send(make_app(), "listMessage", **data)
    assert reply.status_code == 200 and said in reply.headers["X-Mock-Reason"]
    reply = send(make_app(settings=Settings(strict=True)), "listMessage", **data)
    assert reply.status_code == 422 and said in reply.get_json()["violations"][0]
    reply = send(make_app(switches={"empty_list": "500"}), "listMessage", **data)
    assert reply.status_code == 500 and said in reply.headers["X-Mock-Reason"]


def test_list_with_rows_needs_no_word(make_app: MakeApp) -> None:
    data = {"buttonText": "Abrir", "text": "oi", "sections": [SECTION]}
    reply = send(make_app(settings=Settings(strict=True)), "listMessage", **data)
    assert (reply.status_code, reply.headers.get("X-Mock-Reason")) == (200, None)


BUTTON = {"type": "reply", "title": "Sim", "id": "1"}
CTA = {"type": "copy", "title": "Copiar", "payload": "X1"}
QUOTED = {
    "key": {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": False, "id": "A1"},
    "message": {"conversation": "oi"},
}


@pytest.mark.parametrize("blank", ["", "  ", "\n", "\u200b \u2060", "\u3164\u2800"])
@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("text", {"text": "{blank}"}, "text is blank"),
        ("sendLinkPreview", {"textWithLink": "{blank}"}, "textWithLink is blank"),
        ("quoteMessage", {"text": "{blank}", **QUOTED}, "text is blank"),
        (
            "listMessage",
            {"text": "{blank}", "buttonText": "{blank}", "sections": [SECTION]},
            "text, buttonText are blank",
        ),
        (
            "buttonMessage",
            {"text": "oi", "type": "text", "buttons": [BUTTON, {**BUTTON, "title": "{blank}"}]},
            "title of button 2 is blank",
        ),
        (
            "templateMessage",
            {"text": "oi", "type": "text", "buttons": [{**CTA, "payload": "{blank}"}]},
            "payload of button 1 is blank",
        ),
    ],
)
def test_blank_where_a_phone_shows_a_text(
    make_app: MakeApp, kind: str, data: Any, said: str, blank: str
) -> None:
    data = loads(dumps(data).replace('"{blank}"', dumps(blank)))
    reply = send(make_app(), kind, **data)
    assert reply.status_code == 200, reply.headers["X-Mock-Reason"]
    assert f"{said}: a phone shows nothing there; sent" in reply.headers["X-Mock-Reason"]
    reply = send(make_app(settings=Settings(strict=True)), kind, **data)
    assert reply.status_code == 422 and said in reply.get_json()["violations"][0]


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("location", {"latitude": 95, "longitude": 0}, "latitude 95 is on no map: from -90 to 90"),
        ("location", {"latitude": "1", "longitude": "-180.5"}, "longitude -180.5 is on no map"),
        (
            "listMessage",
            {"text": "oi", "buttonText": "Ver", "sections": [SECTION, SECTION]},
            "stands at 2 choices: an answer does not tell them apart",
        ),
        (
            "buttonMessage",
            {"text": "oi", "type": "text", "buttons": [BUTTON, {**BUTTON, "title": "Outro"}]},
            "stands at 2 choices: an answer does not tell them apart",
        ),
    ],
)
def test_what_no_phone_makes_sense_of_is_sent_with_a_reason(
    make_app: MakeApp, kind: str, data: Any, said: str
) -> None:
    reply = send(make_app(), kind, **data)
    assert reply.status_code == 200, reply.headers["X-Mock-Reason"]
    assert said in reply.headers["X-Mock-Reason"]
    reply = send(make_app(settings=Settings(strict=True)), kind, **data)
    assert reply.status_code == 422 and said in reply.get_json()["violations"][0]


@pytest.mark.parametrize("latitude", [90, -90, "89.9", 0])
def test_places_on_the_map_are_not_spoken_of(app: MockApp, latitude: Any) -> None:
    reply = send(app, "location", latitude=latitude, longitude=180)
    assert reply.status_code == 200 and "X-Mock-Reason" not in reply.headers


def test_blank_name_of_a_group_and_blank_webhook_url(app: MockApp) -> None:
    client = app.test_client()
    group = {"group_data": {"group_name": " ", "participants": ["5511900000002"]}}
    reply = client.post(f"/rest/group/{KEY}/create", headers=AUTH, json=group)
    assert (reply.status_code, "group_name is blank" in reply.headers["X-Mock-Reason"]) == (
        200,
        True,
    )
    hook = {"messageData": {"webhookUrl": " ", "webhookEnabled": True}}
    reply = client.post(f"/rest/webhook/{KEY}/configWebhook", headers=AUTH, json=hook)
    assert (reply.status_code, "webhookUrl is blank" in reply.headers["X-Mock-Reason"]) == (
        200,
        True,
    )
