"""Reads the body of a request from a connection: whole or chunked, plain or compressed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

# The gateway's own limit of a body, which a webhook's media thumbnails stay far below.
BODY_MOST = 32 * 2**20
_PIECE = 2**16


class IncompleteBody(Exception):
    """There is no whole body: the text says why, `status` answers it."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def body_pieces(stream: BufferedIOBase, headers: Message) -> Iterator[bytes]:
    """The body's bytes as they come, BODY_MOST at most; IncompleteBody where they do not."""
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        yield from _chunks(stream)
        return
    length = headers.get("Content-Length", "0").strip()
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise IncompleteBody(f"its Content-Length is not a number: {length[:40]!r}")
    yield from _exactly(stream, int(length), 0)


def decompress(body: bytes, headers: Message) -> bytes:
    """The body without its Content-Encoding; IncompleteBody where that is not known here."""
    coding = headers.get("Content-Encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        return body
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise IncompleteBody(f"its Content-Encoding {coding[:40]!r} is not known here")
    return _inflate(body)


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    total = 0
    while size := _chunk_size(stream):
        yield from _exactly(stream, size, total)
        total += size
        stream.readline(3)
    while stream.readline(_PIECE) not in (b"\r\n", b"\n", b""):
        pass  # trailers


def _chunk_size(stream: BufferedIOBase) -> int:
    line = stream.readline(_PIECE).partition(b";")[0].strip()
    if not line:
        raise IncompleteBody("it ended before its last chunk")
    try:
        return int(line[:20], 16)
    except ValueError:
        raise IncompleteBody(f"its chunk size is not a number: {line[:20]!r}") from None


def _exactly(stream: BufferedIOBase, size: int, before: int) -> Iterator[bytes]:
    if size < 0 or before + size > BODY_MOST:
        raise IncompleteBody(f"it is larger than {BODY_MOST} bytes", 413)
    missing = size
    while missing:
        try:
            piece = stream.read1(min(missing, _PIECE))
        except TimeoutError:
            piece = b""
        if not piece:
            raise IncompleteBody(
                f"it ended after {before + size - missing} of {before + size} bytes"
            )
        missing -= len(piece)
        yield piece


def _inflate(body: bytes) -> bytes:
    """Decompress gzip, or deflate in either of its two forms."""
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        decompressor = zlib.decompressobj(window)
        try:
            plain = decompressor.decompress(body, BODY_MOST + 1)
        except zlib.error:
            continue
        if len(plain) > BODY_MOST:
            raise IncompleteBody(f"it decompresses to more than {BODY_MOST} bytes", 413)
        if not decompressor.eof:
            raise IncompleteBody("its compressed data ends too early")
        return plain
    raise IncompleteBody("it cannot be decompressed")
