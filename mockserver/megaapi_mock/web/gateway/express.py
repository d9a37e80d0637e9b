"""What the ancestor's framework makes of a request's headers: another method, or no new answer."""

from __future__ import annotations

import re
from dataclasses import replace

from ..wsgi import Environ
from .reply import NOT_MODIFIED, VARY_BY_METHOD, Reply, etag

# Looked for in every call, before anything here is asked.
OVERRIDE, KNOWN_TAGS = "HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_IF_NONE_MATCH"
_METHODS = frozenset(("GET", "PUT", "PATCH", "POST", "DELETE"))
_NO_CACHE = re.compile(r"(?:^|,)\s*no-cache\s*(?:,|$)")


def method_asked(environ: Environ, method: str) -> str:
    """The method that a POST names in X-HTTP-Method-Override; any other request keeps its own.

    A HEAD stands for the GET that it is: who has sent a POST waits for the body.
    """
    override = environ.get(OVERRIDE)
    if not override or method != "POST":
        return method
    name = str(override).partition(",")[0].strip().upper()
    if name == "HEAD":
        return "GET"
    return name if name in _METHODS else method


def unless_known(reply: Reply, environ: Environ, method: str) -> Reply:
    """304 without a body where the client names the answer's tag in If-None-Match."""
    tags = environ.get(KNOWN_TAGS)
    if not tags or method not in ("GET", "HEAD") or not 200 <= reply.status < 300:
        return reply
    if not reply.body or reply.fault is not None or reply.broken is not None:
        return reply
    if "HTTP_IF_MODIFIED_SINCE" in environ or _NO_CACHE.search(
        str(environ.get("HTTP_CACHE_CONTROL", ""))
    ):
        # No answer says when it was last modified: who asks for that too gets the whole one.
        return reply
    tag = etag(reply.body)
    if not _names(str(tags), tag):
        return reply
    extra = [*reply.extra, ("ETag", tag), VARY_BY_METHOD]
    return replace(
        reply, status=NOT_MODIFIED, body=b"", content_type="", document=None, extra=extra
    )


def _names(tags: str, tag: str) -> bool:
    """Whether a list of tags has this one, weak or strong, or stands for every answer."""
    if tags.strip() == "*":
        return True
    strong = tag.removeprefix("W/")
    return any(each.strip() in (tag, strong) for each in tags.split(","))
