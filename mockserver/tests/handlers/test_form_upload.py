"""Files out of forms: sent as mediaBase64 sends one, under the name and type of their part."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import PayloadTooLarge, Unusable
from megaapi_mock.handlers import form_upload
from megaapi_mock.handlers.files import UploadedFile

from .calls import FRIEND, SAMPLES, call

NAME = "foto.bin"


def upload(
    instance: Instance, handler: Any, kind: str, content_type: str = "", **more: Any
) -> dict[str, Any]:
    """The content of the message that was sent."""
    file = UploadedFile(NAME, content_type, SAMPLES.media(kind))
    asked = call(instance, to=FRIEND, uploads={"file": file}, **more)
    sent: dict[str, Any] = handler(asked)["messageData"]["message"]
    return sent


@pytest.mark.parametrize(
    ("handler", "kind", "content_key", "mimetype"),
    [
        (form_upload.upload_image, "image", "imageMessage", "image/jpeg"),
        (form_upload.upload_video, "video", "videoMessage", "video/mp4"),
        (form_upload.upload_audio, "audio", "audioMessage", "audio/ogg; codecs=opus"),
        (form_upload.upload_document, "document", "documentMessage", "application/pdf"),
    ],
)
def test_a_file_is_sent_as_what_its_route_says(
    instance: Instance, handler: Any, kind: str, content_key: str, mimetype: str
) -> None:
    part = upload(instance, handler, kind)[content_key]
    assert part["mimetype"] == mimetype and int(part["fileLength"]) == len(SAMPLES.media(kind))
    # What clients say whose system does not know the file counts for nothing.
    unknown = upload(instance, handler, kind, "application/octet-stream")[content_key]
    assert unknown["mimetype"] == mimetype
    own = upload(instance, handler, kind, "x/own")[content_key]
    assert own["mimetype"] == "x/own"


def test_a_caption_stands_below_pictures_and_videos_alone(instance: Instance) -> None:
    query = {"caption": "Olha"}
    image = upload(instance, form_upload.upload_image, "image", query=query)["imageMessage"]
    audio = upload(instance, form_upload.upload_audio, "audio", query=query)["audioMessage"]
    assert image["caption"] == "Olha" and "caption" not in audio


def test_a_document_has_the_name_of_its_part(instance: Instance) -> None:
    document = upload(instance, form_upload.upload_document, "document")["documentMessage"]
    assert document["fileName"] == NAME


@pytest.mark.parametrize(("switch", "is_note"), [("voice_note", True), ("", False)])
def test_a_sound_is_a_voice_note_where_the_switch_says_so(
    instance: Instance, switch: str, is_note: bool
) -> None:
    switches = {"uploaded_audio": switch} if switch else {}
    part = upload(instance, form_upload.upload_audio, "audio", switches=switches)["audioMessage"]
    assert (part.get("ptt") is True) == is_note


def test_a_form_without_a_file_is_refused(instance: Instance) -> None:
    with pytest.raises(Unusable, match="no file in the part `file`"):
        form_upload.upload_image(call(instance, to=FRIEND))


def test_files_in_other_parts_are_noted(instance: Instance) -> None:
    file = UploadedFile(NAME, "", SAMPLES.media("image"))
    asked = call(instance, to=FRIEND, uploads={"file": file, "second": file})
    form_upload.upload_image(asked)
    assert "files in other parts are passed over: second" in asked.notes


def test_a_file_beyond_the_limit_is_refused(instance: Instance) -> None:
    file = UploadedFile(NAME, "", bytes(2**20 + 1))
    asked = call(instance, to=FRIEND, uploads={"file": file}, switches={"media_limit_mib": "1"})
    with pytest.raises(PayloadTooLarge, match="1048577 bytes"):
        form_upload.upload_image(asked)


def test_another_picture_gives_the_profile_another_address(instance: Instance) -> None:
    own = instance.own_jid
    addresses = []
    for content in (b"one", b"two", b"two"):
        asked = call(instance, to=own.user, uploads={"file": UploadedFile(NAME, "", content)})
        assert form_upload.upload_profile_picture(asked)["message"] == "Profile picture updated"
        addresses.append(instance.own_profile.picture_address(own, ""))
    assert addresses[0] != addresses[1] == addresses[2]
