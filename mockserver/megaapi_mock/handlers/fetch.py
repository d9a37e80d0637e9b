"""Downloading what mediaUrl names; only with the switch fetch_media on."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import PayloadTooLarge, RequestRejected, Unusable
from ..webhooks.http.client import DeliveryFailed, HttpTransport
from ..webhooks.http.redirects import REDIRECTS_MOST

# For the whole of it: looking up, connecting, redirects, headers and every byte of the file.
TIMEOUT = 10.0
_HEADERS = (
    ("Accept", "application/json, text/plain, */*"),
    ("User-Agent", "megaapi-mock"),
    ("Accept-Encoding", "identity"),
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file and what its host says it is."""

    content: bytes
    content_type: str

    @property
    def page(self) -> bool:
        """Whether it is an HTML page, by its type or its first words."""
        start = self.content[:200].lstrip().lower()
        return self.content_type.startswith("text/html") or start.startswith(
            (b"<!doctype html", b"<html")
        )


class Absent(Exception):
    """A handler needs a file that nobody has downloaded yet."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(url)
        self.url, self.limit = url, limit


class Fetcher:
    """Downloads over sockets of its own, each within TIMEOUT; from any thread."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._transport = HttpTransport(allowed_hosts="any", redirects=REDIRECTS_MOST)

    def fetch(self, url: str, limit: int) -> Fetched | RequestRejected:
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
        return Fetched(answer.body, next(types, "").strip().lower())

    def close(self) -> None:
        """Cut what is under way."""
        self._transport.close()


class Files:
    """The files of one call, downloaded before it holds anything."""

    def __init__(self) -> None:
        self._got: dict[str, Fetched | RequestRejected] = {}

    def get(self, url: str, limit: int) -> Fetched:
        """The file; Absent when it is still to be downloaded, RequestRejected when it cannot be."""
        if url not in self._got:
            raise Absent(url, limit)
        got = self._got[url]
        if isinstance(got, RequestRejected):
            raise got
        return got

    def put(self, url: str, got: Fetched | RequestRejected) -> None:
        """What came of a download."""
        self._got[url] = got
