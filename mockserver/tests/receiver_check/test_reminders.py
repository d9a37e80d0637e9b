"""Reminders that end, and reminders that never do."""

from __future__ import annotations

from random import Random

import pytest
from megaapi_mock.receiver_check.conversation import chats_of
from megaapi_mock.receiver_check.reminders import REMINDERS_MOST, reminders

from .rehearsal import PaperTrial
from .story import Story, outcome, told
from .test_whole_trials import SEEDS, bot, two

LOOP = "ignored_its_echo"


def reminded(*pauses: float, answered_after: float = 0.1) -> Story:
    """Ana writes, has her answer, and then hears more after each of these pauses."""
    story = Story()
    told(story, "A1")
    story.now += answered_after
    story.answer("R1")
    for number, pause in enumerate(pauses):
        story.now += pause
        story.answer(f"M{number}", saying=f"Ainda está aí? {number}")
    return story


def decided_in(story: Story, *, after: float = 0.0) -> float:
    chats = chats_of(story.deliveries, story.messages)
    return reminders(chats, quiet=3.0, now=story.now + after).decided_in


def test_who_reminds_is_watched_for_longer_than_its_pause() -> None:
    assert decided_in(reminded(5.0)) == pytest.approx(12.5)
    assert decided_in(reminded(5.0), after=13.0) <= 0
    assert decided_in(reminded(60.0)) == 20.0
    # The quiet time at least.
    assert decided_in(reminded(1.1)) == 3.0


@pytest.mark.parametrize("story", [reminded(), reminded(0.5, 0.5), reminded(5.0, answered_after=3)])
def test_answers_and_bubbles_are_no_reminders(story: Story) -> None:
    assert decided_in(story) == 0


def test_where_time_stands_still_nothing_is_too_much() -> None:
    story = reminded(*[5.0] * 9)
    chats = chats_of(story.deliveries, story.messages)
    assert reminders(chats, quiet=0.0, now=story.now).endless == ()


def test_an_answer_that_comes_late_is_none() -> None:
    """Other texts had theirs at once."""
    story = Story()
    for number in range(5):
        told(story, f"B{number}", chat=f"551190000002{number}@s.whatsapp.net")
        story.answer(f"R{number}", chat=f"551190000002{number}@s.whatsapp.net")
    told(story, "A1")
    story.now += 8
    story.answer("LATE")
    assert decided_in(story) == 0
    assert story.judged().passed


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([5.0] * REMINDERS_MOST, "passed"),
        ([5.0] * (REMINDERS_MOST + 1), "failed"),
        # Somebody who types.
        ([5.0, 12.0, 7.0, 30.0, 6.0, 4.0, 9.0], "passed"),
        # Longer and longer.
        ([5.0, 10.0, 20.0, 40.0, 80.0, 160.0], "passed"),
    ],
)
def test_a_few_reminders_are_fine(pauses: list[float], expected: str) -> None:
    story = reminded(*pauses)
    story.told("E1", own=True)
    verdict = story.judged(now=story.now + 30, answers=20)
    assert outcome(verdict, LOOP) == expected, verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("pause", [1.5, 3.5, 5.0])
def test_reminders_for_ever_are_a_loop_with_the_usual_terms(pause: float, seed: int) -> None:
    trial = PaperTrial(bot(), Random(seed), reminds_after=pause, reminders=10_000)
    began = trial.story.now
    verdict = trial.run()
    assert outcome(verdict, LOOP) == "failed", verdict.as_table()
    assert trial.story.now - began < 90, "found soon"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("pause", [3.5, 5.0])
@pytest.mark.parametrize("count", [1, 3, REMINDERS_MOST])
def test_reminders_that_end_are_fine(count: int, pause: float, seed: int) -> None:
    verdict = PaperTrial(bot(two), Random(seed), reminds_after=pause, reminders=count).run()
    assert verdict.passed, verdict.as_table()


def test_many_at_uneven_distances_still_count_as_answers() -> None:
    """Nothing that goes on may hide behind the few that are fine."""
    story = reminded(1.1, 3.0, 1.2, 2.5, 4.0, 1.3, 2.0)
    verdict = story.judged(now=story.now + 60)
    assert outcome(verdict, "answered_once") == "failed", verdict.as_table()
