"""Whether a bot writes again and again of its own accord, as a reminder that never ends: pure.

One reminder, or a few, is no mistake. So whoever has sent one is watched for longer than its pause:
the bot is innocent once a next one does not come.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ..domain.message import Message
from .loops import PAUSES, REST_MOST, Activity
from .transcript import ChatTranscript

# More of these to one person, at even distances, do not end.
REMINDERS_MOST = 5
# How even: the longest pause in shortest ones.
EVEN = 1.5
# A message that comes so many times later than answers usually do is none.
LATER = 2.0


def reminders(chats: Sequence[ChatTranscript], *, quiet: float, now: float) -> Activity:
    """What a bot sent though nobody had written for long; `quiet` 0: time stands still.

    A few are taken out of the chats, for they answer nothing; many are left for the other checks.
    """
    if not quiet:
        return Activity()
    least = max(quiet / 3, LATER * _usual_wait(chats))
    endless: list[Message] = []
    decided_in = since = 0.0
    for chat in chats:
        last = _last_written(chat)
        unasked, pauses = _find_unasked(chat, last, least)
        if len(unasked) > REMINDERS_MOST:
            between = pauses[-REMINDERS_MOST:]
            if max(between) <= EVEN * min(between):
                endless += unasked
                since = max(since, now - last)
        elif unasked:
            _take_out(chat, unasked)
            rest = max(quiet, min(REST_MOST, PAUSES * pauses[-1]))
            decided_in = max(decided_in, unasked[-1].time + rest - now)
    return Activity(endless, 0.0 if endless else decided_in, since)


def _usual_wait(chats: Sequence[ChatTranscript]) -> float:
    """Seconds from a text to its first answer, as half of them took at most."""
    waits = [
        each.answers[0].time - each.first_attempt
        for chat in chats
        for each in chat.inbound.values()
        if each.must_be_answered and each.answers
    ]
    return median(waits) if waits else 0.0


def _last_written(chat: ChatTranscript) -> float:
    """When the bot was given the last webhook of a contact in this chat, its copies included."""
    times = [attempt.time for each in chat.inbound.values() for attempt in each.attempts]
    return max(times, default=0.0)


def _find_unasked(
    chat: ChatTranscript, last: float, least: float
) -> tuple[list[Message], list[float]]:
    """The messages that came so late after all that was said in a chat, with their pauses."""
    if not chat.inbound:
        return [], []
    later = [message for message in chat.replies if message.time > last]
    times = [last, *(message.time for message in later)]
    pauses = [after - before for before, after in pairwise(times)]
    # What a text waited for is not a reminder, however late it comes.
    texts = [each for each in chat.inbound.values() if each.must_be_answered]
    first_answers = {each.answers[0].id for each in texts if each.answers}
    pairs = zip(later, pauses, strict=True)
    late = [(one, pause) for one, pause in pairs if pause >= least and one.id not in first_answers]
    return [message for message, _ in late], [pause for _, pause in late]


def _take_out(chat: ChatTranscript, unasked: Sequence[Message]) -> None:
    ids = {message.id for message in unasked}
    lists = (chat.replies, chat.unattributed_replies)
    for replies in (*lists, *(each.answers for each in chat.inbound.values())):
        replies[:] = [reply for reply in replies if reply.id not in ids]
