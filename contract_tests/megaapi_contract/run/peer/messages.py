"""What a second instance can write: the events it causes, and the calls of its API that do it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.domain.jid import as_given
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...errors import NotTried

Json = dict[str, Any]
WORDS = "Bom dia"


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """What a law asks a customer for: to whom or where, about which message, with what in it."""

    to: str
    # The number of who reads it: the only one that a card may hold.
    reader: str
    message: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


Data = Callable[[MessageRequest], Json]


@dataclass(frozen=True, slots=True)
class Writing:
    """How an event is caused: the operation, its data, and the event that the other side is told.

    `fields` are the paths that a law may set, each with the field of the call that sets it.
    """

    operation: str
    data: Data
    arrives_as: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def body(self, event: str, request: MessageRequest) -> Json:
        """The call's messageData; NotTried where the API has no field for what a law sets."""
        own = {}
        for path, value in request.fields.items():
            if path not in self.fields:
                raise NotTried(f"a second instance writes {event} by {self.operation}, which has "
                               f"no field for {path}")  # fmt: skip
            own[self.fields[path]] = value
        return {"to": request.to, **self.data(request), **own}


def _text(request: MessageRequest) -> Json:
    return {"text": WORDS}


def _link(request: MessageRequest) -> Json:
    return {"textWithLink": "Veja https://loja.example.test/1"}


def _quote(request: MessageRequest) -> Json:
    key = {"remoteJid": as_given(request.to), "fromMe": False, "id": request.message}
    return {"text": "Sobre este", "key": key, "message": {"conversation": WORDS}}


def _forward(request: MessageRequest) -> Json:
    # Of somebody else's message: only of those does the score grow.
    key = {"remoteJid": as_given(request.to), "fromMe": False, "id": "3EB0FFEEDDCCBBAAFFEEDD"}
    return {"key": key, "message": {"conversation": WORDS}}


def _mention(request: MessageRequest) -> Json:
    return {"text": f"@{request.reader} veja", "mentions": [as_given(request.reader)]}


def _deletion(request: MessageRequest) -> Json:
    return {"key": {"remoteJid": as_given(request.to), "fromMe": True, "id": request.message}}


def _location(request: MessageRequest) -> Json:
    return {"latitude": -23.5613, "longitude": -46.6565, "caption": "Loja Exemplo",
            "address": "Avenida Exemplo, 1000"}  # fmt: skip


def _card(request: MessageRequest) -> Json:
    person = {"fullName": "Pessoa Teste", "displayName": "Pessoa", "phoneNumber": request.reader}
    return {"vcard": person}


def _file(type_: str, kind: str, sample: str, **more: Any) -> Data:
    """A file of the shipped samples, which a phone opens."""

    def data(request: MessageRequest) -> Json:
        content = b64encode(Samples(root("fixtures")).media(sample)).decode()
        return {"type": type_, "base64": content, "mimeType": kind, **more}

    return data


def _paths(part: str, **names: str) -> Mapping[str, str]:
    return {f"message.{part}.{name}": field_ for name, field_ in names.items()}


_TEXT_FIELDS = {"message.conversation": "text", "message.extendedTextMessage.text": "text"}
_IMAGE = Writing(
    "send_media_base64", _file("image", "image/jpeg", "image", fileName="foto.jpg"), "image",
    _paths("imageMessage", caption="caption", mimetype="mimeType"),
)  # fmt: skip
_DOCUMENT_FIELDS = _paths(
    "documentMessage", caption="caption", mimetype="mimeType", fileName="fileName"
)
_TEXT = Writing("send_text", _text, "text-extended", _TEXT_FIELDS)

# Every event that an API can cause. A text is never told as text-plain: no API sends one.
WRITINGS: Mapping[str, Writing] = {
    "text-plain": _TEXT,
    "text-extended": _TEXT,
    "text-link-preview": Writing(
        "send_link_preview", _link, "text-link-preview",
        {"message.extendedTextMessage.text": "textWithLink"},
    ),
    "text-quoted-reply": Writing("quote_message", _quote, "text-quoted-reply", _TEXT_FIELDS),
    "text-forwarded": Writing("forward_message", _forward, "text-forwarded"),
    "deleted": Writing("delete_message", _deletion, "deleted"),
    "image": _IMAGE,
    "view-once": Writing(
        "send_media_base64",
        _file("image", "image/jpeg", "image", fileName="foto.jpg", viewOnce=True), "view-once",
    ),
    "video": Writing(
        "send_media_base64", _file("video", "video/mp4", "video"), "video",
        _paths("videoMessage", caption="caption", mimetype="mimeType"),
    ),
    "video-note": Writing("send_media_base64", _file("ptv", "video/mp4", "video"), "video-note"),
    "audio-voice-note": Writing(
        "send_media_base64", _file("ptt", "audio/ogg; codecs=opus", "audio"), "audio-voice-note"
    ),
    "audio-file": Writing(
        "send_media_base64", _file("audio", "audio/ogg; codecs=opus", "audio"), "audio-file"
    ),
    "document": Writing(
        "send_media_base64",
        _file("document", "application/pdf", "document", fileName="pedido.pdf"),
        "document", _DOCUMENT_FIELDS,
    ),
    "sticker": Writing(
        "send_media_base64", _file("sticker", "image/webp", "sticker"), "sticker"
    ),
    "location": Writing(
        "send_location", _location, "location",
        _paths("locationMessage", name="caption", address="address", degreesLatitude="latitude",
               degreesLongitude="longitude"),
    ),
    "contact": Writing("send_contact", _card, "contact"),
    "group-text": Writing("send_text", _text, "text-extended", _TEXT_FIELDS),
    "text-mention": Writing("send_text_mentioned", _mention, "text-mention"),
    "group-image": Writing(
        "send_media_base64", _IMAGE.data, "group-image", _IMAGE.fields
    ),
}  # fmt: skip
