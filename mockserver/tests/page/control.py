"""Requests as the page and its users send them, for what the answers say."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

KEY = "megacode-TESTKEY0001"


def ask(
    url: str, method: str, body: Any, headers: dict[str, str] | None = None
) -> tuple[str | None, Any]:
    """What the answer says of itself, and the answer."""
    content = body if isinstance(body, str) or body is None else json.dumps(body)
    headers = {"Content-Type": "application/json", **(headers or {})}
    data = None if content is None else content.encode()
    request = Request(url, data, headers, method=method)
    try:
        with urlopen(request, timeout=60) as reply:
            document = json.loads(reply.read() or "null")
            return reply.headers.get("X-Mock-Reason"), document
    except HTTPError as refusal:
        with refusal:
            reason = refusal.headers.get("X-Mock-Reason")
            return reason or json.loads(refusal.read())["error"], None
