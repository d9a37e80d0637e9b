"""An HTTP/1 answer out of the bytes that come, read as leniently as by http.client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import (
    BadStatusLine,
    HTTPException,
    IncompleteRead,
    RemoteDisconnected,
    UnknownProtocol,
)

from .incoming import BODY_PIECE, Incoming

HEADERS_MOST = 100
_BLANK = (b"\r\n", b"\n", b"")
_NAME = re.compile(r"[!-9;-~]+")
# The headers that say where the answer ends, and its connection.
_FRAMING = frozenset(
    ("connection", "content-length", "keep-alive", "proxy-connection", "transfer-encoding")
)


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """Status and headers; the body is chunked, has a length, or ends with its connection."""

    status: int
    headers: tuple[tuple[str, str], ...]
    is_chunked: bool
    length: int | None
    is_last: bool  # its connection carries no other one


def read_head(incoming: Incoming) -> AnswerHead:
    """The next head, provisional or not. HTTPException or OSError where none comes."""
    line = incoming.read_line("status line")
    if not line:
        raise RemoteDisconnected("the receiver closed the connection without an answer")
    version, status = _version_and_status(line.decode("latin-1"))
    lines: list[bytes] = []
    while (line := incoming.read_line("header line")) not in _BLANK:
        if len(lines) == HEADERS_MOST:
            raise HTTPException(f"got more than {HEADERS_MOST} headers")
        lines.append(line)
    headers = _headers(lines)
    framing: dict[str, str] = {}
    for name, value in headers:
        if (field := name.lower()) in _FRAMING:
            framing.setdefault(field, value)
    is_chunked = framing.get("transfer-encoding", "").lower() == "chunked"
    has_body = status >= 200 and status not in (204, 304)
    length = _length(framing.get("content-length", "")) if has_body else 0
    if is_chunked and has_body:
        length = None
    ends_with_connection = length is None and not is_chunked
    is_last = ends_with_connection or _says_last(version, framing)
    return AnswerHead(status, headers, is_chunked and has_body, length, is_last)


def body_pieces(head: AnswerHead, incoming: Incoming) -> Iterator[bytes]:
    """The body as it comes; IncompleteRead where it breaks off."""
    if head.is_chunked:
        return _chunks(incoming)
    if head.length is not None:
        return _counted_pieces(incoming, head.length)
    return iter(lambda: incoming.read_some(BODY_PIECE), b"")


def _version_and_status(line: str) -> tuple[str, int]:
    version, *words = line.split(None, 2) or [""]
    if not version.startswith("HTTP/") or not words:
        raise BadStatusLine(line)
    try:
        status = int(words[0])
    except ValueError:
        raise BadStatusLine(line) from None
    if not 100 <= status <= 999:
        raise BadStatusLine(line)
    if version not in ("HTTP/1.0", "HTTP/0.9") and not version.startswith("HTTP/1."):
        raise UnknownProtocol(version)
    return version, status


def _headers(lines: Iterable[bytes]) -> tuple[tuple[str, str], ...]:
    """As http.client takes them: what is not a header ends them, a folded line goes on."""
    headers: list[tuple[str, str]] = []
    for line in lines:
        text = line.decode("latin-1")
        if text[:1] in (" ", "\t"):
            if headers:
                headers[-1] = (headers[-1][0], headers[-1][1] + text)
            continue
        name, colon, value = text.partition(":")
        if not colon or not _NAME.fullmatch(name):
            break
        headers.append((name, value.lstrip(" \t")))
    # The line end before a folded line is part of the value, as it was sent.
    return tuple((name, value.rstrip("\r\n")) for name, value in headers)


def _length(text: str) -> int | None:
    try:
        length = int(text)
    except ValueError:
        return None
    return length if length >= 0 else None


def _says_last(version: str, framing: dict[str, str]) -> bool:
    connection = framing.get("connection", "").lower()
    if version not in ("HTTP/1.0", "HTTP/0.9"):
        return "close" in connection
    connection_headers = (connection, framing.get("proxy-connection", "").lower())
    return not framing.get("keep-alive") and not any(
        "keep-alive" in text for text in connection_headers
    )


def _counted_pieces(incoming: Incoming, length: int) -> Iterator[bytes]:
    while length:
        piece = incoming.read_some(length)
        if not piece:
            raise IncompleteRead(b"", length)
        length -= len(piece)
        yield piece


def _chunks(incoming: Incoming) -> Iterator[bytes]:
    while size := _chunk_size(incoming.read_line("chunk size")):
        yield from _counted_pieces(incoming, size)
        for _ in _counted_pieces(incoming, len(b"\r\n")):
            pass
    while incoming.read_line("trailer line") not in _BLANK:
        pass


def _chunk_size(line: bytes) -> int:
    try:
        size = int(line.partition(b";")[0], 16)
    except ValueError:
        size = -1
    if size < 0:
        raise IncompleteRead(b"")
    return size
