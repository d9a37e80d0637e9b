"""Redirects as axios follows them: the request that an answer leads on to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urljoin

from .connection import DeliveryFailed, Headers, ReceiverAnswer

# As axios had it when the gateway was written; it asks a sixth address no more.
REDIRECTS_MOST = 5


@dataclass(frozen=True, slots=True)
class Hop:
    """One request: a POST with its body, or a GET without any."""

    method: str
    url: str
    body: bytes
    headers: Headers

    def after(self, answer: ReceiverAnswer) -> Hop | None:
        """The request that an answer leads on to; None when it is the end."""
        location = _location(answer)
        if not 300 <= answer.status < 400 or not location:
            return None
        # 307 and 308 keep method and body, 303 keeps neither, nor does a POST on 301 and 302.
        if answer.status == 303 or (self.method == "POST" and answer.status in (301, 302)):
            return Hop("GET", self._join(location), b"", _without_content(self.headers))
        return replace(self, url=self._join(location))

    def _join(self, location: str) -> str:
        try:
            return urljoin(self.url, location)
        except ValueError:
            raise DeliveryFailed(f"it leads to {location[:200]!r}, which is not a URL") from None


def _location(answer: ReceiverAnswer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "location"), "")


def _without_content(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if not name.lower().startswith("content-")]
