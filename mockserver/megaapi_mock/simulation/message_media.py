"""Content as it arrives: with what a test sets in it, and media keys that lead to real bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.content import WRAPPERS, kind_named
from ..domain.instance import Instance
from ..domain.json_path import put_at
from ..domain.message import content_key
from ..errors import ControlRefused
from ..handlers import uploads
from .overrides import require_file
from .payloads import Payloads


def with_media(
    payloads: Payloads,
    instance: Instance,
    content: dict[str, Any],
    file: str | None,
    inside: Mapping[str, Any],
) -> dict[str, Any]:
    """The content with what is set in it, and media keys that lead to real bytes."""
    holder: dict[str, Any] = {"message": content}
    for path, value in inside.items():
        put_at(holder, path, value)
    message = holder["message"]
    if not isinstance(message, dict) or content_key(message) is None:
        raise ControlRefused(400, "set: message must stay an object with content")
    media = media_in(message)
    if media is None:
        if file is not None:
            raise ControlRefused(400, f"media: {content_key(message)} has no media")
        return message
    if file is not None and _is_captioned_by_sample(media, inside):
        del media.part["caption"]
    media.part.update(media_keys(payloads, instance, media, file))
    for path, value in inside.items():
        # What is set on the media itself wins: a test may want keys that lead nowhere.
        if path != "message":
            put_at(holder, path, value)
    return message


def _is_captioned_by_sample(media: MediaPart, inside: Mapping[str, Any]) -> bool:
    """Whether somebody's own file would go out under words that only the sample has.

    A document of the kind that exists for its caption keeps it.
    """
    path = f"{media.path}.caption"
    return (
        "caption" in media.part
        and "documentWithCaptionMessage" not in media.path
        and not any(path == set_path or path.startswith(f"{set_path}.") for set_path in inside)
    )


@dataclass(frozen=True, slots=True)
class MediaPart:
    """Media in a payload: its kind, its fields, and the dotted path to them."""

    kind: str
    part: dict[str, Any]
    path: str


def media_in(message: Any) -> MediaPart | None:
    """The media of a content, however deep it is wrapped; None when there is none."""
    path = "message"
    while isinstance(message, dict):
        name = content_key(message) or ""
        part, path = message.get(name), f"{path}.{name}"
        if not isinstance(part, dict):
            return None
        if name not in WRAPPERS:
            kind = kind_named(name).media
            return MediaPart(kind, part, path) if kind is not None else None
        message, path = part.get("message"), f"{path}.message"
    return None


def media_keys(
    payloads: Payloads, instance: Instance, media: MediaPart, file: str | None = None
) -> dict[str, Any]:
    """The fields by which downloadMediaMessage of this instance finds what is given, or the
    sample's bytes of the kind; PayloadTooLarge or ControlRefused for what cannot be sent.
    """
    kind, mimetype = media.kind, media.part.get("mimetype")
    data = payloads.samples.media(kind)
    if file is not None:
        require_file(file)
        data, data_uri_type = uploads.decode_base64(file)
        mimetype = data_uri_type or mimetype
        if not uploads.require_size(data, payloads.largest_file):
            raise ControlRefused(
                400,
                "media: there is not one byte in it: send the bytes of a file as base64 or as a "
                "data URI with ;base64, or leave media out for a stand-in",
            )
    kept_media = instance.keep_media(kind, uploads.mimetype_of(kind, mimetype), data)
    keys = uploads.file_fields(kept_media)
    if kind == "sticker":
        # Milliseconds for stickers, seconds for all others (vendor's own example).
        keys["mediaKeyTimestamp"] = f"{keys['mediaKeyTimestamp']}000"
    return keys
