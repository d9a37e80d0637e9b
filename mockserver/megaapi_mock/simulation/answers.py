"""Compare what a bot sent with its turns in a conversation: which message is which turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any

from ..domain.message import Message

Json = dict[str, Any]
# With more pairs than this, a good match is taken; to find the best one would take too long.
PAIRS_MOST = 250_000
# The members of a bot's turn, in the order in which differences are listed.
MEMBERS = ("type", "text", "options", "message")
_NOTHING: Json = {"options": []}


class Answers:
    """What a bot has sent, oldest first.

    `start` is the number of the last message that arrived before the customer's turn; `turn_of`
    gives a message as a conversation's turn.
    """

    def __init__(
        self, messages: Sequence[Message], start: int, turn_of: Callable[[Message], Json]
    ) -> None:
        self.messages = messages
        self._first_new = sum(message.arrival <= start for message in messages)
        self._turn_of = turn_of

    @cached_property
    def turns(self) -> list[Json]:
        """Every message as a turn."""
        return [self._turn_of(message) for message in self.messages]

    @property
    def new_turns(self) -> list[Json]:
        """The turns of messages that came after the customer's turn."""
        return self.turns[self._first_new :]

    def is_same(self, other: Answers) -> bool:
        """Whether both hold the same messages with the same contents, whatever their states."""
        return self._contents() == other._contents()

    def complete(self, turns: Sequence[Json]) -> bool:
        """Whether every turn has a message that fits it and came after the customer's turn."""
        return len(match_in_order(turns, self.new_turns)) == len(turns)

    def enough(self, turns: Sequence[Json]) -> bool:
        """Whether every turn has a message, fitting or not, and some message is new."""
        return bool(self.new_turns) and None not in self.of(turns)

    def of(self, turns: Sequence[Json]) -> list[int | None]:
        """The place of each turn's message among `messages`, if there is one.

        A message from before the customer's turn is used only for the first turns, only where it
        is exactly what the file says, and only if too few messages came after it.
        """
        earlier = [place for _, place in self._earlier(turns)]
        for count in range(len(earlier) + 1):
            places = match(turns[count:], self.new_turns)
            if None not in places:
                break
        else:
            count, places = 0, match(turns, self.new_turns)
        fresh = [None if place is None else place + self._first_new for place in places]
        return [*earlier[:count], *fresh]

    def _earlier(self, turns: Sequence[Json]) -> list[tuple[int, int]]:
        """The first turns that messages from before the customer's turn fit, in order."""
        asking = takewhile(lambda turn: differences(turn, {}), turns)
        pairs = match_in_order(list(asking), self.turns[: self._first_new])
        return [pair for place, pair in enumerate(pairs) if pair[0] == place]

    def _contents(self) -> list[tuple[str, bytes]]:
        return [(message.id, message.content) for message in self.messages]


def is_sent(message: Message) -> bool:
    """Whether the bot sent it, and not the owner on the instance's own phone."""
    return message.from_me and message.id.startswith("3EB0")


def differences(turn: Json, message: Json) -> list[str]:
    """The members of a bot's turn that differ in the message; members it lacks are not compared."""
    return [
        name
        for name in MEMBERS
        if turn.get(name) is not None and turn[name] != message.get(name, _NOTHING.get(name))
    ]


def match(turns: Sequence[Json], messages: Sequence[Json]) -> list[int | None]:
    """Which message each turn is; each message is used once, and the order is kept.

    If possible, every turn gets a message that fits; otherwise as many as possible of the turns
    that name some member. A turn without a fitting message gets the next unused one between those
    of its neighbours, or None. All other messages are ignored.
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
    """Fitting pairs: each turn with the first unused message; all turns, if that is possible."""
    pairs, answer = [], 0
    for turn, expected in enumerate(turns):
        rest = range(answer, len(messages))
        fitting = next((each for each in rest if _fits(expected, messages[each])), None)
        if fitting is not None:
            pairs.append((turn, fitting))
            answer = fitting + 1
    return pairs


def _fits(turn: Json, message: Json) -> bool:
    """Which message it quotes is compared later: the names of messages are known only then."""
    return not differences({**turn, "message": None}, message)


def _fitting(turns: Sequence[Json], messages: Sequence[Json]) -> list[tuple[int, int]]:
    """As many fitting pairs as possible, in order: the longest common subsequence."""
    asking = [turn for turn, expected in enumerate(turns) if differences(expected, {})]
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
    """For each turn and answer: the most pairs among these and those after them."""
    most = [[0] * (answers + 1) for _ in range(len(fits) + 1)]
    for turn in reversed(range(len(fits))):
        for answer in reversed(range(answers)):
            most[turn][answer] = max(
                most[turn + 1][answer],
                most[turn][answer + 1],
                most[turn + 1][answer + 1] + fits[turn][answer],
            )
    return most
