"""Which of a bot's messages answer which message of a contact."""

from __future__ import annotations

import pytest
from megaapi_mock.receiver_check.conversation import chats_of
from megaapi_mock.receiver_check.transcript import ChatTranscript

from .story import ANA, Story, told


@pytest.fixture
def story() -> Story:
    return Story()


def chat_of_ana(story: Story) -> ChatTranscript:
    [chat] = [each for each in chats_of(story.deliveries, story.messages) if each.name == ANA]
    return chat


def answers(chat: ChatTranscript) -> dict[str, list[str]]:
    """The ids of the answers to each message."""
    return {id_: [each.id for each in one.answers] for id_, one in chat.inbound.items()}


def test_an_answer_belongs_to_the_message_it_quotes(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id)
    story.answer("R1", quoting="A2")
    story.answer("R2", quoting="A1")
    chat = chat_of_ana(story)
    assert answers(chat) == {"A1": ["R2"], "A2": ["R1"]}
    assert (
        all(each.is_answer_certain for each in chat.inbound.values())
        and chat.unattributed_replies == []
    )


def test_an_answer_to_ones_own_is_a_loop(story: Story) -> None:
    told(story, "A1")
    story.answer("R1", quoting="A1")
    story.told("R1", own=True)
    story.answer("R2", quoting="R1")
    story.told("PHONE", own=True)
    story.answer("R3", quoting="PHONE")
    chat = chat_of_ana(story)
    assert [each.id for each in chat.loop_answers] == ["R2", "R3"]
    assert [len(chat.own_webhooks), chat.has_delivery] == [2, True]


def test_where_only_the_phone_wrote_every_answer_is_a_loop(story: Story) -> None:
    story.told("PHONE", own=True)
    story.answer("R1")
    assert [each.id for each in chat_of_ana(story).loop_answers] == ["R1"]


def test_an_answer_that_repeats_a_number_belongs_to_its_message(story: Story) -> None:
    for message_id, text in (("A1", "Pedido 1001"), ("A2", "Pedido 1002"), ("A3", "oi")):
        told(story, message_id, text)
    story.answer("R1", saying="Seu 1002 saiu")
    story.answer("R2", saying="Olá")
    chat = chat_of_ana(story)
    assert answers(chat) == {"A1": ["R2"], "A2": ["R1"], "A3": []}
    assert [each.is_answer_certain for each in chat.inbound.values()] == [False, True, False]
    assert [each.id for each in chat.unattributed_replies] == ["R2"]


def test_a_number_of_several_messages_tells_nothing(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id, "Pedido 1001")
    story.answer("R1", saying="1001")
    chat = chat_of_ana(story)
    assert answers(chat) == {"A1": ["R1"], "A2": []} and not chat.inbound["A1"].is_answer_certain


def test_a_second_bubble_may_be_the_answer_that_another_message_lacks(story: Story) -> None:
    told(story, "A1", "Pedido 1001")
    told(story, "A2", "oi")
    for number in (1, 2, 3):
        story.answer(f"R{number}", saying="1001")
    assert answers(chat_of_ana(story)) == {"A1": ["R1", "R3"], "A2": ["R2"]}


def test_bubbles_that_name_nothing_are_spread(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id)
    for number in range(4):
        story.answer(f"R{number}")
    assert answers(chat_of_ana(story)) == {"A1": ["R0", "R2"], "A2": ["R1", "R3"]}


def test_an_answer_is_not_for_what_came_after_it(story: Story) -> None:
    told(story, "A1")
    story.answer("R1", quoting="A1")
    story.answer("R2")
    story.now += 10
    told(story, "A2")
    assert answers(chat_of_ana(story)) == {"A1": ["R1"], "A2": ["R2"]}
