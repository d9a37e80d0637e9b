"""What comes before a body: URLs and headers that are too large are refused before the app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .bodies import Limits

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Refusal = tuple[str, str]


def too_large(environ: WSGIEnvironment, limits: Limits) -> Refusal | None:
    """The status that refuses a request for its head, and why; None for all usual ones.

    How many bytes its headers have is up to the servers, which stop reading them.
    """
    length = len(environ.get("PATH_INFO") or "") + len(environ.get("QUERY_STRING") or "")
    if length > limits.url_bytes:
        return (
            "414 URI Too Long",
            f"the URL has {length} bytes, above {limits.url_bytes} (--url-bytes)",
        )
    # No request has fewer variables than headers: nearly none is counted.
    if len(environ) > limits.headers:
        count = sum(name.startswith("HTTP_") for name in environ)
        if count > limits.headers:
            return (
                "431 Request Header Fields Too Large",
                f"the request has {count} headers, above {limits.headers} (--headers-limit)",
            )
    return None


def refuse(start_response: StartResponse, status: str, reason: str) -> list[bytes]:
    """The answer that says so, as the control API says things."""
    body = json.dumps({"error": reason}).encode()
    headers: list[Any] = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("X-Mock-Reason", reason),
    ]
    start_response(status, headers)
    return [body]
