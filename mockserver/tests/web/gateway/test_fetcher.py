"""A file that a call names, downloaded: what it is, or why the send is refused."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import PayloadTooLarge, RequestRejected, Unusable
from megaapi_mock.handlers.files import FetchedFile
from megaapi_mock.web.gateway.fetcher import Fetcher
from megaapi_mock.webhooks.http.client import DeliveryFailed, ReceiverAnswer

URL = "http://files.example.test/a.png"


class Wire:
    """In place of sockets."""

    def __init__(self, outcome: ReceiverAnswer | Exception) -> None:
        self.outcome = outcome
        self.asked: list[tuple[str, float, int]] = []
        self.is_closed = False

    def get(self, url: str, _: Any, *, timeout: float, most: int) -> ReceiverAnswer:
        self.asked.append((url, timeout, most))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def close(self) -> None:
        self.is_closed = True


def fetch(outcome: ReceiverAnswer | Exception, url: str = URL) -> FetchedFile | RequestRejected:
    fetcher = Fetcher(timeout=3.0)
    fetcher._transport = wire = Wire(outcome)  # type: ignore[assignment]
    result = fetcher.fetch(url, 100)
    assert wire.asked == [(url, 3.0, 100)]
    fetcher.close()
    assert wire.is_closed
    return result


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ((("content-TYPE", " Image/PNG "),), "image/png"),
        ((("Content-Type", "image/png; a=b"), ("Content-Type", "text/html")), "image/png; a=b"),
        ((), ""),
    ],
)
def test_a_file_has_its_bytes_and_the_type_it_came_with(headers: Any, kind: str) -> None:
    assert fetch(ReceiverAnswer(200, headers, b"bytes")) == FetchedFile(b"bytes", kind)


@pytest.mark.parametrize(
    ("outcome", "refusal", "words"),
    [
        (DeliveryFailed("nobody is there"), Unusable, "could not be fetched: nobody is there"),
        (ReceiverAnswer(404), Unusable, "could not be fetched: it answered 404"),
        (ReceiverAnswer(300), Unusable, "could not be fetched: it answered 300"),
        (ReceiverAnswer(200, truncated=True), PayloadTooLarge, "leads to more than 100 bytes"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(
    outcome: Any, refusal: type[RequestRejected], words: str
) -> None:
    result = fetch(outcome)
    assert isinstance(result, refusal) and words in result.reason


def test_a_long_address_is_cut_in_the_reason() -> None:
    result = fetch(ReceiverAnswer(404), URL + "x" * 500)
    assert isinstance(result, Unusable) and len(result.reason) < 300
