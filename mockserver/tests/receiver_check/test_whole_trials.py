"""Healthy and sick bots through a whole trial on paper: none condemned, none let through."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from .rehearsal import Heard, PaperTrial, Says
from .story import GROUP, outcome

# More of them by hand: MEGAAPI_TEST_SEEDS=20.
SEEDS = list(range(int(os.environ.get("MEGAAPI_TEST_SEEDS", "2"))))


def bot(
    bubbles: Callable[[Heard, bool], int] = lambda *_: 1,
    *,
    copies: bool = False,
    echo: bool = False,
    only_texts: bool = False,
    group: bool = True,
) -> Says:
    """A bot; `bubbles` is told whether a chat is new. `copies`, `echo`: what it answers too."""
    ids: set[str] = set()
    chats: set[str] = set()

    def says(heard: Heard) -> int:
        again = heard.message_id in ids
        ids.add(heard.message_id)
        if (heard.own and not echo) or (again and not copies):
            return 0
        if (only_texts and not heard.text) or (heard.chat == GROUP and not group):
            return 0
        new = heard.chat not in chats
        chats.add(heard.chat)
        return bubbles(heard, new)

    return says


def two(*_: Any) -> int:
    return 2


def greets(_: Heard, new: bool) -> int:
    return 1 + new


def has_menu(heard: Heard, _: bool) -> int:
    return 1 if heard.text else 3


HEALTHY: dict[str, tuple[Callable[[], Says], dict[str, Any]]] = {
    "one answer": (bot, {}),
    "only texts": (lambda: bot(only_texts=True), {}),
    "two bubbles": (lambda: bot(two), {}),
    "a greeting": (lambda: bot(greets), {}),
    "a greeting, only texts": (lambda: bot(greets, only_texts=True), {}),
    "a menu for some kinds": (lambda: bot(has_menu), {}),
    "groups left alone": (lambda: bot(group=False), {}),
    "a slow worker": (bot, {"thinks": 1.0}),
    "ten seconds each": (lambda: bot(only_texts=True), {"thinks": 10.0}),
    "ten seconds each, quoting": (
        lambda: bot(only_texts=True),
        {"thinks": 10.0, "quoting": True, "limit": 400.0},
    ),
    "four seconds each": (lambda: bot(only_texts=True), {"thinks": 4.0}),
    "one reminder": (bot, {"reminds_after": 2.0, "reminders": 1}),
}
COPIES: dict[str, tuple[Callable[[], Says], dict[str, Any]]] = {
    "at once": (lambda: bot(copies=True), {}),
    "only texts": (lambda: bot(copies=True, only_texts=True), {}),
    "from a queue": (lambda: bot(copies=True), {"thinks": 0.5}),
    "two bubbles": (lambda: bot(two, copies=True), {}),
    "a greeting": (lambda: bot(greets, copies=True, only_texts=True), {}),
    "a menu": (lambda: bot(has_menu, copies=True), {}),
    "quoting": (lambda: bot(copies=True), {"quoting": True}),
}


def tried(kind: tuple[Callable[[], Says], dict[str, Any]], seed: int) -> PaperTrial:
    says, how = kind
    return PaperTrial(says(), Random(seed), **how)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_bot_passes(name: str, seed: int) -> None:
    verdict = tried(HEALTHY[name], seed).run()
    assert verdict.passed, verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
def test_who_needs_longer_than_the_limit_is_undecided_and_told_so(seed: int) -> None:
    says, how = HEALTHY["ten seconds each, quoting"]
    verdict = PaperTrial(says(), Random(seed), **{**how, "limit": 180.0}).run()
    assert verdict.outcome == "undecided", verdict.as_table()
    assert "a trial may take longer with --limit" in verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
def test_bubbles_that_vary_are_fine(seed: int) -> None:
    chance = Random(seed)
    says = bot(lambda *_: chance.randint(1, 3))
    verdict = PaperTrial(says, Random(seed)).run()
    assert verdict.passed, verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", COPIES)
def test_other_words_for_each_copy_do_not_hide_it(name: str, seed: int) -> None:
    verdict = tried(COPIES[name], seed).run()
    assert outcome(verdict, "answered_once") == "failed", verdict.as_table()
    assert outcome(verdict, "ignored_its_echo") == "passed", verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize("thinks", [0.5, 1.0, 4.0, 5.0, 6.0, 10.0, 15.0])
def test_a_loop_is_found_however_long_it_thinks(thinks: float, copies: bool, seed: int) -> None:
    says = bot(echo=True, copies=copies, only_texts=True)
    verdict = PaperTrial(says, Random(seed), thinks=thinks).run()
    assert outcome(verdict, "ignored_its_echo") == "failed", verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("pause", "quiet"), [(1.0, 3.0), (2.5, 3.0), (5.0, 6.0), (9.0, 10.0)])
def test_reminders_within_the_quiet_time_never_pass(pause: float, quiet: float, seed: int) -> None:
    bot_on_trial = PaperTrial(bot(), Random(seed), reminds_after=pause, reminders=10_000)
    verdict = bot_on_trial.run(quiet=quiet)
    assert outcome(verdict, "ignored_its_echo") in ("failed", "undecided"), verdict.as_table()
