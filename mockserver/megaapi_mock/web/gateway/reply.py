"""What goes back, with our help beside it in headers."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha1
from http import HTTPStatus
from typing import Any, Literal

from ...codec import dumps
from ...records.bugs import Bugs
from ...records.outcome import Outcome
from ..wsgi import StartResponse

Headers = list[tuple[str, str]]

JSON = "application/json; charset=utf-8"
NOT_MODIFIED = 304
# How often a call that is held up looks whether it still is, in seconds.
LOOK = 0.05
_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

# The ancestor opens CORS to every origin; its answer to OPTIONS names these methods.
CORS = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*")]
VARY_BY_METHOD = ("Vary", "X-HTTP-Method-Override")
PREFLIGHT = [
    ("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
    ("Access-Control-Allow-Headers", "Authorization,Content-Type,Accept"),
    ("Access-Control-Max-Age", "600"),
    ("Vary", "Access-Control-Request-Headers"),
]


@dataclass(frozen=True, slots=True)
class BrokenEnding:
    """What a fault does to an answer on the wire.

    cut: `bytes_sent` bytes of the body are sent; reset: none of it; hang: none, and for `seconds`
    nothing says so, unless `is_lifted` becomes true.
    """

    ending: Literal["cut", "reset", "hang"]
    bytes_sent: int = 0
    seconds: float = 0.0
    is_lifted: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class Reply:
    """Status, body and headers; `document` is the body before it became bytes (None: empty)."""

    status: int
    body: bytes
    content_type: str = JSON
    document: Any = None
    reason: str | None = None
    extra: Headers = field(default_factory=list)
    violations: tuple[str, ...] = ()
    pause: float = 0.0
    # Id and name of the fault that made it what it is, and how it fails to be a whole answer.
    fault: tuple[str | None, str] | None = None
    broken: BrokenEnding | None = None

    @classmethod
    def json(cls, status: int, document: Any, reason: str | None = None) -> Reply:
        """A JSON body, keys in the order given."""
        return cls(status, dumps(document), document=document, reason=reason)

    def headers(self) -> Headers:
        """Everything the client gets, if it gets anything."""
        first = [("Content-Type", self.content_type)] if self.content_type else []
        # Of an answer that the client has already, nobody says how long it is.
        length = [("Content-Length", str(len(self.body)))] if self.status != NOT_MODIFIED else []
        headers = [*first, *length, *CORS, *self.extra]
        if self.body and self.fault is None:
            headers += (("ETag", etag(self.body)), VARY_BY_METHOD)
        if self.reason is not None:
            headers.append(("X-Mock-Reason", one_line(self.reason)))
        return headers


@dataclass(slots=True)
class ReadyReply:
    """A reply with its headers and what it releases once it is handed over."""

    reply: Reply
    headers: Headers
    outcome: Outcome | None = None


def headers_of(reply: Reply, bugs: Bugs) -> Headers:
    """What is sent above the body; the least that can be where a header fails."""
    try:
        # A reply without a status is not sent at all.
        return reply.headers() if reply.status else []
    except Exception:
        bugs.note(f"the headers of a reply with status {reply.status}")
        return [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body)))]


def etag(body: bytes) -> str:
    """The weak tag that Express gives an answer: its length and the start of a SHA-1."""
    digest = b2a_base64(sha1(body, usedforsecurity=False).digest(), newline=False)
    return f'W/"{len(body):x}-{digest[:27].decode("ascii")}"'


def status_line(status: int) -> str:
    """`200 OK`."""
    return _STATUS_LINES.get(status) or f"{status} Unknown"


def one_line(text: str, limit: int = 400) -> str:
    """Text that fits a header: printable ASCII on one line."""
    # Looked at mark by mark: a reason that repeats a whole body holds everybody up.
    flat = " ".join(text[: 20 * limit].split()).encode("ascii", "backslashreplace").decode("ascii")
    return "".join(mark if " " <= mark <= "~" else "?" for mark in flat)[:limit]


class Handover:
    """A WSGI body that says when it has been handed over, once, whatever the server does."""

    def __init__(self, body: bytes, handed_over: Callable[[], None]) -> None:
        self._body = body
        self._handed_over: Callable[[], None] | None = handed_over

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        self.close()

    def close(self) -> None:
        """The server is done with the answer, read or not."""
        on_close, self._handed_over = self._handed_over, None
        if on_close is not None:
            on_close()


def send(
    start_response: StartResponse,
    reply: Reply,
    headers: Headers,
    *,
    method: str,
    after: Callable[[], None] | None,
) -> Iterable[bytes]:
    """Start the response; its body releases what the call caused, if anything, when it has gone."""
    start_response(_STATUS_LINES.get(reply.status) or status_line(reply.status), headers)
    body = b"" if method == "HEAD" else reply.body
    # Servers send a list as it is, and ask whatever else for its parts one by one.
    return [body] if after is None else Handover(body, after)
