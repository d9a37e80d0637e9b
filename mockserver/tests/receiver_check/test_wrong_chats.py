"""Answers in a wrong chat, and what bots rightly tell others of a customer's message."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from megaapi_mock.receiver_check.conversation import chats_of

from .rehearsal import CALM, FRIEND, Bubble, Heard, PaperTrial, Says
from .story import ANA, BIA, GROUP, Story, offending, outcome, told
from .test_whole_trials import SEEDS

CHECK = "answered_in_its_chat"
# Nobody of the trial.
COLLEAGUE = "5511900000040@s.whatsapp.net"


@pytest.fixture
def story() -> Story:
    return Story()


def both_wrote(story: Story, *, ana: str = "Pedido 4711", bia: str = "Pedido 4712") -> None:
    told(story, "A1", ana, chat=ANA)
    told(story, "B1", bia, chat=BIA)


def sentence(story: Story) -> str:
    return next(check.message for check in story.judged().checks if check.name == CHECK)


# -- by the story ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quoting", "saying"),
    [("A1", "Obrigado"), (None, "re: Pedido 4711"), (None, "4711"), ("B1", "re: Pedido 4711")],
)
def test_an_answer_to_ana_in_bia_s_chat_is_in_the_wrong_one(
    story: Story, quoting: str | None, saying: str
) -> None:
    both_wrote(story)
    story.answer("R1", chat=BIA, quoting=quoting, saying=saying)
    story.answer("R2", chat=BIA, quoting="B1")
    if quoting == "B1":
        # It names both: nobody can say whom it is meant for.
        assert outcome(story.judged(), CHECK) == "passed"
        return
    assert offending(story.judged(), CHECK) == ("R1",)
    assert f"{ANA} to {BIA}" in sentence(story)


def test_words_tell_the_message_too_when_they_are_hers_alone(story: Story) -> None:
    both_wrote(story, ana="Quero duas pizzas grandes", bia="oi")
    story.answer("R1", chat=BIA, saying="Anotado: Quero duas pizzas grandes")
    story.answer("R2", chat=BIA)
    assert offending(story.judged(), CHECK) == ("R1",)


@pytest.mark.parametrize("ana", ["Obrigadissima!", "Bom dia", "Pedido 1"])
def test_few_words_are_said_by_chance(story: Story, ana: str) -> None:
    both_wrote(story, ana=ana, bia="oi")
    story.answer("R1", chat=BIA, saying=f"Ola! {ana}")
    story.answer("R2", chat=ANA)
    assert outcome(story.judged(), CHECK) == "not applicable"


def test_a_menu_with_the_words_of_somebody_is_said_to_everybody(story: Story) -> None:
    both_wrote(story, ana="Falar com atendente", bia="Menu")
    for chat in (ANA, BIA):
        story.answer(f"R{chat}", chat=chat, saying="1. Pedidos 2. Falar com atendente")
    assert story.judged().passed


def test_ana_s_order_may_be_told_to_bia_when_ana_was_answered(story: Story) -> None:
    """Bia is an attendant, and wrote herself."""
    both_wrote(story, bia="Assumo o turno")
    story.answer("R1", chat=ANA, saying="Um atendente vai responder")
    story.answer("R2", chat=BIA)
    story.answer("R3", chat=BIA, saying="Ana: Pedido 4711")
    assert story.judged().passed, story.judged().as_table()


def test_an_answer_to_a_group_may_be_private(story: Story) -> None:
    told(story, "A1", "oi", chat=ANA)
    told(story, "G1", "Pedido 4711", chat=GROUP, key={"participant": ANA})
    story.answer("R1", chat=ANA)
    story.answer("R2", chat=ANA, quoting="G1", saying="Sobre o 4711: saiu")
    assert outcome(story.judged(), CHECK) != "failed"


def test_a_report_that_names_several_customers_is_no_answer(story: Story) -> None:
    both_wrote(story)
    told(story, "C1", "oi", chat="5511900000005@s.whatsapp.net")
    story.answer("R1", chat="5511900000005@s.whatsapp.net", saying="Hoje: 4711, 4712")
    assert outcome(story.judged(), CHECK) == "not applicable"


def test_a_number_that_was_said_before_the_message_came_is_chance(story: Story) -> None:
    told(story, "B1", "oi", chat=BIA)
    story.answer("R1", chat=BIA, saying="Seu protocolo: 4711")
    story.now += 5
    told(story, "A1", "Pedido 4711", chat=ANA)
    assert outcome(story.judged(), CHECK) != "failed"


def test_what_only_tells_of_a_message_is_no_answer_in_that_chat(story: Story) -> None:
    """A group that hears of every order has not been answered too often."""
    told(story, "G1", "Bom dia", chat=GROUP)
    for number in range(5):
        told(story, f"A{number}", f"Pedido 471{number}", chat=ANA)
        story.answer(f"R{number}", chat=ANA, saying=f"Recebi o 471{number}")
        story.answer(f"N{number}", chat=GROUP, saying=f"Novo pedido 471{number}")
    by_name = {chat.name: chat for chat in chats_of(story.deliveries, story.messages)}
    assert by_name[GROUP].replies == []
    assert story.judged().passed


def test_an_answer_to_a_customer_in_a_chat_the_owner_opened_is_no_loop(story: Story) -> None:
    told(story, "A1", "Pedido 4711", chat=ANA)
    story.told("PHONE", chat=BIA, own=True)
    story.answer("R1", chat=BIA, saying="re: Pedido 4711")
    verdict = story.judged()
    assert offending(verdict, CHECK) == ("R1",)
    assert outcome(verdict, "ignored_its_echo") != "failed"


# -- whole trials ----------------------------------------------------------------------------------

# What a bot sends for a message of a contact that is new to it.
Sends = Callable[[Heard], list[Bubble]]


def bot(sends: Sends, *, only_texts: bool = True) -> Says:
    ids: set[str] = set()

    def says(heard: Heard) -> list[Bubble]:
        if heard.own or heard.message_id in ids or (only_texts and not heard.text):
            return []
        ids.add(heard.message_id)
        return sends(heard)

    return says


def named(heard: Heard, how: str, **more: str) -> Bubble:
    quoting = heard.message_id if how == "quoting" else ""
    text = f"re: {heard.words}" if how == "repeating" else ""
    return Bubble(text=text, quoting=quoting, **more)


def to_the_chat_before(how: str) -> Sends:
    chats: list[str] = [CALM[0]]

    def sends(heard: Heard) -> list[Bubble]:
        chats.append(heard.chat)
        return [named(heard, how, chat=chats[-2])]

    return sends


def of_the_message_before(how: str) -> Sends:
    heard_before: list[Heard] = []

    def sends(heard: Heard) -> list[Bubble]:
        heard_before.append(heard)
        return [named(heard_before[-2:][0], how, chat=heard.chat)]

    return sends


def now_and_then(how: str) -> Sends:
    """Every tenth goes to whoever wrote before somebody else did."""
    chats: list[str] = [CALM[0]]

    def sends(heard: Heard) -> list[Bubble]:
        others = [chat for chat in chats if chat != heard.chat]
        wrong = len(chats) % 10 == 0 and bool(others)
        chats.append(heard.chat)
        return [named(heard, how, chat=others[-1] if wrong else heard.chat)]

    return sends


def two_customers_mixed_up(how: str) -> Sends:
    other = dict(zip(CALM, reversed(CALM), strict=True))
    return lambda heard: [named(heard, how, chat=other.get(heard.chat, heard.chat))]


def to_whom_the_owner_wrote(how: str) -> Sends:
    return lambda heard: [named(heard, how, chat=FRIEND if heard.chat == CALM[0] else heard.chat)]


MIXED_UP: dict[str, Callable[[str], Sends]] = {
    "to the chat before": to_the_chat_before,
    "of the message before": of_the_message_before,
    "one in ten": now_and_then,
    "two customers": two_customers_mixed_up,
    "to whom the owner wrote": to_whom_the_owner_wrote,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("how", ["quoting", "repeating"])
@pytest.mark.parametrize("name", MIXED_UP)
def test_who_mixes_up_customers_fails_for_that(name: str, how: str, seed: int) -> None:
    verdict = PaperTrial(bot(MIXED_UP[name](how)), Random(seed)).run()
    assert outcome(verdict, CHECK) == "failed", verdict.as_table()
    assert outcome(verdict, "ignored_its_echo") != "failed", verdict.as_table()


def tells(others: str, how: str, mine: str) -> Sends:
    """It answers, and tells others what it was told: a `mine` answer, and `how` it tells."""
    return lambda heard: [named(heard, mine), named(heard, how, chat=others)]


def hands_over(others: str) -> Sends:
    """Everybody hears that somebody will answer; the others get every word."""
    return lambda heard: [
        Bubble(text="Um atendente vai responder"),
        Bubble(text=f"{heard.chat[:13]} escreveu: {heard.words}", chat=others),
    ]


def tells_of_all(others: str) -> Sends:
    words: list[str] = []

    def sends(heard: Heard) -> list[Bubble]:
        words.append(heard.words)
        return [Bubble(), Bubble(text="; ".join(words), chat=others)]

    return sends


def has_protocols(_: str) -> Sends:
    """Each answer has a number of its own."""
    numbers = iter(range(1001, 2000))
    return lambda heard: [Bubble(text=f"Protocolo {next(numbers)}")]


RIGHT: dict[str, Callable[[str], Sends]] = {
    "tells, quoting": lambda others: tells(others, "quoting", ""),
    "tells, repeating": lambda others: tells(others, "repeating", ""),
    "tells, quoting, and quotes": lambda others: tells(others, "quoting", "quoting"),
    "tells, repeating, and repeats": lambda others: tells(others, "repeating", "repeating"),
    "hands over": hands_over,
    "tells of all": tells_of_all,
    "protocols": has_protocols,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("others", [COLLEAGUE, GROUP])
@pytest.mark.parametrize("name", RIGHT)
def test_who_tells_others_of_a_customer_passes(name: str, others: str, seed: int) -> None:
    verdict = PaperTrial(bot(RIGHT[name](others)), Random(seed)).run()
    assert verdict.passed, verdict.as_table()
