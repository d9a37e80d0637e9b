"""Samples of webhooks and media under `fixtures/`, read once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from ..errors import SetupError

# The stand-in bytes of each kind of media: small, real files. The video is two seconds of colour
# bars that every browser plays, made by ffmpeg alone:
# ffmpeg -f lavfi -i smptebars=size=160x120:rate=5:duration=2 -c:v libx264 -profile:v baseline
#   -pix_fmt yuv420p -crf 30 -x264-params keyint=5:threads=1 -bsf:v filter_units=remove_types=6
#   -movflags +faststart -bitexact -map_metadata -1 video.mp4
MEDIA_FILES = {
    "image": "image.jpg",
    "video": "video.mp4",
    "audio": "voice.ogg",
    "document": "document.pdf",
    "sticker": "sticker.webp",
}


class Samples:
    """`payload` gives a fresh copy each time: the caller may fill it in."""

    def __init__(self, fixtures: Path) -> None:
        self._fixtures = fixtures
        self._read: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def _payloads(self) -> Mapping[str, bytes]:
        folder = self._fixtures / "webhooks"
        return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.json"))}

    def names(self) -> list[str]:
        """Every event that has a sample."""
        return list(self._payloads)

    def __contains__(self, event: str) -> bool:
        return event in self._payloads

    def sample(self, event: str) -> Mapping[str, Any]:
        """The event's sample to read and not to change: the same for everybody; SetupError."""
        sample = self._read.get(event)
        if sample is None:
            sample = self._read[event] = self.payload(event)
        return sample

    def payload(self, event: str) -> dict[str, Any]:
        """A copy of the event's sample; SetupError when there is none."""
        try:
            content = orjson.loads(self._payloads[event])
        except KeyError:
            raise SetupError(
                f"event {event} has no sample: write fixtures/webhooks/{event}.json"
            ) from None
        except orjson.JSONDecodeError as error:
            raise SetupError(f"fixtures/webhooks/{event}.json is not JSON: {error}") from None
        if not isinstance(content, dict):
            raise SetupError(f"fixtures/webhooks/{event}.json holds no JSON object")
        return content

    def media(self, kind: str) -> bytes:
        """Small real bytes of this kind of media."""
        return (self._fixtures / "media" / MEDIA_FILES[kind]).read_bytes()
