"""What a receiver got in each chat, and which of its messages answer which. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Any

import orjson

from ..domain.content import TEXTS
from ..domain.jid import Jid
from ..domain.message import Message, content_key, unwrap
from ..records.delivery import Attempt, Delivery

# A number such as an order's: who repeats it speaks of that message. Shorter ones occur by chance.
NAMING = re.compile(r"\d{4,}")

ChatOf = Callable[[str], str]


@dataclass(slots=True, eq=False)
class Inbound:
    """One message of a contact, however often it was delivered, and what answered it.

    `text` is "" where it is not a text. `is_answer_certain`: an answer quotes it, or repeats a
    number of it; otherwise only the order of the messages tells which answer is meant.
    `from_instance`: another instance of the mock sent it, maybe a bot of its own.
    """

    id: str
    must_be_answered: bool
    text: str
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    is_answer_certain: bool = False
    from_instance: bool = False
    # Its place among all messages of the instance; None where the instance does not know it.
    arrival: int | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the receiver accepted it at least once."""
        return any(delivery.state == "delivered" for delivery in self.deliveries)

    @property
    def attempts(self) -> list[Attempt]:
        """Every attempt to deliver it."""
        return [attempt for delivery in self.deliveries for attempt in delivery.attempts]

    @property
    def first_attempt(self) -> float:
        """The receiver cannot have had it before this time."""
        # An attempt under way is not recorded yet.
        open_ = [each.time for each in self.deliveries if each.state == "queued"]
        return min((*open_, *(attempt.time for attempt in self.attempts)), default=inf)

    @property
    def received_at(self) -> float:
        """The receiver certainly had it from this time on."""
        delivery_times = [
            attempt.time + attempt.duration_ms / 1000
            for delivery in self.deliveries
            if delivery.state == "delivered"
            for attempt in delivery.attempts
        ]
        return min(delivery_times, default=inf)


@dataclass(slots=True)
class ChatTranscript:
    """What was told in one chat, and what was said back.

    `own_webhooks`: echoes of the instance's messages, and what became of them.
    `unattributed_replies` neither quote nor name a message, `loop_answers` answer own messages.
    """

    name: str
    inbound: dict[str, Inbound] = field(default_factory=dict)
    own_webhooks: list[Delivery] = field(default_factory=list)
    has_delivery: bool = False
    replies: list[Message] = field(default_factory=list)
    unattributed_replies: list[Message] = field(default_factory=list)
    loop_answers: list[Message] = field(default_factory=list)


def chats_of(
    deliveries: Sequence[Delivery],
    messages: list[Message],
    chat_of: ChatOf = str,
    from_instances: Collection[str] = (),
    *,
    burst: float = 20.0,
) -> list[ChatTranscript]:
    """Every chat of these deliveries, with what the instance wrote there since it got a message.

    `chat_of` tells which chat an address leads to: webhooks name a person met by LID by that.
    `from_instances`: the ids of what other instances sent. `burst`: as in Terms.
    """
    chats: dict[str, ChatTranscript] = {}
    own = {message.id for message in messages if message.from_me}
    foreign: dict[str, set[str]] = {}
    start = inf  # when the receiver was first given something that it can have answered
    for delivery in deliveries:
        if (message := _message_in(delivery)) is None:
            continue
        key, content = message
        name, message_id = chat_of(_address(key)), str(key.get("id"))
        if message_id not in own:
            start = min(start, delivery.time)
        chat = chats.setdefault(name, ChatTranscript(name))
        if key.get("fromMe"):
            chat.has_delivery |= delivery.state == "delivered"
            if message_id not in own:
                foreign.setdefault(name, set()).add(message_id)
            continue
        if message_id not in chat.inbound:
            chat.inbound[message_id] = _inbound_message(name, message_id, content, from_instances)
        chat.inbound[message_id].deliveries.append(delivery)
    if start == inf and deliveries:
        start = deliveries[0].time  # nobody wrote: whatever was sent may be part of a loop
    _collect_replies(chats, start, messages)
    _note_own_webhooks(chats, deliveries, chat_of)
    for chat in chats.values():
        _attribute_replies(chat, own, foreign.get(chat.name, set()), burst)
    return list(chats.values())


def _note_own_webhooks(
    chats: Mapping[str, ChatTranscript], deliveries: Sequence[Delivery], chat_of: ChatOf
) -> None:
    for delivery, address in map(_own_message_of, deliveries):
        if address is not None and (about := chats.get(chat_of(address))) is not None:
            about.own_webhooks.append(delivery)


def _own_message_of(delivery: Delivery) -> tuple[Delivery, str | None]:
    """The webhook, and the chat it is about where that is an echo or a receipt."""
    payload = orjson.loads(delivery.body)
    key = payload.get("key") if isinstance(payload, dict) else None
    is_own = isinstance(key, dict) and bool(key.get("fromMe"))
    return delivery, _address(key) if isinstance(key, dict) and is_own else None


def _message_in(delivery: Delivery) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Key and content of the message that a webhook brings; None for other webhooks."""
    payload = orjson.loads(delivery.body)
    key = payload.get("key") if isinstance(payload, dict) else None
    content = payload.get("message") if isinstance(payload, dict) else None
    if not isinstance(key, dict) or not isinstance(content, dict) or "update" in payload:
        return None
    return key, content


def in_chats(delivery: Delivery, names: Collection[str], chat_of: ChatOf = str) -> bool:
    """Whether it is about one of these chats, or about no chat at all, as connection events are."""
    payload = orjson.loads(delivery.body)
    key = payload.get("key") if isinstance(payload, dict) else None
    if not isinstance(key, dict):
        return True
    addresses = {_address(key), str(key.get("remoteJid"))}
    return not {*addresses, *map(chat_of, addresses)}.isdisjoint({*names, *map(chat_of, names)})


def _inbound_message(
    name: str, message_id: str, content: Mapping[str, Any], from_instances: Collection[str]
) -> Inbound:
    plain = unwrap(content)
    # A bot must answer texts if it answers anything; of the rest it may leave out what it likes.
    is_text = content_key(plain) in TEXTS
    chat = Jid.verbatim(name)
    must = is_text and (chat.person or chat.group or chat.lid)
    is_foreign = message_id in from_instances
    return Inbound(message_id, must, _text(plain), from_instance=is_foreign)


def _text(content: Mapping[str, Any]) -> str:
    part = content.get(content_key(content) or "")
    text = part.get("text") if isinstance(part, dict) else part
    return text if isinstance(text, str) else ""


def _address(key: Mapping[str, Any]) -> str:
    """The chat by its number where the key tells both."""
    jid = str(key.get("remoteJid"))
    return str(key.get("senderPn") or jid) if Jid.verbatim(jid).lid else jid


def _collect_replies(
    chats: Mapping[str, ChatTranscript], start: float, messages: list[Message]
) -> None:
    """Give each chat what the instance itself wrote there after the first message it was told of.

    What it wrote before answers none of them, though its echo may be delivered beside them.
    """
    message_ids = {message_id for chat in chats.values() for message_id in chat.inbound}
    arrivals = {message.id: message.arrival for message in messages if message.id in message_ids}
    for chat in chats.values():
        for each in chat.inbound.values():
            each.arrival = arrivals.get(each.id)
    # What was emitted without a message behind it is only known by its time.
    first = min(arrivals.values()) if arrivals and len(arrivals) == len(message_ids) else None
    for message in messages:
        later = message.arrival > first if first is not None else message.time >= start
        if message.from_me and later and message.chat in chats:
            chats[message.chat].replies.append(message)
    for chat in chats.values():
        chat.replies.sort(key=lambda message: message.arrival)


def _attribute_replies(
    chat: ChatTranscript, own: set[str], foreign: set[str], burst: float
) -> None:
    """Each reply to the message it quotes, else to the one it names, else to the next one left."""
    free = []
    for reply in chat.replies:
        quoted_id = _quoted_id(reply)
        if quoted_id in chat.inbound:
            chat.inbound[quoted_id].answers.append(reply)
            chat.inbound[quoted_id].is_answer_certain = True
        elif quoted_id in own or quoted_id in foreign:
            chat.loop_answers.append(reply)
        else:
            free.append(reply)
    chat.unattributed_replies = _attribute_by_number(chat, free, burst)
    # In a chat where nobody wrote, an answer can only be one to what the phone sent.
    if not chat.inbound and foreign:
        chat.loop_answers += chat.replies


def _attribute_by_number(chat: ChatTranscript, free: list[Message], burst: float) -> list[Message]:
    """Give each message the first reply that repeats a number only it has; returns the others."""
    numbers = {each.id: set(NAMING.findall(each.text)) for each in chat.inbound.values()}
    common = Counter(number for own_numbers in numbers.values() for number in own_numbers)
    owner = {
        number: chat.inbound[message_id]
        for message_id, own_numbers in numbers.items()
        for number in own_numbers
        if common[number] == 1
    }
    nameless_replies, named_replies = [], []
    for reply in free:
        owners = {owner[number] for number in NAMING.findall(reply_text(reply)) if number in owner}
        message = owners.pop() if len(owners) == 1 else None
        if message is None:
            nameless_replies.append(reply)
        elif message.answers:
            named_replies.append((message, reply))
        else:
            message.answers.append(reply)
            message.is_answer_certain = True
    rest = _attribute_to_unanswered(chat, nameless_replies, burst)
    # A second bubble repeats the number too; where others lack an answer it may be theirs.
    for message, reply in named_replies:
        if not _attribute_to_first(
            reply, [each for each in _answerable_messages(chat) if not each.answers]
        ):
            message.answers.append(reply)
    _attribute_to_fewest_answers(chat, rest)
    return [*nameless_replies, *(reply for _, reply in named_replies)]


def _attribute_to_unanswered(
    chat: ChatTranscript, free: Sequence[Message], burst: float
) -> list[Message]:
    """Each reply that names nothing to a message without an answer; returns the others.

    To the burst it follows, if that has none yet; else to an earlier burst without any, whose
    answer may have come late; else to the burst it follows again, and then to whatever is left.
    """
    # Where every message wants its own answer, the place among all of them tells which it is.
    bursts = bursts_of(chat, burst or inf)
    return [
        reply
        for reply in free
        if not _attribute_to_first(reply, _unanswered_messages(chat, reply, bursts))
    ]


def _unanswered_messages(
    chat: ChatTranscript, reply: Message, bursts: Sequence[Sequence[Inbound]]
) -> list[Inbound]:
    """The messages without an answer of the burst that this reply is most probably meant for."""
    unanswered = [each for each in _answerable_messages(chat) if not each.answers]
    before = [group for group in bursts if group[0].first_attempt <= reply.time]
    silent = [group for group in before if not any(each.answers for each in group)]
    candidates = [*before[-1:], *silent, *before[-1:]]
    if before and before[-1] not in silent:
        candidates = candidates[1:]
    ids = {each.id for each in unanswered}
    for group in candidates:
        if open_messages := [each for each in group if each.id in ids]:
            return open_messages
    return unanswered


def bursts_of(chat: ChatTranscript, seconds: float) -> list[list[Inbound]]:
    """The messages of a chat in the order they came, parted where nobody wrote for so long."""
    order = sorted(chat.inbound.values(), key=lambda each: each.first_attempt)
    bursts: list[list[Inbound]] = [order[:1]] if order else []
    for before, after in pairwise(order):
        if after.first_attempt - before.first_attempt < seconds:
            bursts[-1].append(after)
        else:
            bursts.append([after])
    return bursts


def _attribute_to_fewest_answers(chat: ChatTranscript, free: Sequence[Message]) -> None:
    """Each of these replies to the message with the fewest answers.

    So several bubbles for each message are spread over the messages as they were meant.
    """
    for reply in free:
        asking = _answerable_messages(chat)
        fewest = min((len(each.answers) for each in asking), default=0)
        _attribute_to_first(reply, [each for each in asking if len(each.answers) == fewest])


def _answerable_messages(chat: ChatTranscript) -> list[Inbound]:
    """The messages an answer may be meant for: those that must have one, else all, in order."""
    order = sorted(chat.inbound.values(), key=lambda each: each.first_attempt)
    expected = [each for each in order if each.must_be_answered and each.is_accepted]
    return [each for each in expected if not each.answers] or order


def _attribute_to_first(reply: Message, messages: Sequence[Inbound]) -> bool:
    """Add the reply to the first of these messages that came before it, else to the first."""
    before = [each for each in messages if each.first_attempt <= reply.time]
    for each in [*before, *messages][:1]:
        each.answers.append(reply)
    return bool(messages)


def reply_text(message: Message) -> str:
    """What a message says, "" where it is no text."""
    return _text(orjson.loads(message.content))


def _quoted_id(message: Message) -> str | None:
    content = orjson.loads(message.content)
    part = content.get(content_key(content) or "")
    context = part.get("contextInfo") if isinstance(part, dict) else None
    return context.get("stanzaId") if isinstance(context, dict) else None
