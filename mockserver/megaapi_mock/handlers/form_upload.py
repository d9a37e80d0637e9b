"""Uploads of 2022: files in forms, sent like those of mediaBase64."""

from __future__ import annotations

from hashlib import sha256

from . import uploads
from .call import Call, Json, operation, success
from .instance import set_picture
from .media_types import kind_of
from .send_message import send_file
from .shown import question_file

# What clients name whose user's system does not know the file.
_CAPTIONED = ("image", "video")
_ANY_TYPE = "application/octet-stream"


@operation()
def upload_image(call: Call) -> Json:
    """A picture out of a form (recorded in 2022 without its answer)."""
    return _send(call, "image")


@operation()
def upload_video(call: Call) -> Json:
    """A video out of a form (recorded in 2022 without its answer)."""
    return _send(call, "video")


@operation()
def upload_audio(call: Call) -> Json:
    """A sound out of a form; whether as a voice note nobody has shown."""
    return _send(call, "ptt" if call.profile["uploaded_audio"] == "voice_note" else "audio")


@operation()
def upload_document(call: Call) -> Json:
    """A document out of a form, under the name that its part has."""
    return _send(call, "document")


@operation()
def upload_profile_picture(call: Call) -> Json:
    """As by an address; the bytes tell one picture from another."""
    file = uploads.uploaded_file(call)
    question_file(call, "image", file.content)
    set_picture(call, sha256(file.content).hexdigest())
    return success("Profile picture updated")


def _send(call: Call, type_: str) -> Json:
    """The file of a form as mediaBase64 sends one."""
    file = uploads.uploaded_file(call)
    kind = kind_of(type_) or type_
    caption = call.query.get("caption") if kind in _CAPTIONED else None
    call.data = {"caption": caption, "fileName": file.name}
    mimetype = None if file.content_type == _ANY_TYPE else file.content_type
    return send_file(call, type_, kind, file.content, mimetype)
