"""A receiver for webhooks: hears each, says in one line what it is, holds it to the contract."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..codec import Unreadable, parse_json
from ..domain.message import content_key
from ..errors import SetupError
from ..serving.webhook_server import Post, WebhookServer
from ..spec.recognise import FieldMismatch, RecognisedEvent, Recogniser

TEXT_MOST = 80


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """One POST as it came, with the verdict on it; `summary` is who and what in one line."""

    path: str
    summary: str
    verdict: RecognisedEvent
    payload: Any = None


Tell = Callable[[ReceivedWebhook], None]


class Receiver(WebhookServer):
    """Answers every POST with `answer`, once `tell` has heard of it; one `tell` at a time.

    Raises SetupError when host and port cannot be listened on.
    """

    def __init__(
        self, host: str, port: int, *, recogniser: Recogniser, tell: Tell, answer: int = 200
    ) -> None:
        self.answer = answer
        self.fit_count = 0
        self.others: Counter[str] = Counter()
        self._recogniser, self._tell = recogniser, tell
        self._lock = threading.Lock()
        self._is_closed = False
        try:
            super().__init__(host, port, self.hear)
        except (OSError, UnicodeError) as error:
            from ..serving.ports import refusal

            raise SetupError(refusal(error, host, port)) from None

    @property
    def webhook_count(self) -> int:
        """How many webhooks came."""
        return self.fit_count + self.others.total()

    def hear(self, post: Post) -> int:
        """Judge, count and tell one webhook; the status to answer it with."""
        webhook = self._judge(post)
        with self._lock:
            if not self._is_closed:
                self._count(webhook.verdict)
                self._tell(webhook)
        return self.answer

    def _count(self, verdict: RecognisedEvent) -> None:
        if verdict.fits:
            self.fit_count += 1
        else:
            self.others[verdict.event.name if verdict.event else "no known event"] += 1

    def _judge(self, post: Post) -> ReceivedWebhook:
        path, problem, payload = post.path, post.problem, None
        if problem is None and not post.body:
            problem = "it is empty"
        if problem is None:
            try:
                payload = parse_json(post.body)
            except Unreadable as error:
                problem = str(error)
        if problem is not None:
            return ReceivedWebhook(
                path, path, RecognisedEvent(None, (FieldMismatch("body", problem),))
            )
        return ReceivedWebhook(
            path, summary(path, payload), self._recogniser.recognise(payload), payload
        )

    def server_close(self) -> None:
        """Stop listening and telling: what threads still read is not heard any more."""
        with self._lock:
            self._is_closed = True
        super().server_close()


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
