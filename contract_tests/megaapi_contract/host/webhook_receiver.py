"""Receives webhooks: handed over in this process, or posted to a local port."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from megaapi_mock.serving.webhook_server import Page, Post, WebhookServer

from ..errors import SetupError
from ..judging.results import Webhook
from .http import Headers

# Nothing listens there: in this process the courier hands the body over instead of posting it.
IN_PROCESS = "http://127.0.0.1:9/webhooks"
MAX_WEBHOOKS = 60_000
# So often a webhook is waited for in vain, before a run without any stops waiting.
MAX_MISSES_AT_START = 3
NO_WEBHOOK_SENTENCE = (
    f"no webhook has come to the suite at all: after waiting {MAX_MISSES_AT_START} times in vain "
    "the run waits for no other"
)
# So often in a row, before a run whose webhooks have stopped coming does the same.
MAX_MISSES_IN_A_ROW = 12
STOPPED_SENTENCE = (
    f"webhooks have stopped coming to the suite: after waiting {MAX_MISSES_IN_A_ROW} times in a "
    "row without any the run waits for no other"
)
# How long a webhook may take where time cannot be made to pass: a real one travels, and a host on
# this machine may have to share it.
SECONDS = 20.0
# In this process what comes comes at once: only a mock that loses its last webhook takes so long.
SECONDS_IN_PROCESS = 30.0
# One wait is made of waits of this length: what stops this process for longer, on a machine with
# too much to do, has stopped a host on it too, and is not counted as time that the host had.
LONGEST_WAIT = 0.25


@dataclass(frozen=True, slots=True)
class TransportReply:
    """The answer that the mock's courier expects from a transport."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    truncated: bool = False
    redirects: tuple[str, ...] = ()


class Receiver:
    """Receives webhooks, answers with 200 unless told otherwise, lets a probe wait for them.

    Thread-safe.

    It fits the mock's transport port. `url` is the address to configure; a path may be appended to
    it to tell two instances apart. Over HTTP it ends in a new random path for each run, so that a
    stray POST is not taken for a webhook. `public` says that others can reach it; `patience` is
    how many seconds a webhook is waited for.
    """

    def __init__(self) -> None:
        self.url = IN_PROCESS
        self.patience = SECONDS
        self.public = False
        # A secret path: a POST to any other path is not a webhook of this run.
        self._path = f"/{secrets.token_hex(6)}"
        # What can be fetched here, by the end of its path.
        self.files: dict[str, bytes] = {}
        self.webhooks: list[Webhook] = []
        self.name: Callable[[Any], str | None] = lambda payload: None
        self.spoil: Callable[[bytes], Sequence[bytes]] = lambda body: (body,)
        # What is taken instead of one delivery, each body with the address it comes to.
        self.carry: Callable[[str, bytes], Sequence[tuple[str, bytes]]] = lambda url, body: [
            (url, content) for content in self.spoil(body)
        ]
        # What is taken for the headers of a delivery to a receiver in this process.
        self.head: Callable[[bytes, Headers], Headers] = lambda body, headers: headers
        self._status = 200
        self._arrival = threading.Condition()
        # The instance's own address while webhooks come here in its place, and what forwards them.
        self.owner = ""
        self.forward: Callable[[str, bytes], None] = lambda url, body: None
        self._arrivals = self._misses = 0
        # Why nothing is waited for any more: once said, it stays so.
        self._silence = ""
        self._server: WebhookServer | None = None
        self._thread: threading.Thread | None = None

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> TransportReply:
        """Receive one webhook from the courier of a mock in this process."""
        webhooks = [
            (content, tuple(self.head(content, headers)), address)
            for address, content in self.carry(url, body)
        ]
        # Together: whoever waits for the first of them sees all that were made of one delivery.
        with self._arrival:
            for one in webhooks:
                self.add(*one)
        return TransportReply(self._status)

    def add(self, body: bytes, headers: tuple[tuple[str, str], ...], url: str = "") -> None:
        """Store one webhook, and wake up whoever waits for it."""
        with self._arrival:
            webhook = Webhook(len(self.webhooks) + 1, body, headers, time.time(), None, url)
            self._arrivals += 1
            self._misses = 0
            if len(self.webhooks) < MAX_WEBHOOKS:
                self.webhooks.append(webhook)
            self._arrival.notify_all()

    @contextmanager
    def answering(self, status: int) -> Iterator[None]:
        """Take webhooks as ever, and answer each with this status meanwhile."""
        self._status = status
        try:
            yield
        finally:
            self._status = 200

    def is_own_path(self, path: str) -> bool:
        """Whether a POST to this path belongs to the run; any other is refused."""
        return f"{self._path}/" in f"{path.partition('?')[0]}/"

    def address_of(self, name: str) -> str:
        """The address of one of the files; empty while the receiver does not listen."""
        return f"{self.url}/{name}" if self._server is not None else ""

    def wait_for(
        self,
        fits: Callable[[list[Webhook]], bool],
        *,
        seconds: float | None = None,
        since: int = 0,
    ) -> list[Webhook]:
        """The webhooks after number `since`, as soon as `fits` accepts them or the time is over."""
        seconds = self.patience if seconds is None else seconds
        with self._arrival:
            if not self._wait(lambda: fits(self.webhooks[since:]), seconds):
                self._miss(seconds)
            return self.webhooks[since:]

    def look_for(
        self, fits: Callable[[list[Webhook]], bool], *, seconds: float, since: int = 0
    ) -> bool:
        """Whether `fits` accepts the webhooks after number `since` by then; no miss if it does not.

        For what a person may do or not: that none comes says nothing of the host.
        """
        with self._arrival:
            return self._wait(lambda: fits(self.webhooks[since:]), seconds)

    def _wait(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Whether it was so before the seconds were over, of which a long pause counts as short."""
        remaining = seconds
        while remaining > LONGEST_WAIT:
            if self._arrival.wait_for(is_so, LONGEST_WAIT):
                return True
            remaining -= LONGEST_WAIT
        return self._arrival.wait_for(is_so, remaining)

    def _miss(self, seconds: float) -> None:
        self._misses += seconds > 0
        if self._arrivals == 0 and self._misses >= MAX_MISSES_AT_START:
            self._silence = NO_WEBHOOK_SENTENCE
        elif self._misses >= MAX_MISSES_IN_A_ROW:
            self._silence = STOPPED_SENTENCE

    @property
    def silence_reason(self) -> str:
        """Why the run does not wait for webhooks any more; empty while they arrive."""
        return self._silence

    def forget(self) -> None:
        """Delete all webhooks, and count misses from zero."""
        with self._arrival:
            self.webhooks.clear()
            self._arrivals = self._misses = 0
            self._silence = ""

    def file_at(self, path: str) -> bytes | None:
        """The file that is served at this path; None where there is none."""
        plain = path.partition("?")[0]
        return self.files.get(plain.rpartition("/")[2]) if f"{self._path}/" in plain else None

    def listen(self, port: int = 0, *, host: str = "127.0.0.1", url: str = "") -> None:
        """Listen on a local port; SetupError when that is not possible.

        `url` is where the port is reached from elsewhere: it becomes the address to configure.
        """
        try:
            self._server = WebhookServer(host, port, self._receive, self._page)
        except OSError as error:
            address = f"--webhook-port {port}" + (f" on {host}" if host != "127.0.0.1" else "")
            sentence = f"{address}: nothing can listen there ({error.strerror or error})"
            raise SetupError(sentence) from None
        local_url = f"http://127.0.0.1:{self._server.server_port}/webhooks"
        self.url, self.public = f"{url.rstrip('/') or local_url}{self._path}", bool(url)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="receiver", daemon=True
        )
        self._thread.start()

    def _receive(self, post: Post) -> int:
        """Take a posted webhook, whole or not; 404 for a path that is not the run's."""
        if not self.is_own_path(post.path):
            return 404
        if self.owner:
            self.forward(self.owner, post.body)
        return self.post(post.path, post.body, post.headers, timeout=0).status

    def _page(self, path: str) -> Page:
        """One of the files; 404 where there is none."""
        content = self.file_at(path)
        return Page(404 if content is None else 200, content or b"", "image/png")

    def close(self) -> None:
        """Stop listening."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            assert self._thread is not None
            self._thread.join(timeout=5)
