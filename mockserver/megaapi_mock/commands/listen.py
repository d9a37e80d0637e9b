"""A receiver for webhooks: hears each, says in one line what it is, holds it to the contract."""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from ..domain.message import content_key
from ..errors import SetupError
from ..spec.parsing import Unreadable, parse_json
from ..spec.recognise import Misfit, Recognised, Recogniser

# The gateway's own limit of a body, which a webhook's media thumbnails stay far below.
BODY_MOST = 32 * 2**20
# A sender that says nothing for so long is let go.
PATIENCE = 60.0
TEXT_MOST = 80
# What a refused sender may still say, so that it reads the refusal instead of a reset.
LINGER = 64 * 2**20
_PIECE = 2**16


@dataclass(frozen=True, slots=True)
class Webhook:
    """One POST as it came, with the verdict on it; `summary` is who and what in one line."""

    path: str
    summary: str
    verdict: Recognised
    payload: Any = None


Tell = Callable[[Webhook], None]


class Receiver(ThreadingHTTPServer):
    """Answers every POST with `answer`, once `tell` has heard of it; one `tell` at a time.

    Raises SetupError when host and port cannot be listened on.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(
        self, host: str, port: int, *, recogniser: Recogniser, tell: Tell, answer: int = 200
    ) -> None:
        self.answer = answer
        self.fitted = 0
        self.others: Counter[str] = Counter()
        self._recogniser, self._tell = recogniser, tell
        self._lock = threading.Lock()
        self._closed = False
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Elsewhere this skips connections in TIME_WAIT; on Windows it would share the port.
        self.allow_reuse_address = sys.platform != "win32"
        try:
            super().__init__((host, port), _Hook)
        except (OSError, UnicodeError) as error:
            from ..serving.ports import refusal

            raise SetupError(refusal(error, host, port)) from None

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        address = f"[{host!s}]" if self.address_family == socket.AF_INET6 else host
        return f"http://{address!s}:{port}"

    @property
    def webhook_count(self) -> int:
        """How many webhooks came."""
        return self.fitted + self.others.total()

    def hear(self, path: str, body: bytes, problem: str | None = None) -> None:
        """Judge, count and tell one; `problem` says why there is no whole body."""
        webhook = self._judged(path, body, problem)
        with self._lock:
            if self._closed:
                return
            if webhook.verdict.fits:
                self.fitted += 1
            else:
                event = webhook.verdict.event
                self.others[event.name if event else "no known event"] += 1
            self._tell(webhook)

    def _judged(self, path: str, body: bytes, problem: str | None) -> Webhook:
        payload = None
        if problem is None and not body:
            problem = "it is empty"
        if problem is None:
            try:
                payload = parse_json(body)
            except Unreadable as error:
                problem = str(error)
        if problem is not None:
            return Webhook(path, path, Recognised(None, (Misfit("body", problem),)))
        return Webhook(path, summary(path, payload), self._recogniser.recognise(payload), payload)

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name, which can take seconds."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of senders that hang up; everything else is our own bug and shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Stop listening and telling: what threads still read is not heard any more."""
        with self._lock:
            self._closed = True
        super().server_close()


class _Hook(BaseHTTPRequestHandler):
    """One connection; its bodies may be chunked, packed, cut off or no JSON at all."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    disable_nagle_algorithm = True
    server: Receiver

    def do_POST(self) -> None:
        try:
            body = self._unpacked(b"".join(self._raw()))
        except _NoBody as problem:
            self.close_connection = True
            self.server.hear(self.path, b"", str(problem))
            self._answer(problem.status)
            self._linger()
            return
        self.server.hear(self.path, body)
        self._answer(self.server.answer)

    def do_GET(self) -> None:
        self._answer(200)

    do_HEAD = do_GET

    def _raw(self) -> Iterator[bytes]:
        """The body's bytes as they come, BODY_MOST of them at most."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            yield from self._chunks()
            return
        length = self.headers.get("Content-Length", "0").strip()
        if not (length.isascii() and length.isdigit() and len(length) < 20):
            raise _NoBody(f"its Content-Length is not a number: {length[:40]!r}")
        yield from self._exactly(int(length), 0)

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while size := self._chunk_size():
            yield from self._exactly(size, total)
            total += size
            self.rfile.readline(3)
        while self.rfile.readline(_PIECE) not in (b"\r\n", b"\n", b""):
            pass  # trailers

    def _chunk_size(self) -> int:
        line = self.rfile.readline(_PIECE).partition(b";")[0].strip()
        if not line:
            raise _NoBody("it ended before its last chunk")
        try:
            return int(line[:20], 16)
        except ValueError:
            raise _NoBody(f"its chunk size is not a number: {line[:20]!r}") from None

    def _exactly(self, size: int, before: int) -> Iterator[bytes]:
        if size < 0 or before + size > BODY_MOST:
            raise _NoBody(f"it is above {BODY_MOST} bytes", 413)
        missing = size
        while missing:
            try:
                piece = self.rfile.read1(min(missing, _PIECE))
            except TimeoutError:
                piece = b""
            if not piece:
                raise _NoBody(f"it ended after {before + size - missing} of {before + size} bytes")
            missing -= len(piece)
            yield piece

    def _unpacked(self, body: bytes) -> bytes:
        coding = self.headers.get("Content-Encoding", "identity").strip().lower()
        if coding in ("identity", ""):
            return body
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise _NoBody(f"its Content-Encoding {coding[:40]!r} is not known here")
        return _inflated(body)

    def _answer(self, status: int) -> None:
        # The sender may have gone; its webhook has been heard all the same.
        with suppress(ConnectionError, TimeoutError):
            self.send_response(status)
            if status not in (204, 304):
                self.send_header("Content-Length", "0")
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()

    def _linger(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1.0)
            remaining = LINGER
            while remaining > 0 and (piece := self.rfile.read1(_PIECE)):
                remaining -= len(piece)

    def log_message(self, *_: Any) -> None:
        return


class _NoBody(Exception):
    """There is no whole body: the text says why, `status` answers it."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def _inflated(body: bytes) -> bytes:
    """Unpack gzip, or deflate in either of its two forms."""
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        unpacker = zlib.decompressobj(window)
        try:
            plain = unpacker.decompress(body, BODY_MOST + 1)
        except zlib.error:
            continue
        if len(plain) > BODY_MOST:
            raise _NoBody(f"it unpacks to more than {BODY_MOST} bytes", 413)
        if not unpacker.eof:
            raise _NoBody("its packed form ends too early")
        return plain
    raise _NoBody("it cannot be unpacked")


def summary(path: str, payload: Any) -> str:
    """Who and what, in one line."""
    if not isinstance(payload, dict):
        return path
    parts = [payload.get("messageType"), payload.get("instance_key"), _chat(payload)]
    content = _content_summary(payload)
    return "  ".join([*(str(part) for part in parts if part), *([content] if content else [])])


def _chat(payload: Mapping[str, Any]) -> str | None:
    key = payload.get("key")
    if not isinstance(key, dict):
        return None
    author = key.get("participant")
    within = f" in {key.get('remoteJid')}" if author else ""
    return f"{'to' if key.get('fromMe') else 'from'} {author or key.get('remoteJid')}{within}"


def _content_summary(payload: Mapping[str, Any]) -> str:
    message, update = payload.get("message"), payload.get("update")
    if isinstance(update, dict):
        return f"status {update.get('status')}"
    if isinstance(message, dict):
        content = message.get(content_key(message) or "")
        if isinstance(content, dict):
            fields = ("text", "caption", "fileName", "name", "displayName")
            content = next((content[name] for name in fields if content.get(name)), "")
        message = content
    if not isinstance(message, str) or not message:
        return ""
    text = json.dumps(message, ensure_ascii=False)
    return text if len(text) <= TEXT_MOST else f'{text[: TEXT_MOST - 4]}..."'


def listen(receiver: Receiver) -> None:
    """Receive until Ctrl-C or SIGTERM; the port is free again then. For the main thread."""
    # SIGINT too: what a shell starts in the background ignores it otherwise.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        receiver.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        # A second Ctrl-C must not cut the last words off.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
    finally:
        receiver.server_close()
