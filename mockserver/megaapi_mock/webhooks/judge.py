"""Judging a receiver, from what was delivered to it and what it sent back: pure, over data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Any

import orjson

from ..domain.message import Message, content_key, unwrapped
from .delivery import Attempt, Delivery
from .verdict import FAILED, OPEN, PASSED, Check, Verdict

# What a bot must answer if it answers anything; of the rest it may leave out what it likes.
TEXTS = frozenset({"conversation", "extendedTextMessage"})


@dataclass(slots=True, eq=False)
class _Inbound:
    """One message of a contact, however often it was delivered, and what answered it."""

    id: str
    must: bool
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    quoted: bool = False

    @property
    def given(self) -> bool:
        """Whether the receiver said at least once that it has it."""
        return any(delivery.state == "delivered" for delivery in self.deliveries)

    @property
    def attempts(self) -> list[Attempt]:
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
class _Chat:
    """What was told in one chat, and what was said back."""

    name: str
    inbound: dict[str, _Inbound] = field(default_factory=dict)
    echoes: set[str] = field(default_factory=set)
    replies: list[Message] = field(default_factory=list)
    # Answers beyond one for each message, and those of them that answered an own message.
    surplus: list[Message] = field(default_factory=list)
    looped: list[Message] = field(default_factory=list)


def judge(
    deliveries: Sequence[Delivery],
    messages: Iterable[Message],
    *,
    instance: str,
    now: float,
    within: float = 5.0,
    held: Collection[Delivery] = (),
) -> Verdict:
    """How a receiver did with these deliveries; `messages` are all the instance knows.

    What the instance itself sent into a chat from the first delivery on counts as an answer:
    to the message it quotes, else by its place among the others. `held` has not left yet and is
    not judged; what else is unfinished has failed once it is `within` seconds old.
    """
    tried = [delivery for delivery in deliveries if delivery.state not in _NEVER_TRIED]
    waiting = [each for each in tried if each.state == "queued" and each not in set(held)]
    ended = [delivery for delivery in tried if delivery.state != "queued"]
    # An answer to what has not come to its end yet proves nothing.
    chats = _chats(tried, list(messages)) if ended else []
    # Why the mock itself sent nothing: what its policy refused names the switch.
    unsent = next((each.reason for each in deliveries if each.state == "refused"), None)
    checks = (
        _in_time(ended, waiting, now=now, within=within, unsent=unsent),
        _up(ended),
        _once(chats, instance),
        _no_loop(chats),
        _in_order(chats, _plain_order(deliveries)),
    )
    return Verdict(instance, checks, _figures(deliveries, ended, waiting, chats))


# No socket was opened for these, or the mock itself cut it.
_NEVER_TRIED = frozenset({"refused", "dropped", "abandoned"})


def _in_time(
    ended: Sequence[Delivery],
    waiting: Sequence[Delivery],
    *,
    now: float,
    within: float,
    unsent: str | None,
) -> Check:
    name = "answered_in_time"
    late = [each for each in ended if not _answered(each, within)]
    overdue = [each for each in waiting if now - each.time > within]
    if late or overdue:
        told = f"{len(late) + len(overdue)} webhooks had no 2xx within {within:g} s"
        return Check(name, FAILED, told, tuple(each.id for each in (*late, *overdue)))
    if not ended:
        return Check(name, OPEN, unsent or "nothing was delivered yet")
    return Check(name, PASSED, f"{len(ended)} webhooks had a 2xx within {within:g} s")


def _answered(delivery: Delivery, within: float) -> bool:
    return delivery.state == "delivered" and delivery.attempts[-1].duration_ms <= within * 1000


def _up(ended: Sequence[Delivery]) -> Check:
    name = "stayed_up"
    if not ended:
        return Check(name, OPEN, "nothing was delivered yet")
    down = [
        each.id
        for each in ended
        if any(attempt.error and not _timed_out(attempt.error) for attempt in each.attempts)
    ]
    last = max((attempt for each in ended for attempt in each.attempts), key=lambda try_: try_.time)
    if down:
        alive = "answers again" if last.status is not None else "is down"
        told = f"{len(down)} connections were refused, reset or cut; at the end it {alive}"
        return Check(name, FAILED, told, tuple(down))
    if last.status is None:
        return Check(name, FAILED, f"no answer at the end: {last.error}", (ended[-1].id,))
    return Check(name, PASSED, "no connection was refused, reset or cut, and it answers at the end")


def _timed_out(error: str) -> bool:
    # The transport's words; how long it takes is the other check's business.
    return " within " in error


def _once(chats: Sequence[_Chat], instance: str) -> Check:
    name = "answered_once"
    if not any(chat.replies for chat in chats):
        return Check(name, OPEN, f"it answered nothing at all through {instance}")
    spoken = [chat for chat in chats if chat.inbound]
    twice = [each.id for chat in spoken for each in chat.inbound.values() if len(each.answers) > 1]
    surplus = [message.id for chat in spoken for message in chat.surplus]
    never = [each.id for chat in spoken for each in _expected(chat) if not each.answers]
    if twice or surplus or never:
        told = (
            f"{len(twice)} messages answered more than once, {len(surplus)} answers beyond one"
            f" for each message, {len(never)} messages never answered"
        )
        return Check(name, FAILED, told, (*twice, *surplus, *never))
    count = sum(bool(each.answers) for chat in spoken for each in chat.inbound.values())
    return Check(name, PASSED, f"{count} messages answered, each exactly once")


def _expected(chat: _Chat) -> list[_Inbound]:
    """What this chat's messages demand of a bot that answers; a group may be left alone whole."""
    if chat.name.endswith("@g.us") and not chat.replies:
        return []
    return [each for each in chat.inbound.values() if each.must and each.given]


def _no_loop(chats: Sequence[_Chat]) -> Check:
    name = "ignored_its_echo"
    if not any(chat.echoes for chat in chats):
        return Check(name, OPEN, "no own message was echoed")
    looped = list(dict.fromkeys(each.id for chat in chats for each in chat.looped))
    if looped:
        return Check(name, FAILED, f"{len(looped)} answers to own messages: a loop", tuple(looped))
    return Check(name, PASSED, "no own message was answered")


def _in_order(chats: Sequence[_Chat], plain: Mapping[Delivery, int]) -> Check:
    """Of two messages the receiver certainly had in this order, the first is answered first."""
    name = "answered_in_order"
    known, wrong = 0, []
    for chat in chats:
        answered = [each for each in chat.inbound.values() if each.answers]
        pairs, late = _out_of_order(answered, plain)
        known += pairs
        wrong += late
    if wrong:
        told = f"{len(wrong)} messages were overtaken by answers to later ones"
        return Check(name, FAILED, told, tuple(wrong))
    if not known:
        return Check(name, OPEN, "no chat has two answered messages whose order is known")
    return Check(name, PASSED, "in every chat the answers follow the order of the messages")


def _out_of_order(
    answered: Sequence[_Inbound], plain: Mapping[Delivery, int]
) -> tuple[int, list[str]]:
    """How many messages have a known predecessor, and the ids of those answered too late."""
    by_had = sorted(answered, key=lambda each: each.had)
    known, wrong, taken, latest = 0, set(), 0, (-1, "")
    for each in sorted(answered, key=lambda each: each.begun):
        while taken < len(by_had) and by_had[taken].had <= each.begun:
            latest = max(latest, (by_had[taken].answers[0].arrival, by_had[taken].id))
            taken += 1
        if taken:
            known += 1
            if latest[0] > each.answers[0].arrival:
                wrong.add(latest[1])
    # While the clock stands still the times say nothing; the line of the untouched still does.
    line = [each for each in answered if all(found in plain for found in each.deliveries)]
    line.sort(key=lambda each: plain[each.deliveries[0]])
    for before, after in pairwise(line):
        known += 1
        if before.answers[0].arrival > after.answers[0].arrival:
            wrong.add(before.id)
    return known, sorted(wrong)


def _plain_order(deliveries: Sequence[Delivery]) -> dict[Delivery, int]:
    """The untormented to the first URL: they leave in the order they were recorded."""
    return {
        delivery: number
        for number, delivery in enumerate(deliveries)
        if delivery.torment is None and delivery.lane == delivery.instance
    }


def _chats(deliveries: Sequence[Delivery], messages: list[Message]) -> list[_Chat]:
    chats: dict[str, _Chat] = {}
    own = {message.id for message in messages if message.from_me}
    foreign: dict[str, set[str]] = {}
    for delivery in deliveries:
        payload = orjson.loads(delivery.body)
        key = payload.get("key") if isinstance(payload, dict) else None
        content = payload.get("message") if isinstance(payload, dict) else None
        if not isinstance(key, dict) or not isinstance(content, dict) or "update" in payload:
            continue
        name, message_id = _address(key), str(key.get("id"))
        chat = chats.setdefault(name, _Chat(name))
        if key.get("fromMe"):
            chat.echoes.add(message_id)
            if message_id not in own:
                foreign.setdefault(name, set()).add(message_id)
            continue
        must = _is_text(content) and name.endswith(("@s.whatsapp.net", "@g.us", "@lid"))
        chat.inbound.setdefault(message_id, _Inbound(message_id, must)).deliveries.append(delivery)
    _collect(chats, deliveries, messages)
    for chat in chats.values():
        _attribute(chat, own, foreign.get(chat.name, set()))
    return list(chats.values())


def _is_text(content: Mapping[str, Any]) -> bool:
    return content_key(unwrapped(content)) in TEXTS


def _address(key: Mapping[str, Any]) -> str:
    """The chat by its number where the key tells both."""
    jid = str(key.get("remoteJid"))
    return str(key.get("senderPn") or jid) if jid.endswith("@lid") else jid


def _collect(
    chats: Mapping[str, _Chat], deliveries: Sequence[Delivery], messages: list[Message]
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


def _attribute(chat: _Chat, own: set[str], foreign: set[str]) -> None:
    """Each reply to the message it quotes, else to the next one nobody quotes."""
    free = []
    for reply in chat.replies:
        quoted = _quoted(reply)
        if quoted in chat.inbound:
            chat.inbound[quoted].answers.append(reply)
            chat.inbound[quoted].quoted = True
        elif quoted in own or quoted in foreign:
            chat.looped.append(reply)
        else:
            free.append(reply)
    order = sorted(chat.inbound.values(), key=lambda each: each.begun)
    open_ = [each for each in order if not each.quoted]
    expected = [each for each in open_ if each.must and each.given]
    # What need not be answered has no claim while there are no more answers than demanded.
    for each in expected if len(free) <= len(expected) else open_:
        if free:
            each.answers.append(free.pop(0))
    chat.surplus = free
    # More answers than webhooks with something to answer: the rest answered own messages. In a
    # chat where nobody wrote, an answer can only be one to what the phone sent.
    times = sum(len(each.attempts) or len(each.deliveries) for each in chat.inbound.values())
    if chat.inbound and chat.echoes:
        chat.looped += chat.replies[times:]
    elif not chat.inbound and foreign:
        chat.looped += chat.replies


def _quoted(message: Message) -> str | None:
    content = orjson.loads(message.content)
    part = content.get(content_key(content) or "")
    context = part.get("contextInfo") if isinstance(part, dict) else None
    return context.get("stanzaId") if isinstance(context, dict) else None


def _figures(
    deliveries: Sequence[Delivery],
    ended: Sequence[Delivery],
    waiting: Sequence[Delivery],
    chats: Sequence[_Chat],
) -> dict[str, float]:
    taken = sorted(attempt.duration_ms for each in ended for attempt in each.attempts)
    return {
        "deliveries": len(deliveries),
        "copies": sum(" of " in str(each.torment) for each in deliveries),
        "dropped": sum(each.state == "dropped" for each in deliveries),
        "unfinished": len(waiting),
        "inbound": sum(len(chat.inbound) for chat in chats),
        "answers": sum(len(chat.replies) for chat in chats),
        "median_ms": taken[len(taken) // 2] if taken else 0.0,
        "slowest_ms": taken[-1] if taken else 0.0,
    }
