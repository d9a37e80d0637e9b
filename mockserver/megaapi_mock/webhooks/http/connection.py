"""The bytes between us and one receiver: a URL taken apart, a request out, an answer in."""

from __future__ import annotations

import base64
import io
import re
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Headers = Sequence[tuple[str, str]]

ANSWER_LIMIT = 64 * 1024
# Headers, chunk sizes and provisional answers count too: nothing a receiver sends is endless.
WIRE_LIMIT = 1024 * 1024
# What may come before the body: http.client needs 0.1 ms and more for each provisional answer.
HEAD_LIMIT = 128 * 1024
PROVISIONAL_MOST = 100

_URL = re.compile(r"(https?)://(?:([^/?#]*)@)?([^/?#]*)([^#]*)", re.IGNORECASE)
_PLACE = re.compile(
    r"(\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[^\x00-\x20\x7f:@\[\]]+)(?::([0-9]{0,5}))?", re.I
)
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
    def parse(cls, url: str) -> Target:
        """Take a URL apart; only bytes that cannot stand in a request line are percent-encoded."""
        parts = _URL.match(url.strip())
        if parts is None:
            raise DeliveryFailed(f"not a URL with http:// or https://: {url[:200]!r}")
        scheme, login, authority, path = parts.groups(default="")
        place = _PLACE.fullmatch(authority)
        if place is None:
            raise DeliveryFailed(f"not a host, or host and port: {authority[:200]!r}")
        tls = scheme.lower() == "https"
        port = int(place[2] or (443 if tls else 80))
        if not 0 < port < 65536:
            raise DeliveryFailed(f"not a port number: {port}")
        path = path if path.startswith("/") else "/" + path
        return cls(tls, _ascii_host(place[1]), port, _sendable(path), _sendable(login))

    @property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port: as the Host header has them."""
        host = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    @property
    def place(self) -> tuple[bool, str, int]:
        """What two targets share when one connection can serve both."""
        return (self.tls, self.host, self.port)


def _ascii_host(host: str) -> str:
    try:
        return host.strip("[]").lower().encode("ascii" if host.isascii() else "idna").decode()
    except UnicodeError as error:
        raise DeliveryFailed(f"not a host name: {host[:200]!r}") from error


def _sendable(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    return _UNSENDABLE.sub(lambda match: b"%%%02X" % match[0][0], raw)


def request_bytes(
    target: Target, body: bytes, headers: Headers, *, keep_alive: bool, method: str = "POST"
) -> bytes:
    """Return the whole request, its header lines in the order axios on Node has them."""
    fields = list(headers)
    names = [name.lower() for name, _ in fields]
    position = names.index("accept-encoding") if "accept-encoding" in names else len(names)
    if method != "GET":
        fields.insert(position, ("Content-Length", str(len(body))))
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
    lines = "".join([f"{name}: {value}\r\n" for name, value in fields]).encode("latin-1")
    return b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method.encode(), target.path, lines, body)


def time_left(deadline: float) -> float:
    """Return the seconds until `deadline`, or raise TimeoutError when there are none."""
    seconds_left = deadline - time.monotonic()
    if seconds_left <= 0:
        raise TimeoutError
    return seconds_left


class ReceiverConnection:
    """One open socket that carries one exchange at a time; of an answer's body it keeps `most`."""

    def __init__(self, target: Target, sock: socket.socket, most: int = ANSWER_LIMIT) -> None:
        self._most = most
        self.target = target
        self.sock = sock
        self.partial: ReceiverAnswer | None = None
        self.had_hung_up = False
        self._incoming = _SocketReader(sock)
        self._reader = _KeptReader(self._incoming)
        self._bytes_sent = 0

    def is_clean(self) -> bool:
        """Whether the receiver has neither closed this connection nor said anything unasked."""
        self._incoming.deadline = None
        try:
            return not self._reader.peek(1) and not self._incoming.is_at_end
        except (OSError, HTTPException):
            return False

    def exchange(self, request: bytes, deadline: float) -> tuple[ReceiverAnswer, bool]:
        """Send the request and return its answer, and whether the connection can serve another.

        Raises OSError or HTTPException; `partial` then holds what had arrived of the answer, and
        `missed` says that the receiver had hung up before the first byte of the request left.
        """
        self.partial, self.had_hung_up = None, False
        self._bytes_sent = 0
        self._incoming.count = 0
        self._incoming.deadline = deadline
        try:
            return self._sent_and_answered(request, deadline)
        except ConnectionError:
            self.had_hung_up = not self._bytes_sent and not self._incoming.count
            raise

    def makefile(self, mode: str) -> io.BufferedReader:
        """Give http.client this connection's one reader where it asks a socket for a file."""
        return self._reader

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
            self.sock.settimeout(time_left(deadline))
            count = self.sock.send(rest)
            self._bytes_sent += count
            rest = rest[count:]

    def _receive(self) -> tuple[ReceiverAnswer, bool]:
        self._incoming.limit = HEAD_LIMIT
        # 102 and 103 announce the answer; http.client takes them for it.
        for _ in range(PROVISIONAL_MOST):
            response = HTTPResponse(cast(socket.socket, self), method="POST")
            # Closed at once, for a response left to the garbage collector may find its file gone.
            with response:
                response.begin()
                if response.status >= 200 or response.status == 101:
                    # Chunks of one byte are six on the wire.
                    self._incoming.limit = max(WIRE_LIMIT, 8 * self._most)
                    return self._read(response)
        raise HTTPException(f"{PROVISIONAL_MOST} provisional answers and no other")

    def _read(self, response: HTTPResponse) -> tuple[ReceiverAnswer, bool]:
        headers = tuple((name, str(value)) for name, value in response.headers.items())
        body = bytearray()
        try:
            while len(body) <= self._most and (piece := response.read1(ANSWER_LIMIT)):
                body += piece
            if response.length and len(body) <= self._most:
                raise IncompleteRead(bytes(body), response.length)
        except (OSError, HTTPException):
            self.partial = ReceiverAnswer(response.status, headers, bytes(body[: self._most]))
            raise
        is_cut = len(body) > self._most
        answer = ReceiverAnswer(response.status, headers, bytes(body[: self._most]), is_cut)
        return answer, not (is_cut or response.will_close or response.status < 200)


class _KeptReader(io.BufferedReader):
    """Outlives the responses read from it, each of which closes its file at its end."""

    def close(self) -> None:
        """Leave the connection open: its owner closes the socket."""


class _SocketReader(io.RawIOBase):
    """The receiver's bytes: each read bounded by the deadline, all of them by `limit`.

    Without a deadline a read does not wait at all.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.deadline: float | None = None
        self.limit = HEAD_LIMIT
        self.count = 0
        self.is_at_end = False
        self._sock = sock

    def readable(self) -> bool:
        """Say yes, for BufferedReader."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Read what is there; None when nothing is and there is no deadline to wait for."""
        self._sock.settimeout(0 if self.deadline is None else time_left(self.deadline))
        try:
            count = self._sock.recv_into(buffer)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        self.count += count
        self.is_at_end = count == 0
        if self.count > self.limit:
            raise HTTPException(f"more than {self.limit} bytes of headers and framing")
        return count
