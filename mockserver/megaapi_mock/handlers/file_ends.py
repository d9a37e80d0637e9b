"""Whether a file goes on to its end: uploads that broke off begin as whole files do.

Nothing is decoded: a decoder of pictures needs memory for what the head of the file claims, and
a file of a few bytes may claim a gigabyte. Each form says where it ends, which is cheap to read.
"""

from __future__ import annotations

from collections.abc import Callable

# A file in more parts than this is taken as whole: 16 MiB of empty parts must not cost seconds.
_MOST_PARTS = 100_000
# What may stand behind the end of a PDF, and the comment of a ZIP file.
_PDF_TAIL, _ZIP_TAIL = 2_048, 66_000
# The parts in which a phone finds what to show: of a video, and of a HEIC or AVIF picture.
_INDEXES = frozenset({b"moov", b"meta"})
# Head and tags of Ogg with Opus come first, each on a page of its own.
_PAGES_WITHOUT_SOUND = 2


def early_end(content: bytes) -> str | None:
    """What is missing at the end of a file; None for a whole one, and for forms without an end."""
    for name, begins, is_whole in _FORMS:
        if begins(content) and not is_whole(content):
            return f"the {name} file ends early: its last part is missing"
    if _is_mp4(content):
        return _mp4_problem(content)
    return None


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def _is_riff(content: bytes) -> bool:
    return content.startswith(b"RIFF") and content[8:12] in (b"WEBP", b"AVI ", b"WAVE")


def _is_mp4(content: bytes) -> bool:
    return content[4:8] in (b"ftyp", b"moov", b"mdat")


def _jpeg(content: bytes) -> bool:
    """The end marker stands behind the picture itself: a preview before it has one of its own."""
    offset = 2
    for _ in range(_MOST_PARTS):
        if len(content) < offset + 4 or content[offset] != 0xFF:
            return False
        if content[offset + 1] == 0xDA:
            return content.rfind(b"\xff\xd9", offset) > 0
        is_filler = content[offset + 1] == 0xFF
        offset += 1 if is_filler else 2 + max(2, int.from_bytes(content[offset + 2 : offset + 4]))
    return True


def _part(content: bytes, offset: int) -> tuple[int, bytes]:
    """Length and kind of the part that begins there, of a PNG or MP4."""
    return int.from_bytes(content[offset : offset + 4]), content[offset + 4 : offset + 8]


def _png(content: bytes) -> bool:
    offset = 8
    for _ in range(_MOST_PARTS):
        if len(content) < offset + 12:
            return False
        length, kind = _part(content, offset)
        offset += 12 + length
        if kind == b"IEND":
            return len(content) >= offset
    return True


def _gif(content: bytes) -> bool:
    if len(content) < 14:
        return False
    offset, in_block = 13 + _colors(content[10]), False
    for _ in range(_MOST_PARTS):
        if len(content) <= offset:
            return False
        mark = content[offset]
        if in_block:
            offset, in_block = offset + 1 + mark, mark > 0
        elif mark == ord("!"):
            offset, in_block = offset + 2, True
        elif mark == ord(",") and len(content) > offset + 10:
            offset, in_block = offset + 11 + _colors(content[offset + 9]), True
        else:
            # The end; where something unknown stands instead, decoders show what came before.
            return mark != ord(",")
    return True


def _colors(flags: int) -> int:
    """Bytes of the table of colours that these flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _riff(content: bytes) -> bool:
    """Sound that was written while it was recorded may say no length."""
    length = int.from_bytes(content[4:8], "little")
    if length in (0, 0xFFFFFFFF):
        return content[8:12] == b"WAVE"
    return len(content) >= 8 + length


def _bmp(content: bytes) -> bool:
    return len(content) >= 26 and len(content) >= int.from_bytes(content[2:6], "little")


def _ogg(content: bytes) -> bool:
    """The last page is whole, and there is one with sound. What was cut between two pages plays."""
    offset = content.rfind(b"OggS")
    table = (
        content[offset + 27 : offset + 27 + content[offset + 26]]
        if len(content) > offset + 26
        else b""
    )
    ends = len(table) > 0 and len(content) >= offset + 27 + len(table) + sum(table)
    return ends and content.count(b"OggS") > _PAGES_WITHOUT_SOUND


def _pdf(content: bytes) -> bool:
    return b"%%EOF" in content[-_PDF_TAIL:]


def _zip(content: bytes) -> bool:
    return b"PK\x05\x06" in content[-_ZIP_TAIL:]


_FORMS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], bool]], ...] = (
    ("JPEG", _starts(b"\xff\xd8\xff"), _jpeg),
    ("PNG", _starts(b"\x89PNG\r\n\x1a\n"), _png),
    ("GIF", _starts(b"GIF8"), _gif),
    ("RIFF", _is_riff, _riff),
    ("BMP", _starts(b"BM"), _bmp),
    ("Ogg", _starts(b"OggS"), _ogg),
    ("PDF", _starts(b"%PDF-"), _pdf),
    ("ZIP", _starts(b"PK\x03\x04"), _zip),
)


def _mp4_problem(content: bytes) -> str | None:
    """Each part says its length; 0 stands for all the rest."""
    offset, has_index = 0, False
    for _ in range(_MOST_PARTS):
        if len(content) < offset + 8:
            break
        length, kind = _part(content, offset)
        has_index = has_index or kind in _INDEXES
        if length == 1 and len(content) >= offset + 16:
            length = int.from_bytes(content[offset + 8 : offset + 16])
        offset = len(content) if length == 0 else offset + max(8, length)
    else:
        return None
    if offset > len(content) or any(content[offset:]):
        return "the MP4 file ends early: its last part is missing"
    return None if has_index else "the MP4 file has no part `moov`: a phone finds nothing to show"
