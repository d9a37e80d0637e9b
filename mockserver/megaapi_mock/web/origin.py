"""Where this mock answers, as pages and documents name it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from ..serving.ports import is_loopback


def own_origin(host: str) -> str:
    """As the reader called it, unless only loopback can be meant; `host` is what it listens on."""
    url = urlsplit(request.host_url)
    if is_loopback(host) and not is_loopback(url.hostname or ""):
        return f"http://{host}:{request.environ.get('SERVER_PORT', 80)}"
    return request.host_url.rstrip("/")
