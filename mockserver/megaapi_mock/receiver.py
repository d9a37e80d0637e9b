"""A receiver for webhooks: one readable line each, held to the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .domain.message import content_key
from .spec.recognise import Recognised, Recogniser

BODY_MOST = 128 * 2**20
Tell = Callable[[str, Recognised], None]


class Receiver(ThreadingHTTPServer):
    """Answers every POST with `answer`; `tell` gets a line and the verdict for each webhook."""

    daemon_threads = True

    def __init__(
        self, host: str, port: int, *, recogniser: Recogniser, tell: Tell, answer: int = 200
    ) -> None:
        self.recogniser, self.tell, self.answer = recogniser, tell, answer
        super().__init__((host, port), _Hook)


class _Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        size = int(length) if length.isdigit() else 0
        if size > BODY_MOST:
            self._answer(413)
            self.close_connection = True
            return
        body = self.rfile.read(size)
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            payload = None
        self.server.tell(summary(self.path, payload), self.server.recogniser.recognise(payload))
        self._answer(self.server.answer)

    def do_GET(self) -> None:
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


def summary(path: str, payload: Any) -> str:
    """Who, what, in one line."""
    if not isinstance(payload, dict):
        return f"{path}  no JSON object"
    parts = [str(payload.get("messageType")), str(payload.get("instance_key"))]
    key = payload.get("key")
    if isinstance(key, dict):
        arrow = "to" if key.get("fromMe") else "from"
        parts.append(f"{arrow} {key.get('remoteJid')}")
    parts.append(_told(payload))
    return "  ".join(part for part in parts if part)


def _told(payload: Mapping[str, Any]) -> str:
    message, update = payload.get("message"), payload.get("update")
    if isinstance(update, dict):
        return f"status {update.get('status')}"
    if isinstance(message, str):
        return message
    if not isinstance(message, dict):
        return ""
    content = message.get(content_key(message) or "")
    if isinstance(content, dict):
        content = content.get("text") or content.get("caption") or content.get("fileName") or ""
    text = str(content)
    return repr(text[:80]) if text else ""
