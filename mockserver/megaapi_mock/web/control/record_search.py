"""What records are about, for filters: the words in them, the messages and chats they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

import orjson

from ...codec import Unreadable, parse_json
from ...domain.contacts import Directory
from ...domain.jid import ADDRESS_MOST, Jid, chat_kind
from ...domain.message import Message
from ...records.delivery import Delivery
from ...records.exchange import Exchange
from ...store import Store
from .folding import fold_text, skeleton
from .lists import Arguments, Matches, all_of, message_matches

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
# So many addresses are remembered with the chats they lead to.
WRITTEN_MOST = 1_000
# Stands for all texts that are not ASCII.
NOT_ASCII = "\\u"
LogRecord = TypeVar("LogRecord")
# Chats of records, as this directory reads their addresses: forty waits ask about each record.
_Chats = WeakKeyDictionary[LogRecord, tuple[Directory, frozenset[str]]]


class RecordSearch:
    """Filters by text, message and chat. `chat_of` gives the one chat an address leads to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._named: _Chats[Exchange] = WeakKeyDictionary()
        self._told: _Chats[Delivery] = WeakKeyDictionary()
        # The texts of one record: forty waits ask for those of each that is written, in turn.
        self._last_texts: tuple[object, str | None, str] = None, None, ""
        # Calls name the same few chats again and again, and to read an address takes a while.
        self._written_chats: tuple[Directory | None, dict[str, str]] = None, {}

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

    def chats(self, arguments: Arguments) -> frozenset[str] | None:
        """?chat= as the addresses under which an instance may keep it; None for all chats."""
        if "chat" not in arguments:
            return None
        return self._addresses(self.chat_written(arguments["chat"]))

    def messages(
        self, arguments: Arguments, chats: frozenset[str] | None
    ) -> Callable[[Message], bool]:
        """?status= ?event= ?from_me= ?text= of messages, and that they are in these chats."""
        checks = [message_matches(arguments)]
        if chats is not None:
            checks.append(lambda message: message.chat in chats)
        if "text" in arguments:
            checks.append(words_match(arguments["text"]))
        return all_of(checks)

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
            has_text = _finder(arguments["text"])
            checks.append(lambda exchange: has_text(self.exchange_texts(exchange)))
        return all_of(checks)

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
            has_text = _finder(arguments["text"])
            checks.append(lambda delivery: has_text(self.delivery_texts(delivery)))
        return all_of(checks)

    def chats_named(self, exchange: Exchange) -> frozenset[str]:
        """Every chat that a call names in its body or query."""
        directory, chats = self._named.get(exchange, (None, frozenset()))
        if directory is not self._store.gateway.directory:
            directory, chats = self._store.gateway.directory, self.find_chats_named(exchange)
            self._named[exchange] = directory, chats
        return chats

    def find_chats_named(self, exchange: Exchange) -> frozenset[str]:
        """The same of a call that is read once: nothing is remembered."""
        addresses = [*_chats_named(_document(exchange.request_body))]
        if "?" in exchange.path:
            addresses += [value for _, value in parse_qsl(urlsplit(exchange.path).query)]
        return frozenset(
            self._written_chat(address) for address in addresses if len(address) <= 100
        )

    def exchange_texts(self, exchange: Exchange) -> str:
        """All that a call's ?text= is looked for in, in small letters."""
        reason, (asked, before, texts) = exchange.reason, self._last_texts
        if asked is not exchange or before is not reason:
            bodies = exchange.request_body, exchange.response_body, (reason or "").encode()
            texts = _fold(exchange.path.encode(), *bodies)
            self._last_texts = exchange, reason, texts
        return texts

    def delivery_texts(self, delivery: Delivery) -> str:
        """The same of a webhook."""
        reason, (asked, before, texts) = delivery.reason, self._last_texts
        if asked is not delivery or before is not reason:
            texts = _fold(delivery.body, delivery.url.encode(), (reason or "").encode())
            self._last_texts = delivery, reason, texts
        return texts

    def chat_named(self, delivery: Delivery) -> str | None:
        """The chat that a webhook is about; None where it is about none."""
        directory, chats = self._told.get(delivery, (None, frozenset()))
        if directory is not self._store.gateway.directory:
            directory, chat = self._store.gateway.directory, self._find_chat_told(delivery)
            chats = frozenset() if chat is None else frozenset((chat,))
            self._told[delivery] = directory, chats
        return next(iter(chats), None)

    def _find_chat_told(self, delivery: Delivery) -> str | None:
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
        directory, chats = self._written_chats
        if directory is not self._store.gateway.directory or len(chats) >= WRITTEN_MOST:
            directory, chats = self._store.gateway.directory, {}
            self._written_chats = directory, chats
        chat = chats.get(address)
        if chat is None:
            try:
                chat = self.chat_written(address)
            except Exception:
                chat = address
            # A call may name anything: what is longer than an address is not worth its bytes.
            if directory is self._store.gateway.directory and len(address) <= ADDRESS_MOST:
                chats[address] = chat
        return chat


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
    folded_text, words = fold_text(text), words_written(text)

    def matches(message: Message) -> bool:
        # Most messages do not have it anywhere: only the others are read.
        letters, may_have_others = letters_of(message.content)
        if not (may_have_others if words == NOT_ASCII else words in letters):
            return False
        return any(folded_text in fold_text(each) for each in _words(_document(message.content)))

    return matches


def words_written(text: str) -> str:
    """What is among the letters of every message that has this text, or NOT_ASCII."""
    words = orjson.dumps(fold_text(text))[1:-1]
    return words.decode() if words.isascii() else NOT_ASCII


def letters_of(content: bytes) -> tuple[str, bool]:
    """The ASCII letters and signs of a content, folded; whether it may have any others."""
    if content.isascii():
        return content.decode("ascii").lower(), b"\\u" in content
    return skeleton(content.decode("utf-8", "replace")).decode("ascii"), True


def _finder(text: str) -> Callable[[str], bool]:
    """Whether what `_fold` gives has this text, whichever way its JSON was written."""
    plain = text.casefold()
    json_text = orjson.dumps(plain)[1:-1].decode()
    return lambda texts: plain in texts or json_text in texts


def _fold(*bodies: bytes) -> str:
    """All of them as one text, in small letters."""
    texts = b"\0".join(body for body in bodies if body)
    if b"\\u" not in texts:
        return texts.decode("utf-8", "replace").casefold()
    return "\0".join(_small(body) for body in bodies if body)


def _small(body: bytes) -> str:
    if b"\\u" in body:
        document = _document(body)
        body = body if document is None else orjson.dumps(document)
    return body.decode("utf-8", "replace").casefold()


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
