"""What the instance is asked to send, and what the message must then have."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...cases import PICTURE
from ...session import PICTURE_URL
from ..media import KINDS
from ..messages import SHOP

Fields = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """An operation with its fields.

    `kind` is the content it becomes, with the fields that are known of it; `texts` must all stand
    in it, whatever its form. `file` says as what its file is downloaded.
    """

    operation: str
    data: Fields
    kind: str = ""
    fields: Fields = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    file: str = ""
    can_be_played: bool = False


def _text(words: str) -> Content:
    return Content("send_text", {"text": words}, "extendedTextMessage", {"text": words})


def _image(words: str) -> Content:
    data = {"type": "image", "base64": PICTURE, "mimeType": "image/png", "caption": words}
    fields = {"mimetype": "image/png", "caption": words}
    return Content("send_media_base64", data, "imageMessage", fields, file="image")


def _by_address(words: str) -> Content:
    data = {
        "type": "image", "url": PICTURE_URL, "mimeType": "image/jpeg", "fileName": "foto.jpg",
        "caption": words,
    }  # fmt: skip
    return Content("send_media_url", data, "imageMessage", {"caption": words})


def _document(words: str) -> Content:
    data = {
        "type": "document", "base64": b64encode(words.encode()).decode(), "caption": words,
        "mimeType": "application/pdf", "fileName": "pedido n\u00ba 42.pdf",
    }  # fmt: skip
    fields = {
        "mimetype": "application/pdf", "fileName": "pedido n\u00ba 42.pdf", "caption": words,
    }  # fmt: skip
    return Content("send_media_base64", data, "documentMessage", fields, file="document")


def _video(words: str) -> Content:
    data = {"type": "video", "base64": _sample("video"), "mimeType": "video/mp4", "caption": words}
    fields = {"mimetype": "video/mp4", "caption": words}
    return Content("send_media_base64", data, "videoMessage", fields, file="video")


def _video_note(words: str) -> Content:
    return _file_without_words("ptv", _sample("video"), can_be_played=True)


def _audio(words: str) -> Content:
    return _file_without_words("audio", _sample("audio"))


def _sticker(words: str) -> Content:
    return _file_without_words("sticker", _sample("sticker"))


def _file_without_words(
    type_: str, content: str, *, can_be_played: bool = False, **marks: Any
) -> Content:
    key, file, mimetype = KINDS[type_]
    data = {"type": type_, "base64": content, "mimeType": mimetype}
    fields = {"mimetype": mimetype, **marks}
    return Content("send_media_base64", data, key, fields, file=file, can_be_played=can_be_played)


def _sample(kind: str) -> str:
    """A real file: what no phone can play is never told as played."""
    return b64encode(Samples(root("fixtures")).media(kind)).decode()


def _voice_note(words: str) -> Content:
    return _file_without_words("ptt", _sample("audio"), can_be_played=True, ptt=True)


def _location(words: str) -> Content:
    data = {"latitude": -23.561, "longitude": -46.656, "caption": words, "address": f"Rua {words}"}
    fields = {
        "degreesLatitude": -23.561, "degreesLongitude": -46.656, "name": words,
        "address": f"Rua {words}",
    }  # fmt: skip
    return Content("send_location", data, "locationMessage", fields)


def _link(words: str) -> Content:
    text = f"{words} {SHOP} {words}"
    fields = {"text": text, "matchedText": SHOP}
    return Content("send_link_preview", {"textWithLink": text}, "extendedTextMessage", fields)


def _list(words: str) -> Content:
    sections = [
        {"title": f"{words} {section}",
         "rows": [{"title": f"{words} {section}{row}", "description": f"{words} d{section}{row}",
                   "rowId": f"id {section}{row} {words}"} for row in range(2)]}
        for section in range(2)
    ]  # fmt: skip
    data = {
        "title": f"{words} t", "text": f"{words} x", "description": f"{words} d",
        "buttonText": f"{words} b", "sections": sections, "listType": 0,
    }  # fmt: skip
    fields = {
        "title": f"{words} t", "description": f"{words} x", "footerText": f"{words} d",
        "buttonText": f"{words} b", "sections": sections,
    }  # fmt: skip
    return Content("send_list", data, "listMessage", fields)


def _frame(words: str) -> tuple[Fields, tuple[str, ...]]:
    texts = (f"{words} t", f"{words} x", f"{words} f")
    return dict(zip(("title", "text", "footer"), texts, strict=True)) | {"type": "text"}, texts


def _buttons(words: str) -> Content:
    frame, texts = _frame(words)
    titles = tuple(f"{words} {number}" for number in range(3))
    ids = tuple(f"id {number} {words}" for number in range(3))
    buttons = [
        {"type": "reply", "title": title, "id": id_} for title, id_ in zip(titles, ids, strict=True)
    ]
    data = {**frame, "buttons": buttons}
    return Content("send_buttons", data, texts=(*texts, *titles, *ids))


def _template(words: str) -> Content:
    frame, texts = _frame(words)
    buttons = [
        {"type": "copy", "title": f"{words} 0", "payload": f"{words} c"},
        {"type": "url", "title": f"{words} 1", "payload": SHOP},
        {"type": "replyButton", "title": f"{words} 2", "payload": f"{words} r"},
    ]
    button_texts = tuple(button[name] for button in buttons for name in ("title", "payload"))
    return Content("send_template", {**frame, "buttons": buttons}, texts=(*texts, *button_texts))


CONTENTS: Mapping[str, Callable[[str], Content]] = {
    "text": _text,
    "image": _image,
    "file by address": _by_address,
    "document": _document,
    "voice note": _voice_note,
    "video": _video,
    "video note": _video_note,
    "audio": _audio,
    "sticker": _sticker,
    "location": _location,
    "link": _link,
    "list": _list,
    "buttons": _buttons,
    "template": _template,
}

# Where a customer's words stand, by event.
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "text-plain": ("message.conversation",),
    "text-extended": ("message.extendedTextMessage.text",),
    "text-quoted-reply": ("message.extendedTextMessage.text",),
    "image": ("message.imageMessage.caption",),
    "video": ("message.videoMessage.caption",),
    "document-with-caption": (
        "message.documentWithCaptionMessage.message.documentMessage.caption",
    ),
    "location": ("message.locationMessage.name", "message.locationMessage.address"),
    "contact": ("message.contactMessage.displayName",),
}
