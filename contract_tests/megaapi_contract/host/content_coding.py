"""Decompresses answers (gzip, deflate) before they are judged."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace

from ..errors import Unusable
from .http import Answer

# What the suite asks for, and can undo.
ACCEPTED = "gzip, deflate"
MAX_DECODED = 64 * 2**20
_GZIP, _ZLIB, _RAW = 31, 15, -15


def decode_content(answer: Answer) -> Answer:
    """The answer with its body decompressed; Unusable when it cannot be decompressed."""
    codings = [
        coding.strip().lower()
        for name, value in answer.headers
        if name.lower() == "content-encoding"
        for coding in value.split(",")
    ]
    if not answer.body or not set(codings) - {"", "identity"}:
        return answer
    body = answer.body
    for coding in reversed(codings):
        body = _decode(coding, body)
    headers = tuple(header for header in answer.headers if header[0].lower() != "content-encoding")
    return replace(answer, headers=headers, body=body, coding=", ".join(codings))


def _decode(coding: str, body: bytes) -> bytes:
    decode = _CODINGS.get(coding)
    if decode is None:
        raise Unusable(
            f"the host compresses answers as {coding[:20]!r}, which the suite did not ask for"
        )
    try:
        return decode(body)
    except zlib.error:
        raise Unusable(
            f"the host declares {coding} for an answer that is not compressed like this"
        ) from None


def _gzip(body: bytes) -> bytes:
    """The content of every gzip member; bytes after the last one are ignored."""
    pieces: list[bytes] = []
    size = 0
    while body.startswith(b"\x1f\x8b") or not pieces:
        piece, body = _inflate(body, _GZIP, MAX_DECODED - size)
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _deflate(body: bytes) -> bytes:
    """Content with the zlib header of the standard, or without it, as some servers send it."""
    try:
        return _inflate(body, _ZLIB, MAX_DECODED)[0]
    except zlib.error:
        return _inflate(body, _RAW, MAX_DECODED)[0]


def _inflate(body: bytes, form: int, limit: int) -> tuple[bytes, bytes]:
    """The content of one compressed block, and the bytes after it."""
    inflater = zlib.decompressobj(form)
    content = inflater.decompress(body, limit + 1)
    if len(content) > limit:
        raise Unusable(f"the host answers with more than {MAX_DECODED // 2**20} MiB")
    if not inflater.eof:
        raise Unusable("the host cut a compressed answer before its end")
    return content, inflater.unused_data


_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "identity": lambda body: body,
    "": lambda body: body,
}
