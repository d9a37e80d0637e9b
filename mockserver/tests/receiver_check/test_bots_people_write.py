"""Bots as people write them, healthy and faulty, through a whole trial on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest

from .rehearsal import CALM, Bubble, Heard, PaperTrial, Says
from .story import GROUP, outcome
from .test_whole_trials import SEEDS

# What a bot sends for a message that is new to it, and not its own.
Sends = Callable[[Heard], Iterable[Bubble]]
MEDIA = {"imageMessage", "audioMessage", "documentMessage", "stickerMessage"}


def bot(sends: Sends, *, memory: Callable[[Heard], Any] | None = None) -> Says:
    """It takes each message once, by its id or by what `memory` remembers."""
    seen: set[Any] = set()
    remembers = memory or (lambda heard: heard.message_id)

    def says(heard: Heard) -> list[Bubble]:
        if heard.own or remembers(heard) in seen:
            return []
        seen.add(remembers(heard))
        return [*sends(heard)]

    return says


def quoting(heard: Heard, text: str = "") -> Bubble:
    return Bubble(text=text, quoting=heard.message_id)


def repeating(heard: Heard) -> Bubble:
    return Bubble(text=f"Você disse: {heard.words}")


def texts_only(sends: Sends) -> Sends:
    return lambda heard: sends(heard) if heard.text else []


def private_only(sends: Sends) -> Sends:
    return lambda heard: sends(heard) if heard.chat != GROUP else []


def same_for_everybody(_: Heard) -> list[Bubble]:
    return [Bubble(text="Nosso horário: 9h às 18h")]


def once_a_day() -> Sends:
    greeted: set[str] = set()

    def sends(heard: Heard) -> list[Bubble]:
        if heard.chat in greeted:
            return []
        greeted.add(heard.chat)
        return [Bubble(text="Olá! Um atendente já vem.")]

    return sends


def menu_then_choice() -> Sends:
    greeted: set[str] = set()

    def sends(heard: Heard) -> list[Bubble]:
        if heard.kind in ("listResponseMessage", "buttonsResponseMessage"):
            return [Bubble(text="Boa escolha")]
        if heard.chat in greeted:
            return [Bubble(text="Escolha uma opção")] if heard.text else []
        greeted.add(heard.chat)
        return [Bubble(text="Bem-vindo!"), Bubble(text="1. Pedidos 2. Atendente")]

    return sends


def each_media_in_its_way(heard: Heard) -> list[Bubble]:
    if heard.kind == "audioMessage":
        return [Bubble(text="Não consigo ouvir áudios")]
    if heard.kind in MEDIA:
        return [Bubble(text="Recebi seu arquivo"), quoting(heard, "Obrigado")]
    return [repeating(heard)] if heard.text else []


def answers_the_edit_too(heard: Heard) -> list[Bubble]:
    return [Bubble()] if heard.text or heard.kind == "protocolMessage" else []


def protocol() -> Sends:
    numbers = iter(range(1001, 9999))
    return lambda heard: [Bubble(text=f"Protocolo {next(numbers)}, 30/11/2026 10:15")]


def first_names_of_the_day(heard: Heard) -> list[Bubble]:
    return [Bubble(text="Bom dia!"), repeating(heard), Bubble(text="Algo mais?")]


HEALTHY: dict[str, tuple[Callable[[], Says], dict[str, Any]]] = {
    "one answer": (lambda: bot(lambda _: [Bubble()]), {}),
    "quotes": (lambda: bot(lambda heard: [quoting(heard)]), {}),
    "repeats the words": (lambda: bot(texts_only(lambda heard: [repeating(heard)])), {}),
    "two bubbles": (lambda: bot(lambda heard: [Bubble(), quoting(heard)]), {}),
    "three bubbles": (lambda: bot(texts_only(first_names_of_the_day)), {}),
    "types for 2 s": (lambda: bot(texts_only(lambda _: [Bubble()])), {"thinks": 2.0}),
    "language model of 8 s": (lambda: bot(texts_only(lambda _: [Bubble()])), {"thinks": 8.0}),
    "language model of 8 s, quoting": (
        lambda: bot(texts_only(private_only(lambda heard: [quoting(heard)]))),
        {"thinks": 8.0, "limit": 400.0},
    ),
    "out of hours": (lambda: bot(texts_only(same_for_everybody)), {}),
    "out of hours, also for media": (lambda: bot(same_for_everybody), {}),
    "private only": (lambda: bot(private_only(lambda heard: [quoting(heard)])), {}),
    "once a day": (lambda: bot(once_a_day()), {}),
    "once a day, private": (lambda: bot(private_only(once_a_day())), {}),
    "menu": (lambda: bot(menu_then_choice()), {}),
    "media in its way": (lambda: bot(each_media_in_its_way), {}),
    "edits too": (lambda: bot(answers_the_edit_too), {}),
    "protocol numbers": (lambda: bot(texts_only(protocol())), {}),
    "memory of chat and words": (
        lambda: bot(
            texts_only(lambda heard: [repeating(heard)]),
            memory=lambda heard: (heard.chat, heard.words or heard.message_id),
        ),
        {},
    ),
    "a survey at the end": (
        lambda: bot(texts_only(lambda _: [Bubble()])),
        {"reminds_after": 4.0, "reminders": 1},
    ),
    "two reminders": (
        lambda: bot(texts_only(lambda heard: [repeating(heard)])),
        {"reminds_after": 5.0, "reminders": 2},
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_bots_pass(name: str, seed: int) -> None:
    says, how = HEALTHY[name]
    verdict = PaperTrial(says(), Random(seed), **how).run()
    assert verdict.passed, verdict.as_table()


# -- faulty ----------------------------------------------------------------------------------------


def every_tenth_is_lost(sends: Sends) -> Sends:
    count = iter(range(1, 10_000))
    return lambda heard: sends(heard) if next(count) % 10 else []


def only_the_first_person(heard: Heard) -> list[Bubble]:
    return [Bubble()] if heard.chat == CALM[0] else []


def two_at_a_time_swapped() -> Sends:
    kept: dict[str, list[Heard]] = {}

    def sends(heard: Heard) -> list[Bubble]:
        if not heard.text:
            return []
        pair = kept.setdefault(heard.chat, [])
        pair.append(heard)
        if len(pair) < 2:
            return []
        del kept[heard.chat]
        return [quoting(each) for each in reversed(pair)]

    return sends


def forgets_now_and_then() -> Says:
    """Its memory is gone at each restart."""
    seen: set[str] = set()
    count = iter(range(1, 10_000))

    def says(heard: Heard) -> list[Bubble]:
        if next(count) % 3 == 0:
            seen.clear()
        if heard.own or heard.message_id in seen or not heard.text:
            return []
        seen.add(heard.message_id)
        return [quoting(heard, f"re: {heard.words}")]

    return says


def answers_phone_too(heard: Heard) -> list[Bubble]:
    return [Bubble()] if heard.text else []


def without_memory(sends: Sends) -> Says:
    return lambda heard: [] if heard.own else [*sends(heard)]


FAULTY: dict[str, tuple[Callable[[], Says], dict[str, Any], str]] = {
    "deaf": (lambda: bot(lambda _: []), {}, "answered_once"),
    "only the first person": (lambda: bot(only_the_first_person), {}, "answered_once"),
    "every tenth is lost, quoting": (
        lambda: bot(every_tenth_is_lost(texts_only(lambda heard: [quoting(heard)]))),
        {},
        "answered_once",
    ),
    "every tenth is lost, repeating": (
        lambda: bot(texts_only(every_tenth_is_lost(lambda heard: [repeating(heard)]))),
        {},
        "answered_once",
    ),
    "twice for a copy": (
        lambda: without_memory(texts_only(lambda heard: [quoting(heard)])),
        {},
        "answered_once",
    ),
    "twice for a copy, the same words": (
        lambda: without_memory(texts_only(same_for_everybody)),
        {},
        "answered_once",
    ),
    "forgets at a restart": (forgets_now_and_then, {}, "answered_once"),
    "swapped": (lambda: bot(two_at_a_time_swapped()), {}, "answered_in_order"),
    "itself": (
        lambda: lambda heard: [*answers_phone_too(heard)],
        {"thinks": 0.5},
        "ignored_its_echo",
    ),
    "itself, slowly": (
        lambda: lambda heard: [*answers_phone_too(heard)],
        {"thinks": 5.0},
        "ignored_its_echo",
    ),
    "reminders for ever": (
        lambda: bot(texts_only(lambda _: [Bubble()])),
        {"reminds_after": 5.0, "reminders": 10_000},
        "ignored_its_echo",
    ),
    "five bubbles": (lambda: bot(lambda _: [Bubble()] * 5), {}, "answered_once"),
    "everybody to one": (
        lambda: bot(texts_only(lambda heard: [Bubble(chat=CALM[0], quoting=heard.message_id)])),
        {},
        "answered_in_its_chat",
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FAULTY)
def test_faulty_bots_fail_for_their_fault(name: str, seed: int) -> None:
    says, how, check = FAULTY[name]
    verdict = PaperTrial(says(), Random(seed), **how).run()
    assert outcome(verdict, check) == "failed", verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
def test_who_greets_once_is_told_so(seed: int) -> None:
    verdict = PaperTrial(bot(once_a_day()), Random(seed)).run()
    assert "each of 6 people had one answer and no other" in verdict.as_table()
