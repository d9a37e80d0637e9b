"""Downloading what mediaUrl names; only with the switch fetch_media on."""

from __future__ import annotations

from ...errors import PayloadTooLarge, RequestRejected, Unusable
from ...handlers.files import FetchedFile
from ...webhooks.http.client import DeliveryFailed, HttpTransport
from ...webhooks.http.host_policy import HostPolicy
from ...webhooks.http.redirects import REDIRECTS_MOST

# For the whole of it: looking up, connecting, redirects, headers and every byte of the file.
TIMEOUT = 10.0
_HEADERS = (
    ("Accept", "application/json, text/plain, */*"),
    ("User-Agent", "megaapi-mock"),
    ("Accept-Encoding", "identity"),
)


ANYWHERE = HostPolicy("any")


class Fetcher:
    """Downloads over sockets of its own, each within TIMEOUT; from any thread.

    Where a host leads on to another one, that has to be allowed as well.
    """

    def __init__(self, timeout: float = TIMEOUT, hosts: HostPolicy = ANYWHERE) -> None:
        self._timeout = timeout
        self._transport = HttpTransport(allowed_hosts=hosts, redirects=REDIRECTS_MOST)

    def fetch(self, url: str, limit: int) -> FetchedFile | RequestRejected:
        """The file behind an http(s) URL, or why a send of it is refused."""
        try:
            answer = self._transport.get(url, _HEADERS, timeout=self._timeout, most=limit)
        except DeliveryFailed as error:
            return Unusable(f"{url[:200]} could not be fetched: {error}")
        if answer.status >= 300:
            return Unusable(f"{url[:200]} could not be fetched: it answered {answer.status}")
        if answer.truncated:
            return PayloadTooLarge(f"{url[:200]} leads to more than {limit} bytes: the limit")
        types = (value for name, value in answer.headers if name.lower() == "content-type")
        return FetchedFile(answer.body, next(types, "").strip().lower())

    def close(self) -> None:
        """Cut what is under way."""
        self._transport.close()
