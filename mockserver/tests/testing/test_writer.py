"""What people write and send: each act becomes the event and the content it stands for."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.testing import Customer, Instance, Message

from .conftest import ANA, Ask

Send = Callable[..., None]


PNG = b"\x89PNG made up"


@pytest.mark.parametrize(
    ("act", "event", "path", "value"),
    [
        (lambda ana: ana.sends_image(PNG, caption="Foto"), "image", "imageMessage.caption", "Foto"),
        (lambda ana: ana.sends_image(PNG), "image", "imageMessage.mimetype", "image/png"),
        (lambda ana: ana.sends_video(b"v", caption="V"), "video", "videoMessage.caption", "V"),
        (lambda ana: ana.sends_audio(), "audio-voice-note", "audioMessage.ptt", True),
        (lambda ana: ana.sends_audio(voice=False), "audio-file", "audioMessage.ptt", False),
        (
            lambda ana: ana.sends_document(b"%PDF", name="a.pdf"),
            "document",
            "documentMessage.fileName",
            "a.pdf",
        ),
        (lambda ana: ana.sends_sticker(), "sticker", "stickerMessage.mimetype", "image/webp"),
        (
            lambda ana: ana.sends_location(-15.5, -47.25, name="Praça"),
            "location",
            "locationMessage.degreesLatitude",
            -15.5,
        ),
        (
            lambda ana: ana.sends_contact("5511900000003", "Bia"),
            "contact",
            "contactMessage.displayName",
            "Bia",
        ),
    ],
)
def test_media_and_cards(
    shop: Instance,
    ana: Customer,
    act: Callable[[Customer], Message],
    event: str,
    path: str,
    value: object,
) -> None:
    act(ana)
    found = shop.inbox.wait_for(event).payload["message"]
    for step in path.split("."):
        found = found[step]
    assert found == value


def test_the_bytes_of_a_picture_can_be_downloaded(shop: Instance, ana: Customer, ask: Ask) -> None:
    ana.sends_image(PNG, caption="Foto")
    part = shop.inbox.wait_for("image").payload["message"]["imageMessage"]
    names = ("mediaKey", "directPath", "url", "mimetype")
    body = {**{name: part[name] for name in names}, "messageType": "image"}
    path = f"instance/downloadMediaMessage/{shop.key}"
    status, document = ask(shop, path, body, wrapper="messageKeys")
    assert status == 200, document
    assert b64decode(document["data"].partition(",")[2]) == PNG


def test_replies_reactions_edits_and_deletions(shop: Instance, ana: Customer, send: Send) -> None:
    send(shop, ANA, "Qual?")
    asked = shop.sent.wait_for(text="Qual?")
    ana.replies(asked, "Este")
    quoting = shop.inbox.wait_for("text-quoted-reply", text="Este").payload
    context = quoting["message"]["extendedTextMessage"]["contextInfo"]
    assert context["stanzaId"] == asked.id
    ana.reacts(asked, "❤️")
    shop.inbox.wait_for("reaction", text="❤️")
    first = ana.says("errado")
    ana.edits(first, "certo")
    shop.inbox.wait_for("edited", text="certo")
    picture = ana.sends_image(caption="antes")
    ana.edits(picture, "depois")
    edited = shop.inbox.wait_for("edited").payload["message"]["protocolMessage"]["editedMessage"]
    assert edited == {"imageMessage": {"caption": "depois"}}
    ana.deletes(first)
    shop.inbox.wait_for("deleted")


def test_any_other_event(shop: Instance, ana: Customer) -> None:
    ana.does("text-forwarded")
    shop.inbox.wait_for("text-forwarded")
    with pytest.raises(ControlRefused, match="not something a contact does"):
        ana.does("ack-read")
