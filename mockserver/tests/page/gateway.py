"""What a bot does: calls of the gateway's own API."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from megaapi_mock.testing import Instance


def call(
    instance: Instance,
    path: str,
    body: dict[str, Any],
    token: str | None = None,
    *,
    method: str = "POST",
) -> int:
    """Call the gateway; the status of its answer."""
    headers = {
        "Authorization": f"Bearer {token or instance.token}",
        "Content-Type": "application/json",
    }
    request = Request(instance.url + path, json.dumps(body).encode(), headers, method=method)
    try:
        with urlopen(request, timeout=60) as reply:
            return int(reply.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code


def send(
    instance: Instance,
    path: str,
    data: dict[str, Any],
    *,
    to: str = "5511900000002",
    token: str | None = None,
) -> int:
    """Send a message of that kind; the status of the answer."""
    body = {"messageData": {"to": to, **data}}
    return call(instance, f"/rest/sendMessage/{instance.key}/{path}", body, token)
