"""Which messages a bot answered too often, and which it left without an answer."""

from __future__ import annotations

import pytest
from megaapi_mock.receiver_check.conversation import ChatTranscript, chats_of
from megaapi_mock.receiver_check.repeats import (
    answered_too_often,
    greets_once,
    never_answered,
    surplus_of,
)

from .story import ANA, BIA, GROUP, Story


@pytest.fixture
def story() -> Story:
    return Story()


def told(story: Story, message_id: str, *, copies: int = 1, chat: str = ANA) -> None:
    for _ in range(copies):
        story.told(message_id, chat=chat)
    story.wrote(message_id, chat=chat)


def chats(story: Story) -> list[ChatTranscript]:
    return chats_of(story.deliveries, story.messages)


def often(story: Story, most: int = 3) -> list[str]:
    return [each.id for each in answered_too_often(chats(story), most)]


def missing(story: Story, burst: float = 1.0) -> list[str]:
    return [each.id for each in never_answered(chats(story), burst)]


def quote(story: Story, message_id: str, *words: str) -> None:
    """An answer that quotes it, for each of these words."""
    for word in words:
        story.answer(f"R-{message_id}-{len(story.messages)}", quoting=message_id, saying=word)


def test_more_answers_than_allowed_are_too_many(story: Story) -> None:
    told(story, "A1")
    quote(story, "A1", "a", "b", "c")
    assert often(story) == []
    quote(story, "A1", "d")
    assert often(story) == ["A1"] and often(story, 4) == []


def test_one_answer_given_again_to_a_copy_is_too_many(story: Story) -> None:
    told(story, "A1", copies=2)
    quote(story, "A1", "a", "b")
    assert often(story) == []
    quote(story, "A1", "a")
    assert often(story) == ["A1"]


def test_a_bot_whose_bubbles_are_equal_may_say_so_to_a_copy(story: Story) -> None:
    told(story, "A1")
    quote(story, "A1", "a", "a")
    told(story, "A2", copies=2)
    quote(story, "A2", "a", "a")
    assert often(story) == []


def test_other_words_for_each_copy_are_too_many(story: Story) -> None:
    told(story, "A1")
    quote(story, "A1", "a")
    told(story, "A2", copies=3)
    quote(story, "A2", "x", "y", "z")
    assert often(story) == ["A2"]


@pytest.mark.parametrize("single", [("a", "b", "c"), ()])
def test_as_many_as_usual_or_nothing_to_compare_is_fine(
    story: Story, single: tuple[str, ...]
) -> None:
    told(story, "A1")
    quote(story, "A1", *single)
    told(story, "A2", copies=3)
    quote(story, "A2", "x", "y", "z")
    assert often(story) == []


def test_the_same_said_more_often_than_there_were_messages_is_a_surplus(story: Story) -> None:
    told(story, "A1", copies=2)
    for number in range(3):
        story.answer(f"R{number}")
    assert [each.id for each in surplus_of(chats(story))] == ["R1", "R2"]


def test_where_nothing_came_twice_a_bot_may_say_twice_what_it_likes(story: Story) -> None:
    told(story, "A1")
    for number in range(3):
        story.answer(f"R{number}")
    assert surplus_of(chats(story)) == []


def test_a_text_without_an_answer_is_missed(story: Story) -> None:
    told(story, "A1")
    story.now += 60
    told(story, "A2")
    quote(story, "A2", "a")
    assert missing(story) == ["A1"]


def test_what_was_not_taken_or_is_no_text_is_not_missed(story: Story) -> None:
    story.told("A1", state="failed")
    story.told("A2", content={"stickerMessage": {}})
    told(story, "B1", chat=BIA)
    assert missing(story) == ["B1"]


def test_a_group_may_be_left_alone_as_a_whole(story: Story) -> None:
    told(story, "G1", chat=GROUP)
    story.now += 60
    assert missing(story) == []
    told(story, "G2", chat=GROUP)
    story.answer("R1", chat=GROUP, quoting="G2")
    assert missing(story) == ["G1"]


def test_an_answer_to_the_last_of_a_burst_covers_those_before_it(story: Story) -> None:
    for message_id in ("A1", "A2", "A3"):
        told(story, message_id)
    quote(story, "A2", "a")
    assert missing(story, burst=1.0) == ["A3"]
    # Parted by a longer silence they are not a burst.
    assert missing(story, burst=0.01) == ["A1", "A3"]


def test_one_answer_that_names_none_covers_what_had_come_by_then(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id)
    story.answer("R1")
    assert missing(story) == []
    told(story, "A3")
    assert missing(story) == ["A3"]


def test_one_answer_to_a_single_message_is_no_answer_to_another_burst(story: Story) -> None:
    told(story, "A1")
    story.answer("R1")
    story.now += 60
    told(story, "A2")
    assert missing(story) == ["A2"]


@pytest.mark.parametrize(
    ("quoted", "lost"),
    [
        # Each message by itself, but for the third.
        ("124567", ["A3"]),
        # One answer to each half of what came.
        ("47", []),
    ],
)
def test_who_answers_each_message_of_a_burst_means_none_for_another(
    story: Story, quoted: str, lost: list[str]
) -> None:
    for number in range(1, 8):
        told(story, f"A{number}")
    for number in quoted:
        quote(story, f"A{number}", "oi")
    assert missing(story) == lost


def people(story: Story, count: int, *, answers: int = 1) -> None:
    """So many people, each with three messages and so many of them answered."""
    for person in range(count):
        chat = f"551190000002{person}@s.whatsapp.net"
        for number in range(3):
            told(story, f"P{person}{number}", chat=chat)
            if number < answers:
                story.answer(f"R{person}{number}", chat=chat)


@pytest.mark.parametrize(
    ("count", "answers", "greeted"), [(3, 1, 3), (2, 1, 0), (4, 2, 0), (3, 0, 0)]
)
def test_one_answer_to_everybody_is_a_greeting(
    story: Story, count: int, answers: int, greeted: int
) -> None:
    people(story, count, answers=answers)
    assert greets_once(chats(story)) == greeted


def test_who_greets_some_only_is_no_greeting_bot(story: Story) -> None:
    people(story, 3)
    told(story, "A1")
    told(story, "A2")
    assert greets_once(chats(story)) == 0
