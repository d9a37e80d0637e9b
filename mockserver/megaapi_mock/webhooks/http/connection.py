"""The bytes between us and one receiver: a URL taken apart, a request out, an answer in."""

from __future__ import annotations

import base64
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException

from ...domain.web_address import UnusableAddress, WebAddress
from .answer import AnswerHead, body_pieces, read_head
from .incoming import Incoming, time_left, wait_for

Headers = Sequence[tuple[str, str]]

ANSWER_LIMIT = 64 * 1024
# Headers, chunk sizes and provisional answers count too: nothing a receiver sends is endless.
WIRE_LIMIT = 1024 * 1024
# What may come before the body.
HEAD_LIMIT = 128 * 1024
PROVISIONAL_MOST = 100
# So many different URLs and heads of requests are kept; beyond, the oldest are made again.
HEADS_MOST = 256

_UNSENDABLE = re.compile(rb"[^\x21-\x7e]")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """What the receiver answered; `body` is its first 64 KiB, still encoded as it came.

    `redirects` are the requests that led to it, each as `GET http://...`, without the first.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    truncated: bool = False
    redirects: tuple[str, ...] = ()


class DeliveryFailed(Exception):
    """There is no whole answer; the text is one sentence, `answer` the part that did come."""

    def __init__(self, sentence: str, answer: ReceiverAnswer | None = None) -> None:
        super().__init__(sentence)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL points; `path` is its path and query, byte for byte."""

    tls: bool
    host: str
    port: int
    path: bytes
    login: bytes

    @classmethod
    @lru_cache(maxsize=HEADS_MOST)
    def parse(cls, url: str) -> Target:
        """Take a URL apart; only bytes that cannot stand in a request line are percent-encoded."""
        try:
            parts = WebAddress.parse(url)
        except UnusableAddress as error:
            raise DeliveryFailed(str(error)) from error
        path, login = _sendable(parts.path), _sendable(parts.login)
        return cls(parts.tls, parts.host, parts.port, path, login)

    @property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port: as the Host header has them."""
        host = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    @property
    def place(self) -> tuple[bool, str, int]:
        """What two targets share when one connection can serve both."""
        return (self.tls, self.host, self.port)


def _sendable(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    return _UNSENDABLE.sub(lambda match: b"%%%02X" % match[0][0], raw)


def request_bytes(
    target: Target, body: bytes, headers: Headers, *, keep_alive: bool, method: str = "POST"
) -> bytes:
    """Return the whole request, its header lines in the order axios on Node has them."""
    before, after = _head_around_length(target, tuple(headers), keep_alive, method)
    if method == "GET":
        return before + after + body
    return b"%bContent-Length: %d\r\n%b%b" % (before, len(body), after, body)


@lru_cache(maxsize=HEADS_MOST)
def _head_around_length(
    target: Target, headers: tuple[tuple[str, str], ...], keep_alive: bool, method: str
) -> tuple[bytes, bytes]:
    """What all requests to a target have in common: before the length of the body, and behind."""
    fields = list(headers)
    names = [name.lower() for name, _ in fields]
    position = names.index("accept-encoding") if "accept-encoding" in names else len(names)
    fields.append(("Host", target.authority))
    # axios 1.7 takes user and password as they stand in the URL, still percent-encoded, and no
    # password without a user.
    user, _, password = target.login.partition(b":")
    if user:
        secret = base64.b64encode(user + b":" + password).decode()
        fields.append(("Authorization", f"Basic {secret}"))
    fields.append(("Connection", "keep-alive" if keep_alive else "close"))
    for name, value in fields:
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise DeliveryFailed(f"a header that cannot be sent: {name!r}: {value[:200]!r}")
    lines = [f"{name}: {value}\r\n".encode("latin-1") for name, value in fields]
    request_line = b"%b %b HTTP/1.1\r\n" % (method.encode(), target.path)
    return request_line + b"".join(lines[:position]), b"".join([*lines[position:], b"\r\n"])


class ReceiverConnection:
    """One open socket that carries one exchange at a time; of an answer's body it keeps `most`."""

    def __init__(self, target: Target, sock: socket.socket, most: int = ANSWER_LIMIT) -> None:
        self._most = most
        self.target = target
        self.place = target.place
        self.sock = sock
        self.partial: ReceiverAnswer | None = None
        self.had_hung_up = False
        self._incoming = Incoming(sock, HEAD_LIMIT)
        self._bytes_sent = 0

    def is_clean(self) -> bool:
        """Whether the receiver has neither closed this connection nor said anything unasked."""
        return self._incoming.is_silent

    def exchange(self, request: bytes, deadline: float) -> tuple[ReceiverAnswer, bool]:
        """Send the request and return its answer, and whether the connection can serve another.

        Raises OSError or HTTPException; `partial` then holds what had arrived of the answer, and
        `had_hung_up` says that the receiver was gone before the first byte of the request left.
        """
        self.partial, self.had_hung_up = None, False
        self._bytes_sent = 0
        self._incoming.begin(deadline, HEAD_LIMIT)
        try:
            return self._sent_and_answered(request, deadline)
        except ConnectionError:
            self.had_hung_up = not self._bytes_sent and not self._incoming.count
            raise

    def _sent_and_answered(self, request: bytes, deadline: float) -> tuple[ReceiverAnswer, bool]:
        try:
            self._send(request, deadline)
        except ConnectionError as error:
            # A receiver that finds the body too large may answer first and close without reading.
            try:
                return self._receive()[0], False
            except (OSError, HTTPException):
                raise error from None
        return self._receive()

    def _send(self, request: bytes, deadline: float) -> None:
        rest = memoryview(request)
        while rest:
            seconds_left = time_left(deadline)
            try:
                count = self.sock.send(rest)
            except (BlockingIOError, ssl.SSLWantWriteError):
                wait_for(self.sock, seconds_left, to_write=True)
            except ssl.SSLWantReadError:
                wait_for(self.sock, seconds_left)
            else:
                self._bytes_sent += count
                rest = rest[count:]

    def _receive(self) -> tuple[ReceiverAnswer, bool]:
        # 102 and 103 announce the answer, 100 asks for the body, which has left already.
        provisional_count = 0
        while provisional_count < PROVISIONAL_MOST:
            head = read_head(self._incoming)
            if head.status >= 200 or head.status == 101:
                # Chunks of one byte are six on the wire.
                self._incoming.limit = max(WIRE_LIMIT, 8 * self._most)
                return self._read(head)
            provisional_count += head.status != 100
        raise HTTPException(f"{PROVISIONAL_MOST} provisional answers and no other")

    def _read(self, head: AnswerHead) -> tuple[ReceiverAnswer, bool]:
        body = bytearray()
        try:
            for piece in body_pieces(head, self._incoming):
                body += piece
                if len(body) > self._most:
                    break
        except (OSError, HTTPException):
            self.partial = ReceiverAnswer(head.status, head.headers, bytes(body[: self._most]))
            raise
        is_cut = len(body) > self._most
        answer = ReceiverAnswer(head.status, head.headers, bytes(body[: self._most]), is_cut)
        return answer, not (is_cut or head.is_last or head.status < 200)
