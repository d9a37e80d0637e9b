"""What a bot sent, held against what a conversation says it sent: which message is which turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any

from ..domain.message import Message

Json = dict[str, Any]
# Above so many pairs the best way to match is not looked for, only a good one.
PAIRS_MOST = 250_000
# The members of a bot's turn, in the order in which differences are told.
MEMBERS = ("type", "text", "options", "message")
_NOTHING: Json = {"options": []}


class Answers:
    """What a bot has sent, oldest first; `start` is the arrival before the customer's turn.

    `turn_of` says what a conversation would say of a message.
    """

    def __init__(
        self, messages: Sequence[Message], start: int, turn_of: Callable[[Message], Json]
    ) -> None:
        self.messages = messages
        self._fresh_from = sum(message.arrival <= start for message in messages)
        self._turn_of = turn_of

    @cached_property
    def sent(self) -> list[Json]:
        """All of it as turns."""
        return [self._turn_of(message) for message in self.messages]

    @property
    def fresh(self) -> list[Json]:
        """What came since the customer acted."""
        return self.sent[self._fresh_from :]

    def is_same(self, other: Answers) -> bool:
        """Whether nothing was sent or edited; how far it has come does not matter."""
        return self._contents() == other._contents()

    def complete(self, turns: Sequence[Json]) -> bool:
        """Whether there is what the file says for every turn, since the customer acted."""
        return len(match_in_order(turns, self.fresh)) == len(turns)

    def enough(self, turns: Sequence[Json]) -> bool:
        """Whether something that came since is there for every turn that nothing earlier is."""
        return bool(self.fresh) and None not in self.of(turns)

    def of(self, turns: Sequence[Json]) -> list[int | None]:
        """The place of each turn's message among `messages`, if there is one.

        What came before the customer acted is used only for the first turns, only where it is what
        the file says, and only as far as what came since does not suffice.
        """
        earlier = [place for _, place in self._earlier(turns)]
        for count in range(len(earlier) + 1):
            places = match(turns[count:], self.fresh)
            if None not in places:
                break
        else:
            count, places = 0, match(turns, self.fresh)
        fresh = [None if place is None else place + self._fresh_from for place in places]
        return [*earlier[:count], *fresh]

    def _earlier(self, turns: Sequence[Json]) -> list[tuple[int, int]]:
        """As many of the first turns as fit what came before, in order."""
        asking = takewhile(lambda turn: differences(turn, {}), turns)
        pairs = match_in_order(list(asking), self.sent[: self._fresh_from])
        return [pair for place, pair in enumerate(pairs) if pair[0] == place]

    def _contents(self) -> list[tuple[str, bytes]]:
        return [(message.id, message.content) for message in self.messages]


def is_sent(message: Message) -> bool:
    """Whether the bot sent it, not the owner on the own phone."""
    return message.from_me and message.id.startswith("3EB0")


def differences(turn: Json, message: Json) -> list[str]:
    """The members of a bot's turn in which what it sent is another; what it lacks is not asked."""
    return [
        name
        for name in MEMBERS
        if turn.get(name) is not None and turn[name] != message.get(name, _NOTHING.get(name))
    ]


def match(turns: Sequence[Json], messages: Sequence[Json]) -> list[int | None]:
    """Which message each turn is, each used once and both in order.

    All turns are messages that fit, where that can be; else as many as can be of those that say
    something. A turn that nothing fits is the next message left over between its neighbours', or
    none. Messages beyond that are ignored.
    """
    pairs = match_in_order(turns, messages)
    if len(pairs) < len(turns):
        pairs = _fitting(turns, messages)
    result: list[int | None] = [None] * len(turns)
    turn, answer = 0, 0
    for next_turn, next_answer in [*pairs, (len(turns), len(messages))]:
        for place, message_place in zip(
            range(turn, next_turn), range(answer, next_answer), strict=False
        ):
            result[place] = message_place
        if next_turn < len(turns):
            result[next_turn] = next_answer
        turn, answer = next_turn + 1, next_answer + 1
    return result


def match_in_order(turns: Sequence[Json], messages: Sequence[Json]) -> list[tuple[int, int]]:
    """Pairs that fit, each turn with the first message that is left; all turns if that can be."""
    pairs, answer = [], 0
    for turn, wanted in enumerate(turns):
        rest = range(answer, len(messages))
        fitting = next((each for each in rest if _fits(wanted, messages[each])), None)
        if fitting is not None:
            pairs.append((turn, fitting))
            answer = fitting + 1
    return pairs


def _fits(turn: Json, message: Json) -> bool:
    """Whom it quotes is asked later: only then is it known which message has which name."""
    return not differences({**turn, "message": None}, message)


def _fitting(turns: Sequence[Json], messages: Sequence[Json]) -> list[tuple[int, int]]:
    """As many pairs that fit as can be, in order: the longest common subsequence."""
    asking = [turn for turn, wanted in enumerate(turns) if differences(wanted, {})]
    if len(asking) * len(messages) > PAIRS_MOST:
        pairs = match_in_order([turns[turn] for turn in asking], messages)
        return [(asking[place], answer) for place, answer in pairs]
    fits = [[_fits(turns[turn], each) for each in messages] for turn in asking]
    most = _most_pairs(fits, len(messages))
    pairs, place, answer = [], 0, 0
    while place < len(asking) and answer < len(messages):
        here, beyond = most[place][answer], most[place + 1][answer + 1]
        if fits[place][answer] and here == 1 + beyond:
            pairs.append((asking[place], answer))
            place, answer = place + 1, answer + 1
        elif here == most[place + 1][answer]:
            place += 1
        else:
            answer += 1
    return pairs


def _most_pairs(fits: Sequence[Sequence[bool]], answers: int) -> Sequence[Sequence[int]]:
    """How many pairs there can be from each turn and each answer on."""
    most = [[0] * (answers + 1) for _ in range(len(fits) + 1)]
    for turn in reversed(range(len(fits))):
        for answer in reversed(range(answers)):
            most[turn][answer] = max(
                most[turn + 1][answer],
                most[turn][answer + 1],
                most[turn + 1][answer + 1] + fits[turn][answer],
            )
    return most
