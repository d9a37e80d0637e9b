"""Forwards webhooks to the instance's own receiver while the suite receives them."""

from __future__ import annotations

import threading
from base64 import b64encode
from queue import SimpleQueue
from urllib.parse import unquote, urlsplit

from ..errors import SuiteError
from .http import request
from .target import HttpTarget

# What the owner's receiver may take for one webhook, and all of them at the end of the run.
SECONDS, SECONDS_AT_END = 10.0, 15.0


class Forwarder:
    """Posts webhooks in order, in a thread of its own, so that the suite never waits for it.

    It counts what was taken and what was refused. Nothing is tried twice, as the gateway tries
    nothing twice.
    """

    def __init__(self) -> None:
        self.forward_count = self.refusal_count = 0
        self._is_closed = False
        self._queue: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)
        self._thread.start()

    def forward(self, url: str, body: bytes) -> None:
        """Queue one webhook to be posted."""
        self._queue.put((url, body))

    def close(self) -> None:
        """Wait, up to a limit, until the queue is empty; then stop."""
        self._queue.put(None)
        self._thread.join(SECONDS_AT_END)
        self._is_closed = True

    def _run(self) -> None:
        while (item := self._queue.get()) is not None and not self._is_closed:
            try:
                _post(*item)
                self.forward_count += 1
            except (SuiteError, ValueError):
                self.refusal_count += 1


def _post(url: str, body: bytes) -> None:
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    headers = [("Content-Type", "application/json")]
    if user:
        headers.append(("Authorization", f"Basic {b64encode(unquote(user).encode()).decode()}"))
    owner = HttpTarget(f"{parts.scheme}://{host}", timeout=SECONDS)
    query = f"?{parts.query}" if parts.query else ""
    owner.send(request("POST", f"{parts.path or '/'}{query}", raw=body, headers=headers))
