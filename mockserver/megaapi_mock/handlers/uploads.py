"""Files on their way out: decoded, typed, kept, and described as WhatsApp describes them."""

from __future__ import annotations

import re
from base64 import b64encode, urlsafe_b64decode
from typing import Any
from urllib.parse import urlsplit

from ..domain.media import Media
from ..errors import PayloadTooLarge, Unusable
from ..profile import Profile
from .call import Call, Json
from .files import UploadedFile
from .media_types import MEDIA_TYPES

# What the library sends when the caller names no type (baileys).
DEFAULT_TYPES = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "audio": "audio/ogg; codecs=opus",
    "document": "application/pdf",
    "sticker": "image/webp",
}
_DATA_URI = re.compile(r"^data:([^,]*?)(;base64)?,", re.IGNORECASE)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9_-]+")


def decode_base64(text: str) -> tuple[bytes, str | None]:
    """Bytes, and the type a data URI names. Bad characters are passed over, as Node does it."""
    prefix = _DATA_URI.match(text[:500])
    encoded = text[prefix.end() :] if prefix else text
    encoded = encoded.split("=", 1)[0].replace("+", "-").replace("/", "_")
    encoded = _NOT_BASE64.sub("", encoded)
    if len(encoded) % 4 == 1:
        encoded = encoded[:-1]
    content = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    return content, (prefix.group(1) or None) if prefix else None


def media_limit(profile: Profile) -> int:
    """The most bytes a file may have, decoded."""
    return int(profile["media_limit_mib"]) * 2**20


def require_size(content: bytes, limit: int) -> bytes:
    """The bytes; PayloadTooLarge above the limit."""
    if len(content) > limit:
        raise PayloadTooLarge(f"the media has {len(content)} bytes: {limit} are the limit")
    return content


def linked_file(call: Call, url: str, kind: str) -> bytes:
    """What a URL leads to: fetched with switch fetch_media on, else stand-in bytes of its kind."""
    require_address(url)
    if call.fetch is not None:
        file = call.fetch(url, media_limit(call.profile))
        if file.page and kind != "document":
            call.note(
                f"url leads to an HTML page, not to {kind}: use the address of the file itself"
            )
        return file.content
    call.note("the file was not fetched (fetch_media=off): stand-in bytes were sent")
    return call.samples.media(kind)


def uploaded_file(call: Call) -> UploadedFile:
    """The file of a form; Unusable without it, PayloadTooLarge above the limit."""
    file = call.uploads.get("file")
    if file is None:
        raise Unusable("the form has no file in the part `file`")
    others = sorted(name for name in call.uploads if name != "file")
    if others:
        call.note(f"files in other parts are passed over: {', '.join(others[:5])}")
    require_size(file.content, media_limit(call.profile))
    return file


def require_address(url: str) -> None:
    """Unusable unless a file can be fetched from there."""
    if _split(url) is None:
        raise Unusable(
            f"url {url[:80]!r} is not an http or https address: the gateway cannot fetch it"
        )


def content_of(call: Call, type_: str, kind: str, media: Media) -> Json:
    """The message content of a sent file, one key as its type has it."""
    data = call.data
    part = file_fields(media)
    if kind in ("image", "video", "document") and data.get("caption"):
        part["caption"] = data["caption"]
    if kind == "document":
        part["fileName"] = data.get("fileName") or "file"
    if kind == "video" and data.get("gifPlayback"):
        part["gifPlayback"] = True
    media_type = MEDIA_TYPES[type_]
    part |= media_type.marks
    key = media_type.content_key
    if data.get("viewOnce"):
        return {"viewOnceMessage": {"message": {key: {**part, "viewOnce": True}}}}
    return {key: part}


def file_fields(media: Media) -> Json:
    """The keys by which a file can be found again; 64-bit numbers are strings (protobuf JSON)."""
    return {
        "url": media.url,
        "mimetype": media.mimetype,
        "fileSha256": b64encode(media.digest).decode("ascii"),
        "fileLength": str(media.length),
        "mediaKey": b64encode(media.media_key).decode("ascii"),
        "fileEncSha256": b64encode(media.enc_digest).decode("ascii"),
        "directPath": media.direct_path,
        "mediaKeyTimestamp": str(int(media.time)),
    }


def mimetype_of(kind: str, *type_names: Any) -> str:
    """The first type anyone names, else what the library takes for the kind (baileys).

    A test may have put anything in a message's place for it.
    """
    texts = (name for name in type_names if name and isinstance(name, str))
    return next(texts, DEFAULT_TYPES[kind])


def _split(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None
