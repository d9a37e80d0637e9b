"""What a test looks at: messages, webhooks and calls, as the side door shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..domain.message import content_key, unwrapped
from ..domain.options import Option, options_of

Json = dict[str, Any]
# Where the words stand that a reader sees, by the kind of content.
_WORDS: Mapping[str, str] = {
    "conversation": "",
    "extendedTextMessage": "text",
    "imageMessage": "caption",
    "videoMessage": "caption",
    "documentMessage": "caption",
    "listMessage": "description",
    "buttonsMessage": "contentText",
    "interactiveMessage": "body.text",
    "templateMessage": "hydratedTemplate.hydratedContentText",
    "listResponseMessage": "title",
    "buttonsResponseMessage": "selectedDisplayText",
    "templateButtonReplyMessage": "selectedDisplayText",
    "interactiveResponseMessage": "body.text",
    "reactionMessage": "text",
    "protocolMessage": "editedMessage.conversation",
    "locationMessage": "name",
    "contactMessage": "displayName",
}


def words_of(content: Any) -> str | None:
    """The text, caption, title or question of a content object; None when it has none."""
    inner = unwrapped(content) if isinstance(content, dict) else {}
    kind = content_key(inner)
    if kind is None or kind not in _WORDS:
        return None
    found: Any = inner[kind]
    for step in filter(None, _WORDS[kind].split(".")):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def kind_of(content: Any) -> str:
    """The name of the content inside its wrappers; empty when there is none."""
    inner = unwrapped(content) if isinstance(content, dict) else {}
    return content_key(inner) or ""


@dataclass(frozen=True)
class Message:
    """A message of one chat, as it was when it was looked at; `shown` is all of it."""

    shown: Json

    @property
    def id(self) -> str:
        """What quotes, reactions and acknowledgements name it by."""
        return str(self.shown["id"])

    @property
    def chat(self) -> str:
        """The JID of the person or group."""
        return str(self.shown["chat"])

    @property
    def number(self) -> str:
        """The digits of `chat`."""
        return self.chat.partition("@")[0]

    @property
    def from_me(self) -> bool:
        """Whether the instance wrote it, not the customer."""
        return bool(self.shown["from_me"])

    @property
    def state(self) -> str:
        """How far it had come: pending, server, delivered, read, played, stopped."""
        return str(self.shown["state"])

    @property
    def content(self) -> Any:
        """The content object; a text when it was above 64 KiB and cut."""
        return self.shown["content"]

    @cached_property
    def kind(self) -> str:
        """The name of the content: `extendedTextMessage`, `listMessage`..."""
        return kind_of(self.content)

    @cached_property
    def text(self) -> str | None:
        """Its text, caption, title or question."""
        return words_of(self.content)

    @cached_property
    def options(self) -> Sequence[Option]:
        """The rows or buttons it lets its reader choose."""
        return options_of(self.content) if isinstance(self.content, dict) else ()

    def __str__(self) -> str:
        options = f", options {', '.join(map(str, self.options))}" if self.options else ""
        return f"{self.kind} to {self.number}, text {self.text!r}{options}, {self.state}"


@dataclass(frozen=True)
class Webhook:
    """A payload owed to a URL, and how far it had come; `shown` is all of it."""

    shown: Json

    @property
    def id(self) -> str:
        """The delivery's id."""
        return str(self.shown["id"])

    @property
    def event(self) -> str:
        """Its name in `megaapi-mock events`."""
        return str(self.shown["event"])

    @property
    def payload(self) -> Any:
        """The JSON that was sent."""
        return self.shown["payload"]

    @property
    def url(self) -> str:
        """Where it was sent."""
        return str(self.shown["url"])

    @property
    def state(self) -> str:
        """queued, delivered, failed, refused, abandoned or dropped."""
        return str(self.shown["state"])

    @property
    def status(self) -> int | None:
        """What the receiver answered to the last attempt."""
        attempts = self.shown["attempts"]
        return attempts[-1]["status"] if attempts else None

    @property
    def seconds(self) -> float | None:
        """How long the last attempt took."""
        attempts = self.shown["attempts"]
        return attempts[-1]["duration_ms"] / 1000 if attempts else None

    @property
    def message_id(self) -> str | None:
        """The id of the message it tells of."""
        key = self.payload.get("key") if isinstance(self.payload, dict) else None
        return key.get("id") if isinstance(key, dict) else None

    @cached_property
    def text(self) -> str | None:
        """Text, caption or title of the message it tells of."""
        return words_of(self.payload.get("message") if isinstance(self.payload, dict) else None)

    def __str__(self) -> str:
        answer = "" if self.status is None else f" {self.status}"
        answer = " without an answer yet" if self.state == "queued" else answer
        why = f" ({self.shown['reason']})" if self.shown["reason"] else ""
        text = "" if self.text is None else f", text {self.text!r}"
        return f"{self.event}{text}, {self.state}{answer}{why}"


@dataclass(frozen=True)
class Call:
    """A request to the gateway with its reply; `shown` is all of it."""

    shown: Json

    @property
    def id(self) -> str:
        """What the reply carried as `X-Mock-Exchange`."""
        return str(self.shown["id"])

    @property
    def operation(self) -> str | None:
        """The operation's id; None for an unknown route."""
        found: str | None = self.shown["operation"]
        return found

    @property
    def body(self) -> Any:
        """What was asked."""
        return self.shown["request"]["body"]

    @property
    def status(self) -> int:
        """What was answered."""
        return int(self.shown["response"]["status"])

    @property
    def reply(self) -> Any:
        """The body of the answer."""
        return self.shown["response"]["body"]

    @property
    def reason(self) -> str | None:
        """What was wrong with it."""
        found: str | None = self.shown["reason"]
        return found

    def __str__(self) -> str:
        request = self.shown["request"]
        why = f": {self.reason}" if self.reason else ""
        return f"{request['method']} {request['path']} answered {self.status}{why}"
