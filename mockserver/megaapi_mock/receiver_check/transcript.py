"""What was told and said in a chat, and how a text names a message. Plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Any

import orjson

from ..domain.message import Message, content_key
from ..records.delivery import Attempt, Delivery

# A number such as an order's: who repeats it speaks of that message. Shorter ones occur by chance.
NAMING = re.compile(r"\d{4,}")


@dataclass(slots=True, eq=False)
class Inbound:
    """One message of a contact, however often it was delivered, and what answered it.

    `text` is "" where it is not text. `is_answer_certain`: an answer quotes it, or repeats a
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
    # The chat of whoever wrote it: in groups another one than its own.
    author: str = ""
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
    `phone_ids`: what the owner sent by phone. `misdirected`: what was meant for another chat.
    `unattributed_replies` neither quote nor name a message, `loop_answers` answer own messages.
    """

    name: str
    inbound: dict[str, Inbound] = field(default_factory=dict)
    own_webhooks: list[Delivery] = field(default_factory=list)
    phone_ids: set[str] = field(default_factory=set)
    has_delivery: bool = False
    replies: list[Message] = field(default_factory=list)
    unattributed_replies: list[Message] = field(default_factory=list)
    loop_answers: list[Message] = field(default_factory=list)
    misdirected: list[Misdirected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Misdirected:
    """A message of a bot about a message of the chat `meant_for`, sent into another one."""

    id: str
    meant_for: str


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


def text_of(content: Mapping[str, Any]) -> str:
    part = content.get(content_key(content) or "")
    text = part.get("text") if isinstance(part, dict) else part
    return text if isinstance(text, str) else ""


def reply_text(message: Message) -> str:
    """What a message says, "" where it is not text."""
    return text_of(orjson.loads(message.content))


def quoted_id(message: Message) -> str | None:
    content = orjson.loads(message.content)
    part = content.get(content_key(content) or "")
    context = part.get("contextInfo") if isinstance(part, dict) else None
    return context.get("stanzaId") if isinstance(context, dict) else None
