"""Requests as bytes: what is to be sent, in the one form that the gate reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to send. `target` is path and query exactly as they go over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """Path alone, as it goes over the wire."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Query alone, as it goes over the wire."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """A host's answer. `seconds` is the time until its last byte.

    `coding` is how the body was compressed on the way; empty when it was not.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float = 0.0
    coding: str = ""


def request(
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Any = None,
    raw: bytes | None = None,
    headers: Headers = (),
) -> Request:
    """A request with a JSON body, or with `raw` bytes under the content type the headers name."""
    content = orjson.dumps(body) if raw is None and body is not None else raw or b""
    all_headers = [*headers]
    if (raw is not None or body is not None) and not any(
        name.lower() == "content-type" for name, _ in all_headers
    ):
        all_headers.append(("Content-Type", "application/json"))
    target = f"{path}?{urlencode(query)}" if query else path
    return Request(method, target, tuple(all_headers), content)


def from_prepared(request: Any) -> Request:
    """A `requests.PreparedRequest` as a Request."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = request.body or b""
    if isinstance(body, str):
        body = body.encode()
    return Request(str(request.method), target, tuple(_text_headers(request.headers)), bytes(body))


# The suite says itself how an answer may be packed: only what it can undo.
_LIBRARY_HEADERS = frozenset(
    {
        "accept-encoding", "content-length", "transfer-encoding", "connection", "user-agent",
        "x-schemathesis-testcaseid",
    }
)  # fmt: skip


def _text_headers(headers: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        key = name.decode("latin-1") if isinstance(name, bytes) else str(name)
        if key.lower() in _LIBRARY_HEADERS:
            continue
        yield key, value.decode("latin-1") if isinstance(value, bytes) else str(value)
