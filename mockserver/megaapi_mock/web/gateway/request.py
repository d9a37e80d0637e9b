"""One HTTP request as the pipeline sees it, read from a WSGI environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from ...errors import RequestRejected
from ...handlers.files import Files

if TYPE_CHECKING:
    from .call_faults import CallFaults

# Express parses nothing above this; the live limit was never seen (inferred).
BODY_LIMIT = 32 * 2**20
# Beyond this the connection is cut instead.
PASSED_OVER = 256 * 2**20

Environ = dict[str, Any]


@dataclass
class Request:
    """`body` is None when it is above the limit: it was not kept then.

    `missing` is how many bytes of its Content-Length never came. `struck` is what faults do to
    it, once that is settled; `files` is what has been downloaded for it.
    """

    environ: Environ
    body: bytes | None
    missing: int = 0
    struck: CallFaults | None = None
    files: Files = field(default_factory=Files)
    _plain: bytes | None = field(default=None, init=False)
    _parsed: tuple[Any, RequestRejected | None] | None = field(default=None, init=False)

    @classmethod
    def read(cls, environ: Environ, limit: int = BODY_LIMIT) -> Request:
        """Take the request in, at most `limit` bytes of body."""
        body = _read_body(environ, limit)
        length = environ.get("CONTENT_LENGTH") or ""
        announced = int(length) if length.isdigit() else 0
        return cls(environ, body, 0 if body is None else max(announced - len(body), 0))

    @property
    def method(self) -> str:
        """The HTTP method, upper case."""
        return str(self.environ["REQUEST_METHOD"])

    @cached_property
    def path(self) -> str:
        """The decoded path; bytes that are no UTF-8 become replacement characters."""
        raw: str = self.environ.get("PATH_INFO") or "/"
        return raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")

    @property
    def url(self) -> str:
        """Path and query as the client wrote them, as far as the server kept that."""
        raw = self.environ.get("RAW_URI") or self.environ.get("REQUEST_URI")
        if raw:
            return str(raw)
        query = self.environ.get("QUERY_STRING")
        return quote(self.path) + (f"?{query}" if query else "")

    @cached_property
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
    def content_type(self) -> str:
        """The media type without parameters, lower case."""
        full = str(self.environ.get("CONTENT_TYPE") or "")
        return full.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset that Content-Type names, lower case; empty when it names none."""
        _, *parameters = str(self.environ.get("CONTENT_TYPE") or "").split(";")
        named = (text.partition("=") for text in parameters)
        found = (value for name, _, value in named if name.strip().lower() == "charset")
        return next(found, "").strip().strip('"').lower()

    def parsed(self, parse: Callable[[Request], Any]) -> Any:
        """The body's document, read once; raises what reading it raised, every time."""
        if self._parsed is None:
            try:
                self._parsed = parse(self), None
            except RequestRejected as rejected:
                self._parsed = None, rejected
        document, refusal = self._parsed
        if refusal is not None:
            raise refusal
        return document

    def inflated(self, inflate: Callable[[bytes, str, int], bytes], limit: int) -> bytes:
        """The body without its Content-Encoding; it is what `shown` shows from then on."""
        encoding = self.header("Content-Encoding").strip().lower()
        self._plain = inflate(self.body or b"", encoding, limit)
        return self._plain

    @property
    def shown(self) -> bytes:
        """The body for the record: inflated where it has been."""
        return (self.body or b"") if self._plain is None else self._plain

    def headers(self) -> list[tuple[str, str]]:
        """Every header, names as HTTP writes them."""
        found = [
            (name[5:].replace("_", "-").title(), value)
            for name, value in self.environ.items()
            if name.startswith("HTTP_")
        ]
        if self.environ.get("CONTENT_TYPE"):
            found.append(("Content-Type", self.environ["CONTENT_TYPE"]))
        return found


def _read_body(environ: Environ, limit: int) -> bytes | None:
    length = environ.get("CONTENT_LENGTH")
    stream = environ.get("wsgi.input")
    if stream is None:
        return b""
    if length:
        size = int(length) if length.isdigit() else 0
        if size > limit:
            _pass_over(stream, size)
            return None
        return _read_whole(stream, size)
    if "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    chunked: bytes = stream.read(limit + 1)
    if len(chunked) <= limit:
        return chunked
    _pass_over(stream, PASSED_OVER)
    return None


def _read_whole(stream: Any, size: int) -> bytes:
    """At most `size` bytes; fewer when the client has gone."""
    try:
        content: bytes = stream.read(size) if size else b""
    except OSError:
        return b""
    return content


def _pass_over(stream: Any, size: int) -> None:
    """Read and forget what is too large: clients that are still sending miss the answer else."""
    left = min(size, PASSED_OVER)
    while left > 0 and (part := stream.read(min(left, 2**16))):
        left -= len(part)
