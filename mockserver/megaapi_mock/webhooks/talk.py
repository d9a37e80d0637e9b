"""What was told a receiver in each chat, and which of its messages answer what: pure, over data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import orjson

from ..domain.message import Message, content_key, unwrapped
from .delivery import Attempt, Delivery

# What a bot must answer if it answers anything; of the rest it may leave out what it likes.
TEXTS = frozenset({"conversation", "extendedTextMessage"})
# A number such as an order's: who repeats it speaks of that message. Shorter ones occur by chance.
NAMING = re.compile(r"\d{4,}")


@dataclass(slots=True, eq=False)
class Inbound:
    """One message of a contact, however often it was delivered, and what answered it.

    `text` is "" for what is no text. `sure`: an answer quotes it, or repeats a number of it; else
    its answer is only told by the place among the others.
    """

    id: str
    must: bool
    text: str
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    sure: bool = False

    @property
    def given(self) -> bool:
        """Whether the receiver said at least once that it has it."""
        return any(delivery.state == "delivered" for delivery in self.deliveries)

    @property
    def attempts(self) -> list[Attempt]:
        """Every try to deliver it."""
        return [attempt for delivery in self.deliveries for attempt in delivery.attempts]

    @property
    def begun(self) -> float:
        """Before this the receiver cannot have had it."""
        # An attempt under way is not recorded yet.
        open_ = [each.time for each in self.deliveries if each.state == "queued"]
        return min((*open_, *(attempt.time for attempt in self.attempts)), default=inf)

    @property
    def had(self) -> float:
        """From here on the receiver certainly had it."""
        ended = [
            attempt.time + attempt.duration_ms / 1000
            for delivery in self.deliveries
            if delivery.state == "delivered"
            for attempt in delivery.attempts
        ]
        return min(ended, default=inf)


@dataclass(slots=True)
class Chat:
    """What was told in one chat, and what was said back.

    `heard`: the receiver has taken an own message of the instance. `surplus` are the answers
    beyond one for each message, `looped` those to own messages.
    """

    name: str
    inbound: dict[str, Inbound] = field(default_factory=dict)
    echoes: set[str] = field(default_factory=set)
    heard: bool = False
    replies: list[Message] = field(default_factory=list)
    surplus: list[Message] = field(default_factory=list)
    looped: list[Message] = field(default_factory=list)


def chats_of(deliveries: Sequence[Delivery], messages: list[Message]) -> list[Chat]:
    """Every chat of these deliveries, with what the instance itself wrote there since the first."""
    chats: dict[str, Chat] = {}
    own = {message.id for message in messages if message.from_me}
    foreign: dict[str, set[str]] = {}
    for delivery in deliveries:
        payload = orjson.loads(delivery.body)
        key = payload.get("key") if isinstance(payload, dict) else None
        content = payload.get("message") if isinstance(payload, dict) else None
        if not isinstance(key, dict) or not isinstance(content, dict) or "update" in payload:
            continue
        name, message_id = _address(key), str(key.get("id"))
        chat = chats.setdefault(name, Chat(name))
        if key.get("fromMe"):
            chat.echoes.add(message_id)
            chat.heard |= delivery.state == "delivered"
            if message_id not in own:
                foreign.setdefault(name, set()).add(message_id)
            continue
        if message_id not in chat.inbound:
            chat.inbound[message_id] = _inbound(name, message_id, content)
        chat.inbound[message_id].deliveries.append(delivery)
    _collect(chats, deliveries, messages)
    for chat in chats.values():
        _attribute(chat, own, foreign.get(chat.name, set()))
    return list(chats.values())


def in_chats(delivery: Delivery, names: Collection[str]) -> bool:
    """Whether it is about one of these chats."""
    payload = orjson.loads(delivery.body)
    key = payload.get("key") if isinstance(payload, dict) else None
    return isinstance(key, dict) and bool({_address(key), key.get("remoteJid")} & set(names))


def _inbound(name: str, message_id: str, content: Mapping[str, Any]) -> Inbound:
    plain = unwrapped(content)
    is_text = content_key(plain) in TEXTS
    must = is_text and name.endswith(("@s.whatsapp.net", "@g.us", "@lid"))
    return Inbound(message_id, must, _text(plain))


def _text(content: Mapping[str, Any]) -> str:
    part = content.get(content_key(content) or "")
    text = part.get("text") if isinstance(part, dict) else part
    return text if isinstance(text, str) else ""


def _address(key: Mapping[str, Any]) -> str:
    """The chat by its number where the key tells both."""
    jid = str(key.get("remoteJid"))
    return str(key.get("senderPn") or jid) if jid.endswith("@lid") else jid


def _collect(
    chats: Mapping[str, Chat], deliveries: Sequence[Delivery], messages: list[Message]
) -> None:
    """Give each chat what the instance itself wrote there since the first delivery."""
    told = {message_id for chat in chats.values() for message_id in chat.inbound}
    known = {found.id: found.arrival for found in messages if found.id in told}
    # What was emitted without a message behind it is only known by its time.
    first = min(known.values()) if known and len(known) == len(told) else None
    start = deliveries[0].time if deliveries else 0.0
    for message in messages:
        later = message.arrival > first if first is not None else message.time >= start
        if message.from_me and later and message.chat in chats:
            chats[message.chat].replies.append(message)
    for chat in chats.values():
        chat.replies.sort(key=lambda message: message.arrival)


def _attribute(chat: Chat, own: set[str], foreign: set[str]) -> None:
    """Each reply to the message it quotes, else to the one it names, else to the next one left."""
    free = []
    for reply in chat.replies:
        quoted = _quoted(reply)
        if quoted in chat.inbound:
            chat.inbound[quoted].answers.append(reply)
            chat.inbound[quoted].sure = True
        elif quoted in own or quoted in foreign:
            chat.looped.append(reply)
        else:
            free.append(reply)
    chat.surplus = _by_place(chat, _by_name(chat, free))
    # More answers than webhooks with something to answer: the rest answered own messages. In a
    # chat where nobody wrote, an answer can only be one to what the phone sent.
    times = sum(len(each.attempts) or len(each.deliveries) for each in chat.inbound.values())
    if chat.inbound and chat.echoes:
        chat.looped += chat.replies[times:]
    elif not chat.inbound and foreign:
        chat.looped += chat.replies


def _by_name(chat: Chat, free: list[Message]) -> list[Message]:
    """Give each message the first reply that repeats a number of it alone; what is left."""
    numbers = {each.id: set(NAMING.findall(each.text)) for each in chat.inbound.values()}
    common = Counter(number for found in numbers.values() for number in found)
    owner = {
        number: chat.inbound[message_id]
        for message_id, found in numbers.items()
        for number in found
        if common[number] == 1
    }
    left = []
    for reply in free:
        meant = {owner[number] for number in NAMING.findall(_reply_text(reply)) if number in owner}
        named = meant.pop() if len(meant) == 1 else None
        if named is None or named.answers:
            left.append(reply)
            continue
        named.answers.append(reply)
        named.sure = True
    return left


def _by_place(chat: Chat, free: list[Message]) -> list[Message]:
    """Give the messages nobody quotes or names a reply each, in order; what is left."""
    order = sorted(chat.inbound.values(), key=lambda each: each.begun)
    open_ = [each for each in order if not each.answers]
    expected = [each for each in open_ if each.must and each.given]
    # What need not be answered has no claim while there are no more answers than demanded.
    for each in expected if len(free) <= len(expected) else open_:
        if free:
            each.answers.append(free.pop(0))
    return free


def _reply_text(message: Message) -> str:
    return _text(orjson.loads(message.content))


def _quoted(message: Message) -> str | None:
    content = orjson.loads(message.content)
    part = content.get(content_key(content) or "")
    context = part.get("contextInfo") if isinstance(part, dict) else None
    return context.get("stanzaId") if isinstance(context, dict) else None
