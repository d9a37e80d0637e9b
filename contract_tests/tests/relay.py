"""A proxy that writes each answer in a form of its own, byte by byte, as old or odd servers do."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget

from .support import answering, read_request

Write = Callable[[Answer], bytes]

# Whoever passes an answer on frames it itself.
_FRAMES = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})


def _head(first: str, answer: Answer, *more: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in answer.headers if name.lower() not in _FRAMES]
    return "\r\n".join([first, *lines, *more, "", ""]).encode("latin-1")


def http_1_0(answer: Answer) -> bytes:
    """HTTP/1.0 without a length or a reason: the answer ends with its connection."""
    return _head(f"HTTP/1.0 {answer.status}", answer) + answer.body


def chunked(answer: Answer) -> bytes:
    """In pieces of seven bytes with an extension each, and a trailer after the last."""
    head = _head(f"HTTP/1.1 {answer.status} Fine", answer, "Transfer-Encoding: chunked")
    if answer.status in (204, 304):
        return _head(f"HTTP/1.1 {answer.status} Fine", answer)
    # Of a long one only the beginning comes in small pieces.
    cuts = [*range(0, min(len(answer.body), 700), 7), len(answer.body)]
    pieces = [answer.body[one:other] for one, other in pairwise(cuts)]
    frames = b"".join(b"%x;a=b\r\n%s\r\n" % (len(one), one) for one in pieces if one)
    return head + frames + b"0\r\nX-Checksum: 9f2c\r\n\r\n"


def continued(answer: Answer) -> bytes:
    """A word of going on comes before the answer."""
    length = f"Content-Length: {len(answer.body)}"
    going_on = b"HTTP/1.1 100 Continue\r\n\r\n"
    return going_on + _head(f"HTTP/1.1 {answer.status} OK", answer, length) + answer.body


@contextmanager
def relayed(url: str, write: Write) -> Iterator[str]:
    """The address of a proxy to `url`."""
    behind = HttpTarget(url)

    def pass_on(connection: socket.socket) -> None:
        connection.sendall(write(behind.send(_read(connection))))

    with answering(pass_on, reads=False) as address:
        yield address


def _read(connection: socket.socket) -> Request:
    head, _, body = read_request(connection).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = tuple(
        (name, value.strip()) for name, _, value in (line.partition(":") for line in lines)
    )
    own_headers = tuple(one for one in headers if one[0].lower() not in _FRAMES)
    return Request(method, target, own_headers, body)


__all__ = ["chunked", "continued", "http_1_0", "relayed"]
