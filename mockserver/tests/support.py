"""What tests of the mock share and pytest need not inject."""

from __future__ import annotations

from collections.abc import Sequence

from megaapi_mock.webhooks.http.client import ReceiverAnswer

START = 1_767_225_600.0
KEY, TOKEN = "megacode-TESTKEY0001", "TESTKEY0001"
UNLINKED, UNLINKED_TOKEN = "megacode-TESTKEY0002", "TESTKEY0002"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


class RecordingTransport:
    """Receives every webhook without a socket, and answers 200."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, bytes, Sequence[tuple[str, str]]]] = []

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        self.posts.append((url, body, headers))
        return ReceiverAnswer(status=200, headers=(), body=b"ok", truncated=False)

    def close(self) -> None:
        return None
