"""Whether a bot answers its own messages: what goes on after the last message of a contact. Pure.

How many bubbles a bot sends says nothing: one that has had its say comes to rest, a loop does not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..domain.message import Message
from ..records.delivery import Delivery
from .transcript import ChatTranscript, Inbound

# More answers than these to each webhook of a contact, or so many times `answers`, are a loop also
# of a bot that nobody has seen going on.
MOST, MOST_TIMES = 20, 3
# Messages of other bots that count: they write as long as they are answered.
BOTS_MOST = 3
# Who is silent for so many times its own pause, or for so many seconds, has come to rest.
PAUSES, REST_MOST = 2.5, 20.0
# Who sends so many times `quiet` after a contact's last message, and is not at rest, goes on.
GOES_ON = 3.0
# The last pauses of a bot: what it paused for while contacts wrote says nothing.
_LAST = 4


@dataclass(frozen=True, slots=True)
class Activity:
    """What a bot sent into a chat beyond all that contacts can have asked for.

    `endless` are the messages that show a loop. `decided_in` are the seconds until one can say
    whether there are any: 0 once it is decided. `since` is how long nobody wrote to the bot.
    """

    endless: Sequence[Message] = ()
    decided_in: float = 0.0
    since: float = 0.0


def activity(
    chat: ChatTranscript,
    *,
    answers: int,
    quiet: float,
    now: float,
    waiting: Collection[Delivery] = (),
) -> Activity:
    """How a bot goes on in a chat after the contacts' last message; `quiet` 0: it is at rest.

    `waiting` are the webhooks that are still on their way to it.
    """
    contacts = [each for each in chat.inbound.values() if not each.from_instance]
    # Another bot answers too: what it sends is not a reason to go on for ever.
    bots = [each for each in chat.inbound.values() if each.from_instance]
    contacts += bots[:BOTS_MOST]
    if not contacts:
        return Activity()
    webhooks = sum(len(each.attempts) or len(each.deliveries) for each in contacts)
    flood = chat.replies[webhooks * flood_of(answers) :]
    if flood:
        return Activity(flood)
    surplus = chat.replies[len(contacts) * answers :]
    if not surplus or not quiet:
        return Activity()
    seconds = _unrest(chat, waiting, quiet=quiet, now=now)
    if not seconds:
        return Activity()
    last_time = _written_at(contacts)
    # A bot that is slow to take webhooks answers soon after each: a loop goes on much later.
    later = [message for message in surplus if message.time > last_time + GOES_ON * quiet]
    return Activity(later, 0.0 if later else seconds, now - last_time)


def flood_of(answers: int) -> int:
    """More answers than these to each webhook of a contact are a loop, where so many are fine."""
    return max(MOST, MOST_TIMES * answers)


def _unrest(
    chat: ChatTranscript, waiting: Collection[Delivery], *, quiet: float, now: float
) -> float:
    """Seconds until the bot has come to rest in the chat; 0 when it has.

    What it sent comes back to it as webhooks: it may answer those that wait, and the last one.
    """
    if any(delivery in waiting for delivery in chat.own_webhooks):
        return quiet
    times = [attempt.time for delivery in chat.own_webhooks for attempt in delivery.attempts]
    last = max((chat.replies[-1].time, *times))
    return max(0.0, last + _rest(chat.replies, quiet) - now)


def _rest(replies: Sequence[Message], quiet: float) -> float:
    """Seconds of silence that show that this bot has had its say."""
    pauses = [after.time - before.time for before, after in pairwise(replies[-_LAST:])]
    return max(quiet, min(REST_MOST, PAUSES * max(pauses, default=0.0)))


def _written_at(contacts: Sequence[Inbound]) -> float:
    """When the bot was given the last webhook of a contact, its copies included."""
    attempt_times = [attempt.time for each in contacts for attempt in each.attempts]
    delivery_times = [delivery.time for each in contacts for delivery in each.deliveries]
    return max((*attempt_times, *delivery_times))


def slow_rest(chats: Sequence[ChatTranscript], *, quiet: float, now: float) -> float:
    """Seconds until a slow bot would have answered its echoes too.

    0 when that time is over, and for faster bots. A bot that works off a queue is not waited for
    once it has passed over an echo and gone on to what came later.
    """
    replies, echoes = _replies_in(chats), _echo_times(chats)
    rest = _thinking_rest(chats, replies, quiet)
    if not rest or not echoes:
        return 0.0
    texts = [each for chat in chats for each in chat.inbound.values() if each.must_be_answered]
    if len(replies) < len(texts) and _has_passed_over(min(echoes), chats, now - rest):
        return 0.0
    return max(0.0, max(echoes[-1], replies[-1].time) + rest - now)


def works_on(chats: Sequence[ChatTranscript], *, quiet: float, now: float) -> float:
    """Seconds in which a slow bot may send its next answer; 0 for others."""
    replies = _replies_in(chats)
    rest = _thinking_rest(chats, replies, quiet)
    return max(0.0, replies[-1].time + rest - now) if rest else 0.0


def _replies_in(chats: Sequence[ChatTranscript]) -> list[Message]:
    replies = (reply for chat in chats for reply in chat.replies)
    return sorted(replies, key=lambda reply: reply.time)


def _thinking_rest(
    chats: Sequence[ChatTranscript], replies: Sequence[Message], quiet: float
) -> float:
    """Seconds of silence after which a slow bot has had its say; 0 for others."""
    rest = min(REST_MOST, PAUSES * _thinking_time(chats, replies))
    return rest if quiet and rest > quiet else 0.0


def _thinking_time(chats: Sequence[ChatTranscript], replies: Sequence[Message]) -> float:
    """The longest of its last pauses while it had something to do, or thought so.

    A pause begins with its message before, or with what a contact wrote since.
    """
    attempt_times = [
        attempt.time
        for chat in chats
        for each in chat.inbound.values()
        for attempt in each.attempts
    ]
    pauses = []
    replies = replies[-_LAST - 1 :]
    for number, reply in enumerate(replies):
        begin = max((time for time in attempt_times if time <= reply.time), default=reply.time)
        pauses.append(reply.time - max(begin, replies[number - 1].time if number else begin))
    return max(pauses[-_LAST:], default=0.0)


def _echo_times(chats: Sequence[ChatTranscript]) -> list[float]:
    """When it was given its own messages, or what the owner sent by phone, in order."""
    return sorted(
        attempt.time
        for chat in chats
        for delivery in chat.own_webhooks
        if delivery.state == "delivered" and not delivery.event.startswith("ack-")
        for attempt in delivery.attempts
    )


def _has_passed_over(echo: float, chats: Sequence[ChatTranscript], before: float) -> bool:
    """Whether it took this echo before this time, and has answered what surely came later."""
    return echo < before and any(_is_answered_after(chat, echo) for chat in chats)


def _is_answered_after(chat: ChatTranscript, echo: float) -> bool:
    """Whether a message that came after this echo is answered for certain."""
    order = sorted(chat.inbound.values(), key=lambda each: each.first_attempt)
    later = [each for each in order if each.first_attempt > echo]
    if later and len(later) == len(order) and chat.replies:
        return True
    return any(each.is_answer_certain for each in later)
