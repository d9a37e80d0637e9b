"""What a test looks at: messages, webhooks and calls, as the control API shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..domain.options import Option, options_of
from ..errors import ControlRefused, NotThere
from ..errors.frames import between_test_and_refusal
from .content import brief, kind_of, path_of_media, words_of
from .names import MessageState, WebhookState

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]
# The bytes behind a `directPath`; ControlRefused says why there are none.
Fetch = Callable[[str], bytes]


@dataclass(frozen=True, repr=False)
class ShownRecord:
    """A record as it was when it was looked at; `shown` is all that the control API says of it."""

    shown: Json
    fetch: Fetch | None = field(default=None, compare=False)

    def _file(self, content: Any, what: str) -> tuple[bytes | None, str | None]:
        """The bytes of this content, or why there are none."""
        if self.shown.get("cut"):
            return None, f"{what} is above 64 KiB and was cut: its file cannot be found"
        path = path_of_media(content)
        if path is None:
            return None, f"{what} carries no file: it is {kind_of(content) or 'not a message'}"
        if self.fetch is None:
            return None, f"{what} does not come from a mock that could be asked for the file"
        try:
            return self.fetch(path), None
        except ControlRefused as refusal:
            return None, str(refusal)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.shown.get('id', '')}: {self}>"


@dataclass(frozen=True, repr=False)
class Message(ShownRecord):
    """A message of one chat, sent by the instance or written to it."""

    @property
    def id(self) -> str:
        """What quotes, reactions and acknowledgements name it by: `3EB0A7E7E2F59B128BDB0A`."""
        return str(self._field("id"))

    @property
    def time(self) -> float:
        """When it was written, in seconds since 1970 by the mock's clock."""
        return float(self._field("time"))

    @property
    def chat(self) -> str:
        """JID of the person or group: `5511900000002@s.whatsapp.net`, `...@g.us`."""
        return str(self._field("chat"))

    @property
    def number(self) -> str:
        """What stands before the @ of `chat`: a person's digits, or a group's id."""
        return self.chat.partition("@")[0]

    @property
    def sender(self) -> str:
        """JID of who wrote it: in a group the participant, the instance's own when `from_me`."""
        return str(self._field("sender"))

    @property
    def from_me(self) -> bool:
        """Whether the instance wrote it, not a customer."""
        return bool(self._field("from_me"))

    @property
    def state(self) -> MessageState:
        """How far it had come: `pending`, `server`, `delivered`, `read`, `played`, `stopped`."""
        state: MessageState = self._field("state")
        return state

    @property
    def reason(self) -> str | None:
        """Why it stopped, or what it waits for."""
        reason: str | None = self._field("reason")
        return reason

    @property
    def deleted(self) -> str | None:
        """For whom it was deleted: `everyone`, `me`, or None."""
        deleted: str | None = self._field("deleted")
        return deleted

    @property
    def content(self) -> Any:
        """The content object, `{"conversation": "oi"}`; a cut text when it is above 64 KiB."""
        return self._field("content")

    @property
    def kind(self) -> str:
        """The name of the content: `conversation`, `extendedTextMessage`, `listMessage`..."""
        return kind_of(self.content)

    @property
    def text(self) -> str | None:
        """Its text, caption, title or question; None when it has none."""
        return words_of(self.content)

    @property
    def options(self) -> Sequence[Option]:
        """The rows or buttons it lets its reader choose, each with `id` and `title`."""
        return options_of(self.content) if isinstance(self.content, dict) else ()

    @property
    def media(self) -> bytes | None:
        """The bytes of its picture, voice note, document...; None when `no_media` says why."""
        return self._file(self.content, f"message {self.id}")[0]

    @property
    def no_media(self) -> str | None:
        """Why `media` is None, in one sentence; None when there are bytes."""
        return self._file(self.content, f"message {self.id}")[1]

    def _field(self, name: str) -> Any:
        if "id" not in self.shown:
            raise NotThere(f"{self.shown.get('event')} is not a message: it has no {name}")
        return self.shown[name]

    def __str__(self) -> str:
        if "id" not in self.shown:
            return f"{self.shown.get('event')}, which is not a message"
        options = f", options {', '.join(map(str, self.options))}" if self.options else ""
        other = f"to {self.number}" if self.from_me else f"from {self.sender.partition('@')[0]}"
        text = "" if self.text is None else f", text {brief(self.text)}"
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.kind} {other}{text}{options}, {self.state}{reason}"


@dataclass(frozen=True, repr=False)
class Webhook(ShownRecord):
    """A payload owed to a URL, and how far it had come."""

    @property
    def id(self) -> str:
        """The delivery's id: `d1.megacode-TESTKEY0001`."""
        return str(self.shown["id"])

    @property
    def time(self) -> float:
        """When it was owed, in seconds since 1970 by the mock's clock."""
        return float(self.shown["time"])

    @property
    def event(self) -> str:
        """Its name in `megaapi-mock events`: `text-plain`, `ack-read`..."""
        return str(self.shown["event"])

    @property
    def payload(self) -> Any:
        """The JSON that was sent, as your bot gets it; a cut text when it is above 64 KiB."""
        return self.shown["payload"]

    @property
    def url(self) -> str:
        """Where it was sent."""
        return str(self.shown["url"])

    @property
    def state(self) -> WebhookState:
        """`queued`, `delivered`, `failed`, `refused`, `abandoned` or `dropped`."""
        state: WebhookState = self.shown["state"]
        return state

    @property
    def reason(self) -> str | None:
        """Why it is neither queued nor delivered, or that a redirect lost its body."""
        reason: str | None = self.shown["reason"]
        return reason

    @property
    def status(self) -> int | None:
        """HTTP status your bot answered to the last attempt; None without an answer."""
        status: int | None = self._last("status")
        return status

    @property
    def answer(self) -> Any:
        """The body your bot answered: JSON, else a text; None without an answer."""
        return self._last("body")

    @property
    def seconds(self) -> float | None:
        """How many seconds the last attempt took; None before the first."""
        milliseconds: float | None = self._last("duration_ms")
        return None if milliseconds is None else milliseconds / 1000

    @property
    def message_id(self) -> str | None:
        """The id of the message it is about; None when it is about none."""
        message_id: str | None = self._key("id")
        return message_id

    @property
    def chat(self) -> str | None:
        """JID of the chat it is about, as your bot reads it in `key.remoteJid`."""
        chat: str | None = self._key("remoteJid")
        return chat

    @property
    def text(self) -> str | None:
        """Text, caption or title of the message it is about; None when it has none."""
        return words_of(self._message())

    @property
    def media(self) -> bytes | None:
        """The bytes of the file it is about; None when `no_media` says why."""
        return self._file(self._message(), f"webhook {self.id}")[0]

    @property
    def no_media(self) -> str | None:
        """Why `media` is None, in one sentence; None when there are bytes."""
        return self._file(self._message(), f"webhook {self.id}")[1]

    def _message(self) -> Any:
        return self.payload.get("message") if isinstance(self.payload, dict) else self.payload

    def _key(self, name: str) -> Any:
        key = self.payload.get("key") if isinstance(self.payload, dict) else None
        return key.get(name) if isinstance(key, dict) else None

    def _last(self, name: str) -> Any:
        attempts = self.shown["attempts"]
        return attempts[-1][name] if attempts else None

    def __str__(self) -> str:
        answer = "" if self.status is None else f" {self.status}"
        answer = " without an answer yet" if self.state == "queued" else answer
        reason = f" ({self.reason})" if self.reason else ""
        text = "" if self.text is None else f", text {brief(self.text)}"
        return f"{self.event}{text}, {self.state}{answer}{reason}"


@dataclass(frozen=True, repr=False)
class Call(ShownRecord):
    """A request of your bot to the gateway, with its reply."""

    @property
    def id(self) -> str:
        """What the reply carried as `X-Mock-Exchange`: `x1.megacode-TESTKEY0001`."""
        return str(self.shown["id"])

    @property
    def time(self) -> float:
        """When it came, in seconds since 1970 by the mock's clock."""
        return float(self.shown["time"])

    @property
    def operation(self) -> str | None:
        """The operation's id: `send_text`, `configure_webhook`...; None for an unknown route."""
        operation: str | None = self.shown["operation"]
        return operation

    @property
    def method(self) -> str:
        """`GET`, `POST` or `DELETE`."""
        return str(self.shown["request"]["method"])

    @property
    def path(self) -> str:
        """The path with its query, as it was sent."""
        return str(self.shown["request"]["path"])

    @property
    def body(self) -> Any:
        """What was sent: JSON, else a text; cut when it is above 64 KiB."""
        return self.shown["request"]["body"]

    @property
    def status(self) -> int:
        """HTTP status of the answer; 0 when a fault let no answer leave."""
        return int(self.shown["response"]["status"])

    @property
    def reply(self) -> Any:
        """Body of the answer: JSON, else a text."""
        return self.shown["response"]["body"]

    @property
    def reason(self) -> str | None:
        """What was wrong with it, in one sentence; None when nothing was."""
        reason: str | None = self.shown["reason"]
        return reason

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.method} {self.path} answered {self.status}{reason}"
