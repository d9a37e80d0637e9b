"""Whether a bot answers its own messages: what goes on after the last message of a contact. Pure.

How many bubbles a bot sends says nothing: one that has had its say comes to rest, a loop does not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..domain.message import Message
from ..records.delivery import Delivery
from .conversation import ChatTranscript, Inbound

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
