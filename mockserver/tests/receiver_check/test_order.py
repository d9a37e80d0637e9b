"""The order of a bot's answers, over hand-made deliveries and messages."""

from __future__ import annotations

import pytest
from megaapi_mock.receiver_check.order import plain_order

from ..support import START
from .story import ANA, BIA, Story, attempt, offending, outcome


@pytest.fixture
def story() -> Story:
    return Story()


def test_answers_follow_the_messages(story: Story) -> None:
    story.told("A1")
    story.told("B1", chat=BIA)
    story.told("A2")
    story.answer("R3", chat=BIA, quoting="B1")
    story.answer("R1", quoting="A1")
    story.answer("R2", quoting="A2")
    assert outcome(story.judged(), "answered_in_order") == "passed"


@pytest.mark.parametrize("chaos", [None, "delay"])
def test_an_answer_that_overtakes_an_earlier_one_is_out_of_order(
    story: Story, chaos: str | None
) -> None:
    for number in (1, 2, 3):
        story.told(f"A{number}", chaos=chaos)
    story.answer("R1", quoting="A2")
    story.answer("R2", quoting="A1")
    story.answer("R3", quoting="A3")
    assert offending(story.judged(), "answered_in_order") == ("A1",)


def test_side_by_side_there_is_no_order(story: Story) -> None:
    for number in (1, 2):
        story.told(f"A{number}", chaos="burst", attempts=[attempt(START + number / 1000)])
    story.answer("R1", quoting="A2")
    story.answer("R2", quoting="A1")
    assert outcome(story.judged(), "answered_in_order") == "not applicable"


def test_a_copy_that_came_early_counts_as_the_message(story: Story) -> None:
    story.told("A2", chaos="redelivery of d9")
    story.told("A1")
    story.told("A2")
    story.answer("R1", quoting="A2")
    story.answer("R2", quoting="A1")
    assert outcome(story.judged(), "answered_in_order") == "passed"


def test_while_the_clock_stands_still_the_line_tells_the_order(story: Story) -> None:
    for number in (1, 2):
        story.told(f"A{number}", attempts=[attempt(START)])
    story.answer("R1", quoting="A2")
    story.answer("R2", quoting="A1")
    assert offending(story.judged(), "answered_in_order") == ("A1",)


def written(story: Story, *texts: str) -> None:
    for number, text in enumerate(texts, start=1):
        story.told(f"A{number}", content={"conversation": text})


def test_answers_told_by_their_place_alone_say_nothing_of_order(story: Story) -> None:
    written(story, "Mensagem 1", "Mensagem 2")
    story.answer("R1", saying="re: Mensagem 2")
    story.answer("R2", saying="re: Mensagem 1")
    verdict = story.judged()
    assert (verdict.passed, outcome(verdict, "answered_in_order")) == (True, "not applicable")
    assert "neither quote a message nor repeat" in verdict.checks[4].message


@pytest.mark.parametrize(("said", "expected"), [((1001, 1002), "passed"), ((1002, 1001), "failed")])
def test_an_answer_that_repeats_a_number_tells_the_order(
    story: Story, said: tuple[int, int], expected: str
) -> None:
    written(story, "Pedido 1001", "Pedido 1002")
    for number in said:
        story.answer(f"R{number}", saying=f"Sobre o pedido {number}: obrigado")
    verdict = story.judged()
    assert outcome(verdict, "answered_in_order") == expected
    assert outcome(verdict, "answered_once") == "passed"


@pytest.mark.parametrize("saying", ["1001 e 1002", "1002", "4711"])
def test_what_names_none_or_two_counts_by_its_place(story: Story, saying: str) -> None:
    written(story, "Pedido 1001", "Pedido 1002, não 1002", "Obrigado")
    for number in (1, 2, 3):
        story.answer(f"R{number}", saying=saying)
    verdict = story.judged()
    assert outcome(verdict, "answered_once") == "passed"
    assert outcome(verdict, "answered_in_order") == "not applicable"


def test_what_chaos_touched_or_another_url_had_is_in_no_line(story: Story) -> None:
    first = story.told("A1")
    story.told("A2", chaos="delay")
    other = story.told("A3")
    other.lane = "another url"
    last = story.told("A4")
    assert list(plain_order(story.deliveries)) == [first, last]


def test_chats_are_looked_at_each_for_itself(story: Story) -> None:
    """A later message of somebody else may well be answered first."""
    story.told("A1", chat=ANA)
    story.told("B1", chat=BIA)
    story.answer("R1", chat=BIA, quoting="B1")
    story.answer("R2", chat=ANA, quoting="A1")
    assert outcome(story.judged(), "answered_in_order") != "failed"
