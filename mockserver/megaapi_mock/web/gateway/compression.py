"""Answers compressed for clients that ask, as the ancestor's middleware does it."""

from __future__ import annotations

import re
import zlib

from .reply import JSON, Headers, Reply

# Says that the answer depends on what its client accepts.
VARY_BY_ENCODING = ("Vary", "Accept-Encoding")
# Below this nothing is gained.
THRESHOLD = 1024
_COMPRESSIBLE = re.compile(r"text/|application/(?:json|javascript|xml)|.*\+(?:json|xml|text)")
# Window sizes that make zlib write a gzip and a zlib header.
_WINDOWS = {"gzip": 31, "deflate": 15}


def compress(reply: Reply, headers: Headers, accept_encoding: str) -> tuple[Reply, Headers]:
    """The answer as a client that accepts these encodings gets it; the given one stays plain."""
    if reply.content_type != JSON and not _COMPRESSIBLE.match(reply.content_type):
        return reply, headers
    headers = [*headers, VARY_BY_ENCODING]
    encoding = _choose_encoding(accept_encoding) if len(reply.body) >= THRESHOLD else None
    if encoding is None or any(name.lower() == "content-encoding" for name, _ in headers):
        return reply, headers
    squeezer = zlib.compressobj(wbits=_WINDOWS[encoding])
    body = squeezer.compress(reply.body) + squeezer.flush()
    other_headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    headers = [*other_headers, ("Content-Length", str(len(body))), ("Content-Encoding", encoding)]
    return Reply(reply.status, body, reply.content_type), headers


def _choose_encoding(accept_encoding: str) -> str | None:
    """gzip before deflate, unless the client would rather have one of them, or neither."""
    wishes = dict(map(_wish, accept_encoding.lower().split(",")))
    anything = wishes.get("*", 0.0)
    weights = {encoding: wishes.get(encoding, anything) for encoding in _WINDOWS}
    best = max(weights, key=lambda encoding: weights[encoding])
    return best if weights[best] > 0 and weights[best] >= wishes.get("identity", 0.0) else None


def _wish(text: str) -> tuple[str, float]:
    name, *parameters = text.split(";")
    weights = (value for key, _, value in map(_pair, parameters) if key == "q")
    try:
        return name.strip(), float(next(weights, "1"))
    except ValueError:
        return name.strip(), 0.0


def _pair(text: str) -> tuple[str, str, str]:
    key, equals, value = text.partition("=")
    return key.strip(), equals, value.strip()
