"""What a receiver got in each chat, and which of its messages answer which. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf
from typing import Any

import orjson

from ..domain.content import TEXTS
from ..domain.jid import Jid
from ..domain.message import Message, content_key, unwrap
from ..records.delivery import Delivery
from .attribution import attribute_replies
from .transcript import ChatTranscript, Inbound, text_of
from .wrong_chats import set_aside

ChatOf = Callable[[str], str]


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
                chat.phone_ids.add(message_id)
            continue
        if message_id not in chat.inbound:
            author = chat_of(str(key.get("participant") or name))
            is_foreign = message_id in from_instances
            inbound = _inbound_message(name, message_id, content, author, is_foreign=is_foreign)
            chat.inbound[message_id] = inbound
        chat.inbound[message_id].deliveries.append(delivery)
    if start == inf and deliveries:
        start = deliveries[0].time  # nobody wrote: whatever was sent may be part of a loop
    _collect_replies(chats, start, messages)
    _note_own_webhooks(chats, deliveries, chat_of)
    return _with_answers([*chats.values()], own, burst)


def _with_answers(chats: list[ChatTranscript], own: set[str], burst: float) -> list[ChatTranscript]:
    set_aside(chats, burst=burst)
    for chat in chats:
        attribute_replies(chat, own, burst)
    return chats


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
    name: str, message_id: str, content: Mapping[str, Any], author: str, *, is_foreign: bool
) -> Inbound:
    plain = unwrap(content)
    # A bot must answer texts if it answers anything; of the rest it may leave out what it likes.
    is_text = content_key(plain) in TEXTS
    chat = Jid.verbatim(name)
    must = is_text and (chat.person or chat.group or chat.lid)
    return Inbound(message_id, must, text_of(plain), from_instance=is_foreign, author=author)


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
