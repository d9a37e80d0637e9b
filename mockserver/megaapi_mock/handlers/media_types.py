"""What callers name as the `type` of a file, and what a message with such a file is.

A new type is one more row here; its content key has a row in `domain/content.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..domain.content import kind_named


@dataclass(frozen=True, slots=True)
class MediaType:
    """One type: the member of the content that has its file, and what that member says beside."""

    name: str
    content_key: str
    marks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """image, video, audio, document or sticker."""
        return kind_named(self.content_key).media or ""


MEDIA_TYPES: Mapping[str, MediaType] = {
    media_type.name: media_type
    for media_type in (
        MediaType("image", "imageMessage"),
        MediaType("video", "videoMessage"),
        MediaType("audio", "audioMessage"),
        # A voice note, and a round video note.
        MediaType("ptt", "audioMessage", {"ptt": True}),
        MediaType("ptv", "ptvMessage"),
        MediaType("document", "documentMessage"),
        MediaType("sticker", "stickerMessage"),
    )
}
# A sticker is downloaded as an image, and the other way round (n8n-node, allos-cf98).
_PICTURES = ("image", "sticker")
# The kinds of file that each type may be downloaded as.
DOWNLOAD_KINDS: Mapping[str, tuple[str, ...]] = {
    name: _PICTURES if media_type.kind in _PICTURES else (media_type.kind,)
    for name, media_type in MEDIA_TYPES.items()
}


def kind_of(type_: str) -> str | None:
    """The kind of file of a `type`; None for an unknown one."""
    media_type = MEDIA_TYPES.get(type_)
    return media_type.kind if media_type is not None else None
