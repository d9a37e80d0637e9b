"""Which of a bot's messages is which turn of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.simulation.answers import Answers, differences, match

Json = dict[str, Any]
TURNS = st.lists(st.sampled_from("abcd").map(lambda text: {"text": text}), max_size=6)
ANYTHING: Json = {}


@dataclass
class Sent:
    """As much of a message as counts here."""

    arrival: int
    turn: Json


def answers(sent: list[Json], start: int = 0) -> Answers:
    messages: Any = [Sent(place + 1, turn) for place, turn in enumerate(sent)]
    return Answers(messages, start, lambda message: message.turn)


def fitting(turns: list[Json], sent: list[Json], places: list[int | None]) -> int:
    pairs = zip(turns, places, strict=True)
    return sum(place is not None and not differences(turn, sent[place]) for turn, place in pairs)


@given(turns=TURNS, sent=TURNS)
def test_every_message_is_at_most_one_turn_and_order_is_kept(
    turns: list[Json], sent: list[Json]
) -> None:
    used = [place for place in match(turns, sent) if place is not None]
    assert used == sorted(set(used)) and len(used) <= len(turns)
    assert not used or used[-1] < len(sent)


@given(turns=TURNS, sent=TURNS)
def test_no_other_way_to_match_fits_more_turns(turns: list[Json], sent: list[Json]) -> None:
    most = next(
        count
        for count in range(min(len(turns), len(sent)), -1, -1)
        if {tuple(each["text"] for each in chosen) for chosen in combinations(turns, count)}
        & {tuple(each["text"] for each in chosen) for chosen in combinations(sent, count)}
    )
    assert fitting(turns, sent, match(turns, sent)) == most


@given(turns=TURNS, extras=st.lists(st.tuples(st.integers(0, 6), st.sampled_from("abcdxyz"))))
def test_what_is_sent_beyond_the_turns_is_skipped(
    turns: list[Json], extras: list[tuple[int, str]]
) -> None:
    sent = list(turns)
    for place, text in extras:
        sent.insert(place, {"text": text})
    assert fitting(turns, sent, match(turns, sent)) == len(turns)
    assert answers(sent).complete(turns)


@given(turns=TURNS, sent=TURNS)
def test_turn_is_missing_only_where_no_message_is_left_for_it(
    turns: list[Json], sent: list[Json]
) -> None:
    places: list[Any] = match(turns, sent)
    ends = [-1, *places, len(sent)]
    for turn, place in enumerate(places):
        if place is None:
            before = next(each for each in reversed(ends[: turn + 1]) if each is not None)
            after = next(each for each in ends[turn + 2 :] if each is not None)
            assert after == before + 1


@given(turns=TURNS.filter(bool), earlier=TURNS, sent=TURNS)
def test_what_came_before_the_customer_acted_counts_only_as_the_file_says(
    turns: list[Json], earlier: list[Json], sent: list[Json]
) -> None:
    both = answers([*earlier, *sent], start=len(earlier))
    places = both.of(turns)
    used = [place for place in places if place is not None]
    assert used == sorted(set(used))
    for turn, place in zip(turns, places, strict=True):
        if place is not None and place < len(earlier):
            assert turn == earlier[place]
    if both.complete(turns) or None not in match(turns, sent):
        assert all(place >= len(earlier) for place in used)


def test_late_answer_counts_for_the_turn_behind_which_the_file_has_it() -> None:
    turns: list[Json] = [{"text": "a"}, {"text": "b"}]
    assert answers([{"text": "a"}, {"text": "b"}], start=1).of(turns) == [0, 1]
    # Not where something else came in its place since.
    assert answers([{"text": "a"}, {"text": "x"}], start=1).of(turns[:1]) == [1]
    # And a turn that may be anything is nothing that came before.
    assert answers([{"text": "a"}], start=1).of([ANYTHING]) == [None]


def test_turn_that_says_nothing_takes_whatever_is_left() -> None:
    turns: list[Json] = [{"text": "a"}, ANYTHING, ANYTHING]
    assert match(turns, [{"text": "x"}, {"text": "y"}]) == [0, 1, None]
    assert match(turns, [{"text": "x"}, {"text": "a"}, {"text": "y"}]) == [1, 2, None]


def test_only_what_the_file_says_can_differ() -> None:
    sent = {"type": "listMessage", "text": "Menu", "options": ["a", "b"], "message": "m"}
    assert differences({}, sent) == differences({"text": "Menu"}, sent) == []
    assert differences({**sent, "text": "Lista", "options": ["a"]}, sent) == ["text", "options"]
    assert differences({"options": []}, {"type": "conversation"}) == []
    assert differences({"options": ["a"]}, {"type": "conversation"}) == ["options"]


def test_thousands_of_messages_are_matched_without_trying_every_way() -> None:
    turns: list[Json] = [{"text": str(number)} for number in range(3_000)]
    sent = [*turns[:1_500], *turns[1_501:]]
    places = match(turns, sent)
    assert (places[1_499:1_503], places[-1]) == ([1_499, None, 1_500, 1_501], 2_998)
