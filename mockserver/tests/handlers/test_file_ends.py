"""Files that broke off: their first bytes are right, and no phone can show them."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from struct import pack
from time import process_time
from typing import Any
from zipfile import ZipFile

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers import form_upload, send_message, send_to_many
from megaapi_mock.handlers.file_check import unshown
from megaapi_mock.handlers.file_ends import early_end
from megaapi_mock.handlers.files import FetchedFile, UploadedFile
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from PIL import Image

from ..conftest import MakeApp
from ..slowness import slowness
from ..support import AUTH, KEY
from .calls import FRIEND, OTHER, call

MEDIA = root("fixtures") / "media"
MIB = 2**20
EARLY = "file ends early: its last part is missing"


def picture(form: str, **options: Any) -> bytes:
    """A picture with so much in it that no cut falls into its head alone."""
    noise = Image.effect_noise((97, 61), 40).convert("RGB")
    file = BytesIO()
    if form in ("GIF", "WEBP"):
        options |= {"save_all": True, "append_images": [noise.rotate(90)]}
    noise.save(file, form, **options)
    return file.getvalue()


def with_preview() -> bytes:
    """A JPEG whose head has a whole JPEG inside, as those of cameras do."""
    preview = b"Exif\0\0" + picture("JPEG")
    head = b"\xff\xd8\xff\xe1" + pack(">H", len(preview) + 2) + preview
    return head + picture("JPEG")[2:]


def spreadsheet() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 3_000)
    return file.getvalue()


def recording(length: int) -> bytes:
    """A sound as programs write it that do not know yet how long it gets."""
    return b"RIFF" + pack("<I", length) + b"WAVEfmt " + bytes(400)


FILES = {
    "jpeg": ("image", picture("JPEG")),
    "jpeg, progressive": ("image", picture("JPEG", progressive=True)),
    "jpeg with a preview": ("image", with_preview()),
    "png": ("image", picture("PNG")),
    "gif": ("image", picture("GIF")),
    "webp": ("sticker", picture("WEBP")),
    "webp, lossless": ("image", picture("WEBP", lossless=True)),
    "bmp": ("image", picture("BMP")),
    "avif": ("image", picture("AVIF")),
    "heic": (
        "image",
        pack(">I4s4sI", 16, b"ftyp", b"heic", 0) + pack(">I4s", 99, b"meta") + bytes(91),
    ),
    "wave": ("audio", b"RIFF" + pack("<I", 412) + b"WAVEfmt " + bytes(404)),
    "mp4": ("video", (MEDIA / "video.mp4").read_bytes()),
    "ogg": ("ptt", (MEDIA / "voice.ogg").read_bytes()),
    "pdf": ("document", (MEDIA / "document.pdf").read_bytes()),
    "spreadsheet": ("document", spreadsheet()),
}


@pytest.mark.parametrize("name", FILES)
def test_whole_file_is_shown_also_with_blanks_behind_it(name: str) -> None:
    type_, content = FILES[name]
    assert unshown(type_, content) is None
    assert unshown(type_, content + bytes(5)) is None


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("name", FILES)
def test_file_cut_in_the_middle_cannot_be_shown(name: str, share: float) -> None:
    type_, content = FILES[name]
    said = unshown(type_, content[: int(len(content) * share)])
    assert said is not None
    assert said.endswith(EARLY) or "no part `moov`" in said or "without Opus" in said


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP"])
def test_every_cut_is_noticed_whose_picture_a_decoder_refuses(form: str) -> None:
    content = picture(form)
    for length in range(20, len(content) - 1, 97):
        with pytest.raises(OSError, match=r"."):
            _decode(content[:length])
        assert early_end(content[:length]) is not None, (form, length)


def _decode(content: bytes) -> None:
    """Every picture in it, as a phone draws them; an OSError for one that is not there."""
    with Image.open(BytesIO(content)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()


def test_video_without_its_index_cannot_be_shown() -> None:
    whole = FILES["mp4"][1]
    index = whole.index(b"moov") - 4
    length = int.from_bytes(whole[index : index + 4], "big")
    said = unshown("video", whole[:index] + whole[index + length :])
    assert said == "the MP4 file has no part `moov`: a phone finds nothing to show"
    # The last part may be as long as the rest, and lengths may have 64 bits.
    assert unshown("video", whole + pack(">I4s", 0, b"mdat") + bytes(9)) is None
    assert unshown("video", whole + pack(">I4sQ", 1, b"free", 20) + bytes(4)) is None
    cut = whole + pack(">I4sQ", 1, b"free", 2**40) + bytes(4)
    assert unshown("video", cut) == f"the MP4 {EARLY}"


def test_voice_note_cut_before_its_first_sound_and_within_it() -> None:
    whole = FILES["ogg"][1]
    sound = whole.rindex(b"OggS")
    for end in (sound, sound + 10, len(whole) - 1):
        assert unshown("ptt", whole[:end]) == f"the Ogg {EARLY}", end
    # Between two pages with sound it plays until there.
    assert unshown("ptt", whole + whole[sound:]) is None


@pytest.mark.parametrize("length", [0, 2**32 - 1])
def test_recording_that_says_no_length_is_whole(length: int) -> None:
    assert unshown("audio", recording(length)) is None


BOMBS = {
    "png": b"\x89PNG\r\n\x1a\n" + pack(">I4sI", 0, b"IDAT", 0) * (16 * MIB // 12),
    "gif, one long block": b"GIF89a" + bytes(7) + b"!\xfe" + b"\1\1" * (8 * MIB),
    "gif, many blocks": b"GIF89a" + bytes(7) + b"!\xfe\0" * (5 * MIB),
    "jpeg, many parts": b"\xff\xd8\xff" + b"\xe0\0\2\xff" * (4 * MIB),
    "jpeg, fillers": b"\xff\xd8" + b"\xff" * (16 * MIB),
    "mp4": pack(">I4s", 8, b"ftyp") * (2 * MIB),
    "ogg": b"OggS" * (4 * MIB),
    "pdf": b"%PDF-" + b"%%EO" * (4 * MIB),
    # 60,000 by 60,000 points in a few bytes: ten gigabytes for a program that decodes it.
    "png of gigabytes": b"\x89PNG\r\n\x1a\n"
    + pack(">I4sIIBBBBBI", 13, b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0, 0)
    + pack(">I4sI", 0, b"IEND", 0),
}


@pytest.mark.parametrize("name", BOMBS)
def test_file_of_16_mib_made_to_hurt_costs_little(name: str) -> None:
    begin = process_time()
    early_end(BOMBS[name])
    # Without the bound the worst of them takes 15 s of a processor.
    assert process_time() - begin < 2 * slowness()


def send(app: Any, path: str, **data: Any) -> Any:
    body = {"messageData": {"to": "5511900000002", **data}}
    return app.test_client().post(f"/rest/sendMessage/{KEY}/{path}", headers=AUTH, json=body)


def half(name: str) -> bytes:
    content = FILES[name][1]
    return content[: len(content) // 2]


@pytest.mark.parametrize("name", FILES)
def test_cut_file_is_accepted_and_stops_at_the_phone(make_app: MakeApp, name: str) -> None:
    app = make_app()
    base64 = b64encode(half(name)).decode()
    reply = send(app, "mediaBase64", base64=base64, type=FILES[name][0])
    assert reply.status_code == 200
    assert "the message stops at the phone: " in reply.headers["X-Mock-Reason"]
    [message] = app.test_client().get("/_mock/messages").get_json()["items"]
    assert message["state"] == "stopped"
    assert message["reason"].startswith("cannot be shown: the ")


@pytest.mark.parametrize("name", FILES)
def test_cut_file_is_refused_when_strict_and_leaves_nothing(make_app: MakeApp, name: str) -> None:
    app = make_app(settings=Settings(strict=True))
    base64 = b64encode(half(name)).decode()
    reply = send(app, "mediaBase64", base64=base64, type=FILES[name][0])
    assert reply.status_code == 422
    assert "the " in reply.get_json()["violations"][0]
    assert app.test_client().get("/_mock/messages").get_json()["items"] == []


def test_strict_mock_refuses_whatever_no_phone_can_show(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(strict=True))
    page = b64encode(b"<!DOCTYPE html><p>404").decode()
    reply = send(app, "mediaBase64", base64=page, type="image")
    assert reply.status_code == 422
    assert reply.get_json()["violations"][0].endswith("not a picture, it is an HTML page")


URL = "https://files.example.test/p.jpg"
BUTTON = {"type": "reply", "title": "Sim"}
TEMPLATE = {"text": "oi", "buttons": [{"type": "url", "title": "a", "payload": URL}]}
# Each way in which a file gets into a message or a profile, besides mediaBase64.
WAYS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "by its address": (send_message.send_media_url, {"url": URL, "type": "image"}, FRIEND),
    "to many": (
        send_to_many.media_url_to_many,
        {"url": URL, "type": "image", "to": [FRIEND, OTHER]},
        "",
    ),
    "over buttons": (
        send_message.send_buttons,
        {"text": "oi", "type": "image", "mediaUrl": URL, "buttons": [BUTTON]},
        FRIEND,
    ),
    "over a template": (
        send_message.send_template_with_media,
        {**TEMPLATE, "mediaType": "image", "imageUrl": URL},
        FRIEND,
    ),
    "out of a form": (form_upload.upload_image, {}, FRIEND),
    "as a profile picture": (form_upload.upload_profile_picture, {}, ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_cut_picture_is_noticed_on_each_way_into_a_message(instance: Instance, way: str) -> None:
    handler, data, to = WAYS[way]

    def carry_out(**more: Any) -> list[str]:
        file = half("jpeg")
        request = call(
            instance,
            dict(data),
            to=to or str(instance.own_jid),
            fetch=lambda url, limit: FetchedFile(file, "image/jpeg"),
            uploads={"file": UploadedFile("p.jpg", "image/jpeg", file)},
            **more,
        )
        handler(request)
        return request.notes

    assert any(EARLY in note for note in carry_out())
    before = len(instance.messages)
    with pytest.raises(Unusable, match="ends early"):
        carry_out(strict=True)
    assert len(instance.messages) == before
