"""A loop is what goes on after the last message of a contact, not many bubbles."""

from __future__ import annotations

import pytest

from .story import ANA, Story, offending, outcome


@pytest.fixture
def story() -> Story:
    return Story()


def say(story: Story, count: int, *, pause: float = 0.0, first: int = 0) -> None:
    """So many messages of the bot's own, each echoed to it, with a pause before each."""
    for number in range(first, first + count):
        story.now += pause
        story.answer(f"R{number}", saying=f"Linha {number}")
        story.told(f"R{number}", own=True)


def test_many_bubbles_and_then_rest_are_no_loop(story: Story) -> None:
    for number in range(3):
        story.told(f"A{number}")
        say(story, 4, first=4 * number)
    verdict = story.judged(now=story.now + 4)
    assert outcome(verdict, "ignored_its_echo") == "passed"
    assert outcome(verdict, "answered_once") == "failed"
    assert "up to 4 answers to one message: if they are meant, raise `answers` (3)" in (
        verdict.checks[2].message
    )
    assert story.judged(answers=4).passed


def test_a_bot_that_is_still_sending_may_come_to_rest(story: Story) -> None:
    story.told("A1")
    say(story, 5)
    young = story.judged()
    assert (young.outcome, outcome(young, "ignored_its_echo")) == ("failed", "undecided")
    assert young.open
    assert "still sending: ask again in 3 s" in young.checks[3].message
    assert outcome(story.judged(now=story.now + 4), "ignored_its_echo") == "passed"


@pytest.mark.parametrize("pause", [0.1, 1.0, 4.0])
def test_what_goes_on_after_the_last_message_is_a_loop(story: Story, pause: float) -> None:
    for number in range(6):
        story.told(f"A{number}")
    say(story, max(30, int(12 / pause)), pause=pause)
    verdict = story.judged(answers=4)
    assert outcome(verdict, "ignored_its_echo") == "failed"
    message = verdict.checks[3].message
    assert "s after the last message of a contact" in message and "a loop" in message
    assert "raise `answers`" in message and "key.fromMe" in message
    # What came later than three times `quiet` after it, and was too much.
    endless = [int(message_id[1:]) for message_id in offending(verdict, "ignored_its_echo")]
    assert endless and min(endless) >= min(24, 9 / pause - 1)


def test_a_bot_has_not_come_to_rest_while_its_echo_is_on_its_way(story: Story) -> None:
    """On a busy machine webhooks wait for longer than a bot that loops ever pauses."""
    for number in range(3):
        story.told(f"A{number}")
    say(story, 12, pause=1.0)
    later = story.now + 5
    assert outcome(story.judged(now=later), "ignored_its_echo") == "passed"
    story.told("R99", own=True, state="queued", attempts=[])
    assert outcome(story.judged(now=later), "ignored_its_echo") == "failed"


def test_a_bot_that_takes_its_webhooks_slowly_may_have_many_bubbles(story: Story) -> None:
    story.told("A1")
    say(story, 5)
    story.told("R4", own=True, state="queued", attempts=[])
    waits = story.judged(now=story.now + 15)
    assert outcome(waits, "ignored_its_echo") == "undecided"


def test_a_slow_worker_is_no_loop_while_it_works_off_what_came(story: Story) -> None:
    for number in range(20):
        story.told(f"A{number}")
    say(story, 20, pause=1.0)
    assert outcome(story.judged(), "ignored_its_echo") == "passed"


def test_a_flood_is_a_loop_at_once_also_while_the_clock_stands_still(story: Story) -> None:
    story.told("A1")
    say(story, 20)
    assert outcome(story.judged(quiet=0), "ignored_its_echo") == "passed"
    say(story, 1, first=20)
    flood = story.judged(quiet=0)
    assert offending(flood, "ignored_its_echo") == ("R20",)
    assert "more than 20 answers to each webhook of a contact: a loop" in flood.checks[3].message
    # Nobody is told to allow so many.
    assert "raise `answers`" not in flood.as_table()
    # Who means so many says so.
    assert outcome(story.judged(quiet=0, answers=7), "ignored_its_echo") == "passed"


def test_two_bots_that_answer_each_other_are_a_loop(story: Story) -> None:
    """Each message of the other bot is answered once: no end of it all the same."""
    ids = [f"B{number}" for number in range(70)]
    story.told("A1")
    for number, message_id in enumerate(ids):
        say(story, 1, pause=0.2, first=number)
        story.told(message_id)
    going_on = story.judged(from_instances=ids)
    assert outcome(going_on, "ignored_its_echo") == "failed"
    assert "a loop" in going_on.checks[3].message
    # Messages of people are answered as long as they write, and what has ended was no loop.
    assert outcome(story.judged(), "ignored_its_echo") == "passed"
    ended = story.judged(from_instances=ids, now=story.now + 9)
    assert outcome(ended, "ignored_its_echo") == "passed"


# -- equal bubbles ---------------------------------------------------------------------------------


def two_bubbles(story: Story, number: int, *, copies: int, bubbles: int, saying: str) -> None:
    """A message of which copies come, and equal bubbles in answer to it."""
    text = f"Pedido {1001 + number}"
    for copy in range(copies):
        chaos = "duplicate of d1" if copy else None
        story.told(f"A{number}", content={"conversation": text}, chaos=chaos)
    for bubble in range(bubbles):
        quoted = f"A{number}" if saying == "quote" else None
        story.answer(f"R{number}{bubble}", saying=f"Obrigado: {text}", quoting=quoted)


@pytest.mark.parametrize("saying", ["quote", "number"])
def test_equal_bubbles_are_fine(saying: str, story: Story) -> None:
    """The same words twice for each message, however often it comes."""
    for number in range(4):
        two_bubbles(story, number, copies=2 if number < 2 else 1, bubbles=2, saying=saying)
    assert story.judged().passed, story.judged().as_table()


@pytest.mark.parametrize("saying", ["quote", "number"])
def test_equal_bubbles_for_each_copy_are_repeats(saying: str, story: Story) -> None:
    for number in range(4):
        copies = 2 if number < 2 else 1
        two_bubbles(story, number, copies=copies, bubbles=2 * copies, saying=saying)
    verdict = story.judged(answers=9)
    assert offending(verdict, "answered_once") == ("A0", "A1"), verdict.as_table()


def test_two_messages_may_have_the_same_answer(story: Story) -> None:
    for number in range(3):
        story.told(f"A{number}")
        story.told(f"A{number}", chaos="duplicate of d1")
        story.answer(f"R{number}", saying="Obrigado")
    assert story.judged().passed


def test_one_message_answered_twice_by_quote_is_fine_where_it_came_once(story: Story) -> None:
    story.told("A1", chat=ANA)
    story.answer("R1", quoting="A1", saying="Obrigado")
    story.answer("R2", quoting="A1", saying="Obrigado")
    assert outcome(story.judged(), "answered_once") == "passed"
