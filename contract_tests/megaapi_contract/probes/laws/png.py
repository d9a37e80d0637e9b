"""PNG pictures read with the standard library, and whether one shows a QR code."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from itertools import groupby

Rows = list[list[bool]]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Dark, light, dark, light, dark: what a finder of a QR code shows along its middle.
_FINDER = (1, 1, 3, 1, 1)


class NoPicture(ValueError):
    """The bytes are not a PNG picture; the text says why."""


def from_data_uri(text: object, kind: str = "image/png") -> bytes:
    """The bytes behind `data:<kind>;base64,...`; NoPicture when the text is none."""
    head = f"data:{kind};base64,"
    if not isinstance(text, str) or not text.startswith(head):
        raise NoPicture(f"no data URI of {kind}")
    try:
        return b64decode(text[len(head) :], validate=True)
    except (Base64Error, ValueError):
        raise NoPicture("the data URI is not base64") from None


def rows(content: bytes) -> Rows:
    """Whether each dot is dark, line by line. NoPicture when it cannot be read.

    Every checksum is held, and the picture must have exactly the dots its header promises.
    """
    if not content.startswith(SIGNATURE):
        raise NoPicture("no PNG signature")
    header, palette, packed_rows = b"", b"", b""
    for kind, data in _chunks(content):
        if kind == b"IHDR":
            header = data
        elif kind == b"PLTE":
            palette = data
        elif kind == b"IDAT":
            packed_rows += data
    if len(header) != 13:
        raise NoPicture("no header")
    width, height, depth, colours, _, _, interlace = struct.unpack(">IIBBBBB", header)
    if colours not in _CHANNELS or depth not in (1, 2, 4, 8) or interlace or not width * height:
        raise NoPicture("a form of PNG that no gateway sends")
    line = (width * depth * _CHANNELS[colours] + 7) // 8
    plain = _undo_filters(
        _unpack(packed_rows, height * (line + 1)), line, max(1, depth * _CHANNELS[colours] // 8)
    )
    return [_dark(part, width, depth, colours, palette) for part in plain]


def shows_qr(picture: Rows) -> bool:
    """Whether three corners hold a finder, the mark of every QR code, with one module's size."""
    dark = [number for number, line in enumerate(picture) if any(line)]
    if not dark:
        return False
    top, bottom = dark[0], dark[-1]
    columns = [number for line in picture for number, dot in enumerate(line) if dot]
    first, right = min(columns), max(columns)
    module = _run(picture[top][first:]) / 7
    side = right - first + 1
    if module < 1 or side != bottom - top + 1 or round(side / module) not in range(21, 178, 4):
        return False
    middle = round(3.5 * module)
    lines = (picture[top + middle][first:], picture[top + middle][: right + 1][::-1],
             picture[bottom - middle][first:])  # fmt: skip
    return all(_finder(line, module) for line in lines)


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    offset, chunks = len(SIGNATURE), []
    while offset + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, offset)
        kind, data = content[offset + 4 : offset + 8], content[offset + 8 : offset + 8 + length]
        checksum = content[offset + 8 + length : offset + 12 + length]
        if checksum != struct.pack(">I", zlib.crc32(kind + data)):
            raise NoPicture("a checksum is wrong")
        chunks.append((kind, data))
        offset += 12 + length
    if not chunks or chunks[-1][0] != b"IEND":
        raise NoPicture("cut off before its end")
    return chunks


def _unpack(packed_rows: bytes, size: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed_rows, size + 1)
    except zlib.error:
        raise NoPicture("its dots cannot be unpacked") from None
    if len(plain) != size:
        raise NoPicture("it has not the dots its header promises")
    return plain


def _undo_filters(plain: bytes, line: int, step: int) -> list[bytes]:
    before, lines = bytes(line), []
    for start in range(0, len(plain), line + 1):
        kind, part = plain[start], bytearray(plain[start + 1 : start + 1 + line])
        for index in range(line) if kind else ():
            byte_before = part[index - step] if index >= step else 0
            corner = before[index - step] if index >= step else 0
            part[index] = (part[index] + _predict(kind, byte_before, before[index], corner)) & 255
        before = bytes(part)
        lines.append(before)
    return lines


def _predict(kind: int, before: int, above: int, corner: int) -> int:
    if kind == 4:
        guess = before + above - corner
        return min((before, above, corner), key=lambda value: abs(guess - value))
    if kind > 4:
        raise NoPicture("a filter that PNG does not have")
    return (0, before, above, (before + above) // 2)[kind]


def _dark(line: bytes, width: int, depth: int, colours: int, palette: bytes) -> list[bool]:
    if depth == 8:
        step = _CHANNELS[colours]
        values = [line[index * step] for index in range(width)]
    else:
        per, most = 8 // depth, (1 << depth) - 1
        values = [
            (line[index // per] >> (8 - depth * (index % per + 1))) & most for index in range(width)
        ]
        if colours == 0:
            values = [value * 255 // most for value in values]
    if colours == 3:
        values = [palette[3 * value] if 3 * value < len(palette) else 255 for value in values]
    return [value < 128 for value in values]


def _run(line: list[bool]) -> int:
    return next((index for index, dot in enumerate(line) if not dot), len(line))


def _finder(line: list[bool], module: float) -> bool:
    runs = [(dot, len(list(group))) for dot, group in groupby(line)][:5]
    if not runs or not runs[0][0]:
        return False
    return tuple(round(length / module) for _, length in runs) == _FINDER
