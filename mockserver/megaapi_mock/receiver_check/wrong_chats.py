"""Whether a bot's answers reach the chat they are meant for: pure, over data.

An answer that quotes a message of another chat, or repeats a number or the words of one, is meant
for that chat. It may be no answer at all: bots tell an attendant, a colleague or a group what a
customer wrote. Then the customer has an answer of her own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..domain.jid import Jid
from ..domain.message import Message
from .result import FAILED, OPEN, PASSED, Check
from .transcript import (
    NAMING,
    ChatTranscript,
    Inbound,
    Misdirected,
    bursts_of,
    quoted_id,
    reply_text,
)

# Shorter texts, and single words, are said by chance.
WORDS_LEAST = 12
# Each answer is compared with so many texts: beyond that it takes too long.
WORDS_MOST = 500
# Chats that a sentence names.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Naming:
    """Which message a text speaks of."""

    chats: Sequence[ChatTranscript]
    by_id: Mapping[str, tuple[ChatTranscript, Inbound]]
    # Numbers and whole texts that only one message has.
    by_number: Mapping[str, tuple[ChatTranscript, Inbound]]
    by_words: Mapping[str, tuple[ChatTranscript, Inbound]]
    # What is said in several chats is a form letter.
    said_often: frozenset[str]

    @classmethod
    def among(cls, chats: Sequence[ChatTranscript]) -> _Naming:
        """The names of all messages of these chats."""
        every = [(chat, each) for chat in chats for each in chat.inbound.values()]
        said = {(chat.name, reply_text(reply)) for chat in chats for reply in chat.replies}
        counts = Counter(text for _, text in said)
        return cls(
            chats,
            {message.id: (chat, message) for chat, message in every},
            _unique([(number, one) for one in every for number in set(_numbers(one[1].text))]),
            _unique([(one[1].text, one) for one in every if _is_telling(one[1].text)]),
            frozenset(text for text, count in counts.items() if count > 1),
        )

    def named_by(self, reply: Message) -> list[tuple[ChatTranscript, Inbound]]:
        """The messages it quotes, and those of which it repeats a number or all words."""
        text = reply_text(reply)
        quoted = quoted_id(reply) or ""
        messages = [self.by_id[quoted]] if quoted in self.by_id else []
        messages += [
            self.by_number[number] for number in _numbers(text) if number in self.by_number
        ]
        if text not in self.said_often and len(self.by_words) <= WORDS_MOST:
            messages += [one for words, one in self.by_words.items() if words in text]
        return [one for one in messages if one[1].first_attempt <= reply.time]


def _unique(
    names: Sequence[tuple[str, tuple[ChatTranscript, Inbound]]],
) -> dict[str, tuple[ChatTranscript, Inbound]]:
    counts = Counter(name for name, _ in names)
    return {name: one for name, one in names if counts[name] == 1}


def _numbers(text: str) -> list[str]:
    return NAMING.findall(text)


def _is_telling(text: str) -> bool:
    return len(text) >= WORDS_LEAST and len(text.split()) > 1


@dataclass(slots=True)
class _Answers:
    """How the messages of a chat are answered in it."""

    named_ids: set[str] = field(default_factory=set)
    nameless: list[Message] = field(default_factory=list)
    strays: list[tuple[Message, ChatTranscript, Inbound]] = field(default_factory=list)
    # What tells of several customers, as no answer does.
    reports: list[Message] = field(default_factory=list)


def set_aside(chats: Sequence[ChatTranscript], *, burst: float) -> None:
    """Note what was sent to a wrong chat; leave out of the answers what only tells of a message.

    `burst`: as in Terms.
    """
    naming = _Naming.among(chats)
    answers = {chat.name: _answers_in(chat, naming) for chat in chats}
    is_by_name = _names_its_answers(chats, answers)
    for chat in chats:
        notices = answers[chat.name].reports
        for reply, home, message in answers[chat.name].strays:
            at_home = answers[home.name]
            if is_by_name and not _is_group(chat):
                is_notice = _is_named_or_counted(message, home, at_home)
            else:
                is_notice = _is_answered(message, home, at_home, burst)
            if is_notice:
                notices.append(reply)
            else:
                chat.misdirected.append(Misdirected(reply.id, home.name))
        if len(notices) > 1 and _is_group(chat):
            notices += _nameless_notices(chat, answers[chat.name].nameless, chats)
        _leave_out(chat, notices)


def _is_group(chat: ChatTranscript) -> bool:
    return Jid.verbatim(chat.name).group


def _nameless_notices(
    chat: ChatTranscript, nameless: Sequence[Message], chats: Sequence[ChatTranscript]
) -> list[Message]:
    """Of a group that is told of customers: what was said when somebody else had written last."""
    attempts = sorted(
        (attempt.time, other is chat)
        for other in chats
        for message in other.inbound.values()
        for attempt in message.attempts
    )
    times = [time for time, _ in attempts]
    last_ones = ((each, bisect_right(times, each.time)) for each in nameless)
    return [each for each, place in last_ones if not (place and attempts[place - 1][1])]


def _leave_out(chat: ChatTranscript, notices: Sequence[Message]) -> None:
    """Keep of the replies what may be an answer; where nobody wrote, nothing can be one."""
    left_out = {each.id for each in notices}
    if not chat.inbound:
        left_out |= {each.id for each in chat.misdirected}
    chat.replies[:] = [each for each in chat.replies if each.id not in left_out]


def _answers_in(chat: ChatTranscript, naming: _Naming) -> _Answers:
    answers = _Answers()
    for reply in chat.replies:
        named_messages = naming.named_by(reply)
        here = [message.id for home, message in named_messages if home is chat]
        answers.named_ids.update(here)
        homes = {home.name for home, _ in named_messages}
        if here or any(message.author == chat.name for _, message in named_messages):
            continue
        if not named_messages:
            answers.nameless.append(reply)
        elif len(homes) > 1:
            answers.reports.append(reply)
        elif chat.inbound or chat.phone_ids:
            answers.strays.append((reply, *named_messages[0]))
    return answers


def _names_its_answers(chats: Sequence[ChatTranscript], answers: Mapping[str, _Answers]) -> bool:
    """Whether this bot answers most texts by name: then an answer that names none is for others."""
    texts = [
        each.id in answers[chat.name].named_ids
        for chat in chats
        for each in chat.inbound.values()
        if each.must_be_answered
    ]
    return 2 * sum(texts) > len(texts)


def _is_answered(message: Inbound, home: ChatTranscript, answers: _Answers, burst: float) -> bool:
    """Whether the writer of a message that somebody else is told of has an answer of her own."""
    [messages] = [group for group in bursts_of(home, burst) if message in group]
    later = messages[messages.index(message) :]
    if any(each.id in answers.named_ids for each in later):
        return True
    return any(each.time >= message.first_attempt for each in answers.nameless)


def _is_named_or_counted(message: Inbound, home: ChatTranscript, answers: _Answers) -> bool:
    """The same of a bot that answers by name: what names nothing must be enough for all the rest.

    Such a bot has mixed up its customers when it sends one answer by name to another of them.
    """
    texts = [each for each in home.inbound.values() if each.must_be_answered]
    missing = sum(each.id not in answers.named_ids for each in texts)
    has_only_texts = len(texts) == len(home.inbound)
    is_counted = has_only_texts and len(answers.nameless) >= missing
    return message.id in answers.named_ids or is_counted


def in_its_chat(chats: Sequence[ChatTranscript]) -> Check:
    """Whether every answer that names its message was sent to the chat of that message."""
    name = "answered_in_its_chat"
    wrong = [(chat.name, each) for chat in chats for each in chat.misdirected]
    if wrong:
        pairs = sorted({f"{each.meant_for} to {place}" for place, each in wrong})
        more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
        message = f"{len(wrong)} answers went to a wrong chat: those to messages of"
        message += f" {', '.join(pairs[:SHOWN])}{more}"
        return Check(name, FAILED, message, tuple(each.id for _, each in wrong))
    written_to = [chat for chat in chats if chat.inbound]
    if len(written_to) < 2 or not _is_known(written_to):
        return Check(name, OPEN, _UNTOLD if len(written_to) > 1 else "only one chat was written to")
    return Check(name, PASSED, "every answer that names its message is in the chat of that message")


_UNTOLD = "cannot be told: its answers neither quote a message nor repeat a long number of one"


def _is_known(chats: Sequence[ChatTranscript]) -> bool:
    return any(each.is_answer_certain for chat in chats for each in chat.inbound.values())
