"""Which messages a bot answered too often, and which it left without an answer: pure, over data.

Bots differ: one answers a message with several bubbles, another a burst of messages with one
answer. Neither is a fault. A fault is to answer a message again because its webhook came again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import mean

from ..domain.jid import Jid
from ..domain.message import Message
from .loops import flood_of
from .transcript import ChatTranscript, Inbound, bursts_of, reply_text

# How many more answers than usual show that copies were answered: each message came three times,
# say, and had three times as many.
TELLING = 1.9
# The same of whole chats, where a greeting or a varying number of bubbles blurs it: so much of the
# copies' own factor at least.
TELLING_SHARE = 0.7
# One answer to each person is a habit when so many people show it.
GREETED_LEAST = 3
# A bot answers each message for itself when so many show it, and so large a share of them.
FOLLOWED_LEAST, SINGLE_SHARE = 4, 0.75


def answered_too_often(chats: Sequence[ChatTranscript], most: int) -> list[Inbound]:
    """Messages with more than `most` answers, with one answer again, or answered for each copy."""
    everything = [each for chat in chats for each in chat.inbound.values()]
    usual = _usual_repeats(everything)
    repeats = [
        each
        for each in everything
        if len(each.answers) > most or _has_one_answer_twice(each, usual)
    ]
    return repeats or _answered_for_each_copy(everything) or _answered_more_in_chats(chats)


def surplus_of(chats: Sequence[ChatTranscript]) -> list[Message]:
    """Replies that name no message and say the same more often than there were messages."""
    surplus = []
    for chat in chats:
        # Where nothing came twice, a bot may say twice what it likes.
        if not any(_copies(each) > 1 for each in chat.inbound.values()):
            continue
        counts: Counter[str] = Counter()
        for reply in chat.unattributed_replies:
            text = _reply_content(reply)
            counts[text] += 1
            if counts[text] > len(chat.inbound):
                surplus.append(reply)
    return surplus


def never_answered(chats: Iterable[ChatTranscript], burst: float) -> list[Inbound]:
    """Texts that the receiver took, and that no answer to them or to later ones of their burst met.

    A group may be left alone as a whole. A bot that answers each message of a burst by name means
    none of these for another.
    """
    chats = [*chats]
    is_single = _answers_each_by_name(chats, burst)
    return [
        each
        for chat in chats
        if chat.replies or not Jid.verbatim(chat.name).group
        for group in bursts_of(chat, burst)
        for each in group
        if each.must_be_answered
        and each.is_accepted
        and not (each.answers if is_single else _is_covered_by_another(each, group, chat))
    ]


def greets_once(chats: Iterable[ChatTranscript]) -> int:
    """How many people had one message answered, where that is what happened to everybody: else 0.

    Bots greet a person once and leave the rest to somebody else.
    """
    answered = [
        [each for each in texts if each.answers]
        for chat in chats
        if Jid.verbatim(chat.name).person
        and (texts := [each for each in chat.inbound.values() if each.must_be_answered])
        and len(texts) > 1
    ]
    once = all(len(messages) == 1 for messages in answered)
    return len(answered) if once and len(answered) >= GREETED_LEAST else 0


def _answers_each_by_name(chats: Iterable[ChatTranscript], burst: float) -> bool:
    """Whether most messages that another one followed at once have an answer of their own."""
    followed = [
        each.is_answer_certain
        for chat in chats
        for group in bursts_of(chat, burst)
        for each in [one for one in group if one.must_be_answered and one.is_accepted][:-1]
    ]
    return len(followed) >= FOLLOWED_LEAST and sum(followed) >= SINGLE_SHARE * len(followed)


def _is_covered_by_another(
    message: Inbound, burst: Sequence[Inbound], chat: ChatTranscript
) -> bool:
    later = burst[burst.index(message) :]
    if message.answers or any(each.is_answer_certain for each in later):
        return True
    # One answer that names none of them may be meant for all that had come by then.
    free = {id(reply) for reply in chat.unattributed_replies}
    free_replies = (reply for each in burst for reply in each.answers if id(reply) in free)
    return len(burst) > 1 and any(_after(reply, message) for reply in free_replies)


def _after(reply: Message, message: Inbound) -> bool:
    """Whether a reply was sent when the message had come, also by a clock that stands still."""
    if reply.time != message.first_attempt:
        return reply.time > message.first_attempt
    return message.arrival is not None and reply.arrival > message.arrival


def _has_one_answer_twice(message: Inbound, usual: int) -> bool:
    """Whether it came again and was given one answer again. Where its answers are told by their
    place, see `surplus_of`.
    """
    return (
        message.is_answer_certain and len(message.deliveries) > 1 and _same_answers(message) > usual
    )


def _usual_repeats(messages: Iterable[Inbound]) -> int:
    """How often this bot says the same to a message that came once: bubbles may be equal."""
    single = [
        each
        for each in messages
        if each.must_be_answered and each.is_answer_certain and _came_once(each)
    ]
    return min(map(_same_answers, single), default=1)


def _came_once(message: Inbound) -> bool:
    return len(message.deliveries) == 1


def _same_answers(message: Inbound) -> int:
    counts = Counter(_reply_content(reply) for reply in message.answers)
    return max(counts.values(), default=0)


def _answered_for_each_copy(messages: Sequence[Inbound]) -> list[Inbound]:
    """Those that came several times, when they have as many times the usual number of answers."""
    texts = [each for each in messages if each.must_be_answered and each.is_accepted]
    messages_with_copies = [each for each in texts if _copies(each) > 1]
    single = [each for each in texts if _copies(each) == 1]
    if not messages_with_copies or not single or not any(each.answers for each in single):
        return []
    usual = mean(len(each.answers) for each in single)
    if mean(len(each.answers) for each in messages_with_copies) <= max(usual * TELLING, 1.0):
        return []
    return [each for each in messages_with_copies if len(each.answers) > usual]


def _answered_more_in_chats(chats: Sequence[ChatTranscript]) -> list[Inbound]:
    """The messages of chats where each came again, if these have more answers than chats without.

    It needs no answer to name its message, and no two answers to be equal. Chats of which nothing
    is answered, or with more than texts, say nothing: a bot may leave out what it likes of those.
    """
    chats = [chat for chat in chats if chat.replies and _has_only_texts(chat)]
    single = [chat for chat in chats if all(_copies(each) == 1 for each in chat.inbound.values())]
    copied = [chat for chat in chats if all(_copies(each) > 1 for each in chat.inbound.values())]
    if not single or not copied:
        return []
    messages = [each for chat in copied for each in chat.inbound.values()]
    factor = max(TELLING, TELLING_SHARE * mean(_copies(each) for each in messages))
    # One answer for each message is never too much, however many a burst shared before.
    most = max(_answers_each(single) * factor, 1.0)
    return messages if _answers_each(copied) > most else []


def _has_only_texts(chat: ChatTranscript) -> bool:
    return bool(chat.inbound) and all(
        each.must_be_answered and each.is_accepted for each in chat.inbound.values()
    )


def _answers_each(chats: Sequence[ChatTranscript]) -> float:
    """How many answers these chats have for each of their messages."""
    return sum(len(chat.replies) for chat in chats) / sum(len(chat.inbound) for chat in chats)


def many_bubbles(chats: Sequence[ChatTranscript], most: int) -> str:
    """The way out for a bot that sends more bubbles than it may; empty for others."""
    counts = [len(each.answers) for chat in chats for each in chat.inbound.values()]
    largest = max(counts, default=0)
    if largest <= most or largest > flood_of(most):
        return ""
    return f"; up to {largest} answers to one message: if they are meant, raise `answers` ({most})"


def _copies(message: Inbound) -> int:
    return sum(delivery.state == "delivered" for delivery in message.deliveries)


def _reply_content(reply: Message) -> str:
    """What makes two answers the same: their kind and their words, else their whole content."""
    words = reply_text(reply)
    return f"{reply.type} {words}" if words else f"{reply.type} {reply.content!r}"
