"""Bots that fail on one kind of event, and bots that take everything in their own way, on trial."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from megaapi_mock.commands.receiver_trial import TrialTerms, run_verdict
from megaapi_mock.testing import MockServer

from ..support import KEY
from .test_receiver_trial import outcomes, serving

# Whole trials of bots take minutes together.
pytestmark = pytest.mark.hosts
Json = dict[str, Any]
# These bots only listen: what they do to webhooks is judged.
LISTENS = TrialTerms(quiet=0.05, patience=0.2, limit=40.0, listens_only=True)


@pytest.fixture
def shared() -> Iterator[MockServer]:
    server = MockServer().start()
    yield server
    server.stop(0)


def receiver(status_for: Callable[[Json], int], *, body: bytes = b"") -> Any:
    """A bot that answers so."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not (status := status_for(event)):
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return None

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads, server.request_queue_size = True, 128
    server.close = lambda: (server.shutdown(), server.server_close())
    return server


def content(event: Json) -> Json:
    message = event.get("message")
    return message if isinstance(message, dict) else {}


def address(event: Json) -> str:
    key = event.get("key")
    return str(key.get("remoteJid")) if isinstance(key, dict) else ""


CRASHES_ON: dict[str, Callable[[Json], Any]] = {
    "media": lambda event: content(event).keys() & {"imageMessage", "audioMessage"},
    "documents": lambda event: "documentMessage" in content(event),
    "groups": lambda event: address(event).endswith("@g.us"),
    "group changes": lambda event: "group" in str(event.get("messageType")),
    "hidden numbers": lambda event: address(event).endswith("@lid"),
    "edits and deletions": lambda event: "protocolMessage" in json.dumps(event),
    "reactions": lambda event: "reactionMessage" in content(event),
    "list answers": lambda event: "listResponseMessage" in content(event),
    "buttons": lambda event: "buttonsResponseMessage" in content(event),
    "stories": lambda event: address(event) == "status@broadcast",
    "receipts": lambda event: event.get("messageType") == "message.ack",
    "calls": lambda event: "call" in str(event.get("messageType")),
    "whatever has no key": lambda event: "key" not in event,
    "whatever is not text": lambda event: "conversation" not in content(event),
}


@pytest.mark.parametrize(
    ("kind", "status"), [*((kind, 500) for kind in CRASHES_ON), ("groups", 404)]
)
def test_who_crashes_on_one_kind_fails(kind: str, status: int, shared: MockServer) -> None:
    bot = receiver(lambda event: status if CRASHES_ON[kind](event) else 200)
    with serving(bot) as url:
        verdict = run_verdict(shared.url, url, instance=KEY, terms=LISTENS)
    failed = {name for name, outcome in outcomes(verdict).items() if outcome == "failed"}
    assert failed == {"answered_in_time"}, verdict.as_table()


def test_who_hangs_up_on_media_did_not_stay_up(shared: MockServer) -> None:
    bot = receiver(lambda event: 0 if CRASHES_ON["media"](event) else 200)
    with serving(bot) as url:
        verdict = run_verdict(shared.url, url, instance=KEY, terms=LISTENS)
    assert outcomes(verdict)["stayed_up"] == "failed", verdict.as_table()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *((200, b""), (200, b"OK"), (201, b"{}"), (202, b""), (204, b"")),
        *((200, b'{"message": "Workflow was started"}'), (200, b"<html>OK</html>")),
    ],
)
def test_every_2xx_is_fine(status: int, body: bytes, shared: MockServer) -> None:
    with serving(receiver(lambda _: status, body=body)) as url:
        verdict = run_verdict(shared.url, url, instance=KEY, terms=LISTENS)
    assert verdict.passed, verdict.as_table()
