"""One HTTP request as the pipeline sees it, read from a WSGI environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from functools import cached_property, lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import orjson

from ...codec import JSON_DEPTH
from ...errors import CUT, LATE, BadRequest, RequestRejected, RequestTimeout
from ...handlers.files import Files, UploadedFile
from ...records.exchange import Exchange
from ..wsgi import BODY_LIMIT, Environ

if TYPE_CHECKING:
    from .call_faults import CallFaults
    from .reply import Reply

# Beyond this the connection is cut instead.
DISCARDED_MOST = 256 * 2**20
# Characters of a reason that are kept.
REASON_MOST = 4_000

# The first byte of a JSON object, and the longest body that takes the short way.
_OBJECT, _SHORT = ord("{"), 8_192
# A path that needs no URL-quoting.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*")
# Names and types of headers are looked at once each, so many of them and none that is longer.
_CACHED_MOST, _LONGEST_CACHED = 1_000, 200
# The same of the names that one environ has together.
_NAMES_CACHED_MOST, _LONGEST_NAMES_CACHED = 100, 2_000


class _HeaderNames(dict[tuple[str, ...], list[tuple[str, str]]]):
    """The headers of an environ with just these names: each with its name as HTTP writes it.

    Clients send the same headers again and again. Once it is full it starts over.
    """

    def __missing__(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        headers = [
            (name, name[5:].replace("_", "-").title()) for name in names if name.startswith("HTTP_")
        ]
        if sum(map(len, names)) <= _LONGEST_NAMES_CACHED:
            if len(self) >= _NAMES_CACHED_MOST:
                self.clear()
            self[names] = headers
        return headers


_HEADER_NAMES = _HeaderNames()


class _HeaderPairs(dict[tuple[str, str], tuple[str, str]]):
    """Names with their values: one of each in memory, however many records have it.

    Clients send the same again and again; a full journal holds 2 MB less by this. Once it is full
    it starts over: a client that sends another id each time must not keep the others out.
    """

    def __missing__(self, pair: tuple[str, str]) -> tuple[str, str]:
        if len(self) >= _CACHED_MOST:
            self.clear()
        if sum(map(len, pair)) <= _LONGEST_CACHED:
            self[pair] = pair
        return pair


_HEADER_PAIRS = _HeaderPairs()


class Request:
    """`body` is None when it is above the limit: it was not kept then.

    `url` is path and query as the client wrote them, as far as the server kept that. `missing` is
    how many bytes of its Content-Length never came. `call_faults` is what faults do to it, once
    that is decided; `files` is what has been downloaded for it, `uploads` the files of its
    form by part.
    """

    def __init__(self, environ: Environ, limit: int = BODY_LIMIT) -> None:
        """Take the request in, at most `limit` bytes of body."""
        self.start_time = perf_counter()
        self.environ = environ
        self.method = str(environ["REQUEST_METHOD"])
        raw: str = environ.get("PATH_INFO") or "/"
        # Decoded; bytes that are not UTF-8 become replacement characters.
        self.path = raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")
        self.url: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or self._url()
        length = environ.get("CONTENT_LENGTH")
        self._refusal: RequestRejected | None = None
        try:
            self.body = _read_body(environ, length, limit)
        except RequestRejected as refusal:
            self.body, self._refusal = None, _bare(refusal)
            _discard(environ["wsgi.input"], DISCARDED_MOST)
        if LATE in environ:
            self._refusal = RequestTimeout(environ[LATE])
        elif CUT in environ:
            self._refusal = BadRequest(environ[CUT], message="request aborted")
        length_announced = int(length) if length and length.isdigit() else 0
        self.missing = 0 if self.body is None else max(length_announced - len(self.body), 0)
        self.call_faults: CallFaults | None = None
        self.uploads: Mapping[str, UploadedFile] = {}
        self._plain: bytes | None = None
        self._document: Any = None

    def _url(self) -> str:
        query = self.environ.get("QUERY_STRING")
        path = self.path if _PLAIN_PATH.fullmatch(self.path) else quote(self.path)
        return f"{path}?{query}" if query else path

    @cached_property
    def files(self) -> Files:
        """What its handler needs and has been downloaded."""
        return Files()

    @property
    def query(self) -> Mapping[str, str]:
        """Query parameters; of a repeated one the first."""
        text = self.environ.get("QUERY_STRING")
        if not text:
            return {}
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=None)
        return dict(reversed(pairs))

    def header(self, name: str) -> str:
        """One header's value, or an empty string."""
        return str(self.environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    @property
    def type_and_charset(self) -> tuple[str, str]:
        """What Content-Type names, lower case: the media type alone, and the charset if any."""
        full = str(self.environ.get("CONTENT_TYPE") or "")
        short = len(full) <= _LONGEST_CACHED
        return _content_type(full) if short else _content_type.__wrapped__(full)

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case."""
        return self.type_and_charset[0]

    def forget_faults(self) -> None:
        """Nothing of the call has happened, and no fault has hit it: it is answered without any."""
        call_faults, self.call_faults = self.call_faults, None
        if call_faults is not None:
            call_faults.give_back()

    def read_body(self, parse: Callable[[Request], Any]) -> None:
        """Read the body's document, or why it cannot be read, for whoever asks."""
        body = self.body
        if self._refusal is not None:
            return
        # What nearly everybody sends is read at once; all else, and what is wrong, takes the long
        # way. With so few brackets it cannot be too deep.
        if (
            body
            and body[0] == _OBJECT
            and self.environ.get("CONTENT_TYPE") == "application/json"
            and len(body) <= _SHORT
            and not self.missing
            and "HTTP_CONTENT_ENCODING" not in self.environ
            and body.count(b"{") + body.count(b"[") <= JSON_DEPTH
        ):
            try:
                self._document = orjson.loads(body)
            except orjson.JSONDecodeError:
                pass
            else:
                return
        try:
            self._document = parse(self)
        except RequestRejected as refusal:
            self._refusal = _bare(refusal)

    def document(self) -> Any:
        """The body's document; raises what reading it raised, every time."""
        if self._refusal is not None:
            # A copy: what is raised remembers where, and with it this request.
            raise copy(self._refusal)
        return self._document

    def inflate_body(self, inflate: Callable[[bytes, str, int], bytes], limit: int) -> bytes:
        """The body without its Content-Encoding; it is the `body_for_record` from then on."""
        encoding = self.environ.get("HTTP_CONTENT_ENCODING")
        if not encoding:
            return self.body or b""
        self._plain = inflate(self.body or b"", str(encoding).strip().lower(), limit)
        return self._plain

    @property
    def body_for_record(self) -> bytes:
        """The body for the record: inflated where it has been."""
        return (self.body or b"") if self._plain is None else self._plain

    def headers(self) -> list[tuple[str, str]]:
        """Every header, names as HTTP writes them."""
        environ = self.environ
        headers = [
            _HEADER_PAIRS[header_name, environ[name]]
            for name, header_name in _HEADER_NAMES[tuple(environ)]
        ]
        if environ.get("CONTENT_TYPE"):
            headers.append(_HEADER_PAIRS["Content-Type", environ["CONTENT_TYPE"]])
        return headers


def _bare(refusal: RequestRejected) -> RequestRejected:
    """The refusal without where it came from: it would keep the body until garbage is collected."""
    refusal.__context__ = None
    return refusal.with_traceback(None)


@lru_cache(maxsize=256)
def _content_type(full: str) -> tuple[str, str]:
    """Media type and charset, lower case."""
    media_type, *parameters = full.split(";")
    pairs = (text.partition("=") for text in parameters)
    charsets = (value for name, _, value in pairs if name.strip().lower() == "charset")
    return media_type.strip().lower(), next(charsets, "").strip().strip('"').lower()


def _read_body(environ: Environ, length: str | None, limit: int) -> bytes | None:
    stream = environ.get("wsgi.input")
    if stream is None:
        return b""
    if length:
        size = int(length) if length.isdigit() else 0
        if size > limit:
            _discard(stream, size)
            return None
        return _read_whole(stream, size)
    if "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    body: bytes = stream.read(limit + 1)
    if len(body) <= limit:
        return body
    _discard(stream, DISCARDED_MOST)
    return None


def _read_whole(stream: Any, size: int) -> bytes:
    """At most `size` bytes; fewer when the client has gone."""
    try:
        content: bytes = stream.read(size) if size else b""
    except OSError:
        return b""
    return content


def _discard(stream: Any, size: int) -> None:
    """Read what is too large and forget it: a client that still sends would miss the answer."""
    bytes_left = min(size, DISCARDED_MOST)
    skip = getattr(stream, "skip", None)
    if skip is not None:
        skip(bytes_left)
        return
    while bytes_left > 0 and (part := stream.read(min(bytes_left, 2**16))):
        bytes_left -= len(part)


def exchange_of(
    moment: float, request: Request, reply: Reply, operation: str | None, owner: str | None
) -> Exchange:
    """A call as the journal keeps it, bodies without any encoding.

    It has no id, no response headers and no events yet.
    """
    return Exchange(
        "",
        moment,
        owner,
        operation,
        request.method,
        request.url,
        tuple(request.headers()),
        request.body_for_record,
        reply.status,
        (),
        reply.body if reply.broken is None else reply.body[: reply.broken.bytes_sent],
        # What quotes a value of the call at length is of no use to anybody, and costs every reader.
        reply.reason and reply.reason[:REASON_MOST],
        reply.violations,
        (),
        reply.fault,
        (perf_counter() - request.start_time) * 1000,
        request.start_time,
    )
