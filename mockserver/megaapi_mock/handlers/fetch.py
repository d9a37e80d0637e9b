"""Downloading what mediaUrl names; only with the switch fetch_media on."""

from __future__ import annotations

from http.client import HTTPException
from urllib.request import Request, urlopen

from ..errors import Unusable

TIMEOUT = 10.0


def fetch(url: str, limit: int) -> bytes:
    """The bytes behind an http(s) URL, at most one over the limit; Unusable when it fails."""
    try:
        request = Request(url, headers={"User-Agent": "megaapi-mock"})
        with urlopen(request, timeout=TIMEOUT) as response:
            content: bytes = response.read(limit + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise Unusable(f"{url[:200]} could not be fetched: {error}") from None
    return content
