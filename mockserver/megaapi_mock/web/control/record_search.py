"""What records are about, for filters: the words in them, the messages and chats they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from ...domain.jid import Jid, chat_kind
from ...domain.message import Message
from ...records.delivery import Delivery
from ...records.exchange import Exchange
from ...spec.parsing import Unreadable, parse_json
from ...store import Store
from .folding import fold_text, skeleton
from .lists import Arguments, Matches

# Members of a message's content that a person reads on a phone.
WORDS = frozenset({
    "conversation", "text", "caption", "title", "description", "displayName", "displayText",
    "display_text", "selectedDisplayText", "name", "fileName", "address", "contentText",
    "footerText", "hydratedTitleText", "hydratedContentText", "hydratedFooterText", "optionName",
    "buttonText", "matchedText", "groupName", "vcard", "buttonParamsJson",
})  # fmt: skip
# Members of a request that name a chat.
CHAT_FIELDS = frozenset(
    {"to", "remoteJid", "jid", "chatId", "group_jid", "groupJid", "number", "chat", "phone"}
)
_DEEPEST = 100


class RecordSearch:
    """Filters by text, message and chat. `chat_of` gives the one chat an address leads to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def chat_of(self, address: str) -> str:
        """The chat that an address of a person leads to, whichever of theirs it is."""
        if chat_kind(address) != "person":
            return address
        return str(self._store.gateway.directory.canonical_jid(Jid.parse(address)))

    def chat_written(self, text: str) -> str:
        """The chat that a person means: digits, a number as it is written, or a JID."""
        if "@" in text:
            return self.chat_of(text)
        return self.chat_of(str(self._store.gateway.directory.read(text)))

    def messages(self, arguments: Arguments) -> Matches:
        """?chat= ?text= of pairs of an instance's key and a message."""
        checks: list[Callable[[Message], bool]] = []
        if "chat" in arguments:
            addresses = self._addresses(self.chat_written(arguments["chat"]))
            checks.append(lambda message: message.chat in addresses)
        if "text" in arguments:
            checks.append(words_match(arguments["text"]))
        return lambda entry: all(check(entry[1]) for check in checks)

    def exchanges(self, arguments: Arguments) -> Matches:
        """?chat= ?text= ?message= ?outcome= of calls."""
        checks: list[Matches] = []
        if "outcome" in arguments:
            wants_refusals = arguments["outcome"] == "refused"
            checks.append(lambda exchange: is_refused(exchange) == wants_refusals)
        if "message" in arguments:
            checks.append(lambda exchange: names_message(exchange, arguments["message"]))
        if "chat" in arguments:
            chat = self.chat_written(arguments["chat"])
            checks.append(lambda exchange: chat in self.chats_named(exchange))
        if "text" in arguments:
            text = _Needle(arguments["text"])
            checks.append(
                lambda exchange: text.is_in(
                    exchange.path.encode(),
                    exchange.request_body,
                    exchange.response_body,
                    (exchange.reason or "").encode(),
                )
            )
        return lambda exchange: all(check(exchange) for check in checks)

    def deliveries(self, arguments: Arguments) -> Matches:
        """?chat= ?text= ?message= of webhooks."""
        checks: list[Matches] = []
        if "message" in arguments:
            message_id = arguments["message"]
            checks.append(lambda delivery: message_named(delivery) == message_id)
        if "chat" in arguments:
            chat = self.chat_written(arguments["chat"])
            checks.append(lambda delivery: self.chat_named(delivery) == chat)
        if "text" in arguments:
            text = _Needle(arguments["text"])
            checks.append(
                lambda delivery: text.is_in(
                    delivery.body, delivery.url.encode(), (delivery.reason or "").encode()
                )
            )
        return lambda delivery: all(check(delivery) for check in checks)

    def chats_named(self, exchange: Exchange) -> set[str]:
        """Every chat that a call names in its body or query."""
        addresses = [*_chats_named(_document(exchange.request_body))]
        addresses += [value for _, value in parse_qsl(urlsplit(exchange.path).query)]
        return {self._written_chat(address) for address in addresses if len(address) <= 100}

    def chat_named(self, delivery: Delivery) -> str | None:
        """The chat that a webhook is about; None where it is about none."""
        payload = _document(delivery.body)
        if not isinstance(payload, dict):
            return None
        key, data = payload.get("key"), payload.get("data")
        for address in (
            key.get("remoteJid") if isinstance(key, dict) else None,
            data.get("chatId") if isinstance(data, dict) else None,
            payload.get("id"),
        ):
            if isinstance(address, str) and "@" in address:
                return self.chat_of(address)
        return None

    def _addresses(self, chat: str) -> frozenset[str]:
        """Every address under which an instance may keep this chat."""
        person = self._store.gateway.person(Jid.parse(chat))
        return frozenset((chat,) if person is None else (chat, str(person.jid), str(person.lid)))

    def _written_chat(self, address: str) -> str:
        try:
            return self.chat_written(address)
        except Exception:
            return address


def is_refused(exchange: Exchange) -> bool:
    """Whether a call was not done as asked: refused, or hit by a fault."""
    return exchange.status >= 400 or not exchange.status or exchange.fault is not None


def names_message(exchange: Exchange, message_id: str) -> bool:
    """Whether a call or its answer names a message."""
    id_bytes = message_id.encode()
    return bool(id_bytes) and (
        id_bytes in exchange.request_body
        or id_bytes in exchange.response_body
        or id_bytes in exchange.path.encode()
    )


def message_named(delivery: Delivery) -> str | None:
    """The id of the message that a webhook tells of, or says something about."""
    payload = _document(delivery.body)
    key = payload.get("key") if isinstance(payload, dict) else None
    message_id = key.get("id") if isinstance(key, dict) else None
    return message_id if isinstance(message_id, str) else None


def is_inbound(delivery: Delivery) -> bool:
    """Whether a webhook tells of something that a contact wrote or did in a chat."""
    payload = _document(delivery.body)
    key = payload.get("key") if isinstance(payload, dict) else None
    return isinstance(key, dict) and not key.get("fromMe") and "message" in (payload or {})


def words_match(text: str) -> Callable[[Message], bool]:
    """Whether the words of a message have this text, in any case, with or without accents."""
    folded_text = fold_text(text)
    json_words = orjson.dumps(folded_text)[1:-1]
    ascii_words = json_words if json_words.isascii() else None

    def matches(message: Message) -> bool:
        # Most messages do not have it anywhere: only the others are read.
        content = message.content.decode("utf-8", "replace")
        if ascii_words is not None and ascii_words not in skeleton(content):
            return False
        return any(folded_text in fold_text(words) for words in _words(_document(message.content)))

    return matches


class _Needle:
    """A text that is looked for in bodies, whichever way their JSON was written."""

    def __init__(self, text: str) -> None:
        self._plain = text.casefold()
        self._json_text = orjson.dumps(self._plain)[1:-1].decode()

    def is_in(self, *bodies: bytes) -> bool:
        """Whether any of them has it, in any case."""
        return any(self._is_in(body) for body in bodies if body)

    def _is_in(self, body: bytes) -> bool:
        if b"\\u" in body:
            document = _document(body)
            body = body if document is None else orjson.dumps(document)
        text = body.decode("utf-8", "replace").casefold()
        return self._plain in text or self._json_text in text


def _document(body: bytes) -> Any:
    try:
        return parse_json(body)
    except Unreadable:
        return None


def _words(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, below in value.items():
            if isinstance(below, str):
                if name in WORDS:
                    yield below
            else:
                yield from _words(below, depth + 1)
    elif isinstance(value, list):
        for below in value:
            yield from _words(below, depth + 1)


def _chats_named(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, below in value.items():
            if name in CHAT_FIELDS and isinstance(below, str):
                yield below
            else:
                yield from _chats_named(below, depth + 1)
    elif isinstance(value, list):
        for below in value:
            yield from _chats_named(below, depth + 1)
