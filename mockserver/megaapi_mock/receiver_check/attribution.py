"""Which of a bot's messages answer which message of a contact: pure, over data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import inf

from ..domain.message import Message
from .transcript import NAMING, ChatTranscript, Inbound, bursts_of, quoted_id, reply_text


def attribute_replies(chat: ChatTranscript, own: set[str], burst: float) -> None:
    """Each reply to the message it quotes, else to the one it names, else to the next one left.

    `own` are the ids of the instance's own messages.
    """
    free = []
    for reply in chat.replies:
        quoted = quoted_id(reply)
        if quoted in chat.inbound:
            chat.inbound[quoted].answers.append(reply)
            chat.inbound[quoted].is_answer_certain = True
        elif quoted in own or quoted in chat.phone_ids:
            chat.loop_answers.append(reply)
        else:
            free.append(reply)
    chat.unattributed_replies = _attribute_by_number(chat, free, burst)
    # In a chat where nobody wrote, an answer can only be one to what the phone sent.
    if not chat.inbound and chat.phone_ids:
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
