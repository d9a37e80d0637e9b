"""What a phone can make of a file, and what is wrong with base64: for the reason beside a 200."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping

from .file_ends import early_end
from .media_types import kind_of

_DATA_URI = re.compile(r"data:([^,]*?)(;base64)?,", re.IGNORECASE)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/_=\s-]")
_AFTER_END = re.compile(r"=\s*[^=\s]")
# Base64 of what base64 of a JPEG, PNG, GIF, RIFF, Ogg or PDF, or a data URI, begins with.
_ENCODED_TWICE = re.compile(
    "LzlqL|aVZCT1J3MEtHZ2|UjBsR09E|VWtsR1|VDJkblV3|SlZCRV|ZGF0YTph|ZGF0YTpp|ZGF0YTp2"
)
_HTML = re.compile(rb"<(?:!doctype html|html|head|body)\b")
# Words: an error of the host, rather than a file with a signature of a few letters.
_TEXT = re.compile(rb"[A-Za-z][\x20-\x7e\s]*[a-z]{2} [\x20-\x7e\s]*")
# What becomes of a missing value in the languages clients are written in.
_NOTHING = frozenset(
    {"undefined", "null", "none", "nil", "nan", "true", "false", "[object object]"}
)
# A drive, a home, a folder, or the ending of a file's name: base64 has no dot.
_PATH = re.compile(r"(?:file:/|~/|\.{1,2}[/\\]|[A-Za-z]:[/\\])\S.*|\S.*\.[A-Za-z0-9]{2,5}")
# A root or a home. Base64 of a JPEG begins with a slash too.
_ROOT = re.compile(r"(?:/(?!9j/)|~).*", re.DOTALL)
# Longer than any path, shorter than any file worth sending.
_PATH_MOST = 260


def is_path(text: str, *, from_root: bool = False) -> bool:
    """Whether a text that stands in place of a file is the path of one.

    What begins with a slash counts `from_root` alone: the base64 of many files does.
    """
    if len(text) > _PATH_MOST:
        return False
    return bool(_PATH.fullmatch(text) or (from_root and _ROOT.fullmatch(text)))


def base64_problem(text: str) -> str | None:
    """Why a text is hardly the base64 of a file; None when nothing speaks against it."""
    prefix = _DATA_URI.match(text[:500])
    base64_text = (text[prefix.end() :] if prefix else text).strip()
    if not base64_text.strip("="):
        return "base64 is empty"
    if (other := _something_else(base64_text)) is not None:
        return other
    odd = _NOT_BASE64.search(base64_text)
    if odd is not None:
        return f"base64 has characters that are not base64, the first is {odd.group()!r}"
    if _AFTER_END.search(base64_text):
        return "base64 goes on after its end: what follows = is not read"
    if _lost_plus(base64_text):
        return "base64 has blanks in place of +: a form, or an address, turns + into a blank"
    if len(re.sub(r"[\s=]", "", base64_text)) % 4 == 1:
        return "base64 is cut off: no file has this length"
    if _ENCODED_TWICE.match(base64_text):
        return "base64 is encoded twice: what it stands for is base64 of a file again"
    return None


def _something_else(text: str) -> str | None:
    """What stands in place of base64: a word, an address, a path; None for neither."""
    if text.lower() in _NOTHING:
        return f"base64 is the word {text!r}"
    if _DATA_URI.match(text[:500]):
        return "base64 is a data URI inside a data URI"
    if text.startswith(("http://", "https://")):
        return "base64 is an address: mediaUrl takes those"
    if is_path(text):
        return "base64 is the path of a file: read the file and encode its bytes"
    if text == "filesystem-v2":
        return (
            "base64 is 'filesystem-v2', by which n8n names a file that it keeps elsewhere: "
            "extract the file to a base64 string first"
        )
    return None


def _lost_plus(base64_text: str) -> bool:
    """Whether there are blanks, no +, and too few letters without what the blanks stand for."""
    has_blanks = " " in base64_text and not re.search(r"[+\r\n]", base64_text)
    return has_blanks and len(base64_text.replace(" ", "")) % 4 != 0 == len(base64_text) % 4


def _image(content: bytes) -> bool:
    signatures = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM")
    return content.startswith(signatures) or _webp(content) or content[4:8] == b"ftyp"


def _webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _video(content: bytes) -> bool:
    riff = content[:4] == b"RIFF" and content[8:11] == b"AVI"
    signatures = (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba")
    return riff or content[4:8] in (b"ftyp", b"moov", b"mdat") or content.startswith(signatures)


def _audio(content: bytes) -> bool:
    signatures = (b"OggS", b"ID3", b"#!AMR", b"fLaC", b"\x1a\x45\xdf\xa3")
    wave = content[:4] == b"RIFF" and content[8:12] == b"WAVE"
    frame = len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0
    return wave or frame or content[4:8] == b"ftyp" or content.startswith(signatures)


def _voice(content: bytes) -> bool:
    """Ogg with Opus in it: anything else arrives and does not play (public reports agree)."""
    return content.startswith(b"OggS") and b"OpusHead" in content[:512]


_SHOWN: Mapping[str, tuple[Callable[[bytes], bool], str]] = {
    "image": (_image, "a picture"),
    "sticker": (_webp, "a WebP picture"),
    "video": (_video, "a video"),
    "audio": (_audio, "audio"),
    "ptt": (_voice, "Ogg with Opus, which a voice note must be"),
}


def unshown(type_: str, content: bytes) -> str | None:
    """Why no phone can show or play this file as this type; None when one can."""
    if not content:
        return "the file has 0 bytes"
    requirement = _SHOWN.get(type_) or _SHOWN.get(kind_of(type_) or "")
    if requirement is not None:
        fits, name = requirement
        if not fits(content):
            return f"the file is not {name}, it {_beginning(content)}"
    return early_end(content)


def is_html(content: bytes) -> bool:
    """Whether these bytes begin as an HTML page does, comments and blanks before it included."""
    start = _start(content)
    return start.startswith(b"<") and _HTML.search(start) is not None


def _start(content: bytes) -> bytes:
    return content[:1000].removeprefix(BOM_UTF8).lstrip().lower()


def _beginning(content: bytes) -> str:
    if is_html(content):
        return "is an HTML page"
    start = _start(content)
    if start.startswith((b"<?xml", b"<svg", b"<error")):
        return "is an XML document"
    if content.startswith(b"\x1f\x8b"):
        return "is compressed with gzip"
    if start.startswith((b"{", b"[")):
        return "looks like JSON"
    if content.startswith(b"OggS"):
        return "is Ogg without Opus"
    if _TEXT.fullmatch(content[:100]):
        return f"is text: {content[:40].decode()!r}"
    return f"begins with {content[:8].hex(' ')}"
