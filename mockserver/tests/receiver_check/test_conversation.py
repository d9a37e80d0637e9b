"""What a receiver got in each chat, and which of its messages answer which."""

from __future__ import annotations

import json
from math import inf
from typing import Any

import pytest
from megaapi_mock.receiver_check.conversation import ChatTranscript, Inbound, chats_of

from ..support import START
from .story import ANA, BIA, GROUP, Story, attempt


@pytest.fixture
def story() -> Story:
    return Story()


def chats(story: Story, **options: Any) -> dict[str, ChatTranscript]:
    return {chat.name: chat for chat in chats_of(story.deliveries, story.messages, **options)}


def answers(chat: ChatTranscript) -> dict[str, list[str]]:
    """The ids of the answers to each message."""
    return {id_: [each.id for each in one.answers] for id_, one in chat.inbound.items()}


def says(text: str) -> dict[str, Any]:
    return {"conversation": text}


def told(story: Story, message_id: str, text: str = "oi", **options: Any) -> None:
    """A message of a contact that the instance knows too."""
    story.told(message_id, content=says(text), **options)
    story.wrote(message_id, chat=options.get("chat", ANA))


def test_messages_are_told_apart_by_chat_and_id(story: Story) -> None:
    told(story, "A1")
    story.told("A1")
    told(story, "B1", chat=BIA)
    made = chats(story)
    assert [len(one.deliveries) for one in made[ANA].inbound.values()] == [2]
    assert set(made) == {ANA, BIA}


@pytest.mark.parametrize(
    ("content", "text", "must"),
    [
        (says("oi"), "oi", True),
        ({"extendedTextMessage": {"text": "oi"}}, "oi", True),
        ({"ephemeralMessage": {"message": says("oi")}}, "oi", True),
        ({"imageMessage": {"caption": "oi"}}, "", False),
        ({"extendedTextMessage": {"text": 5}}, "", True),
        ({}, "", False),
    ],
)
def test_only_a_text_must_be_answered(
    story: Story, content: dict[str, Any], text: str, must: bool
) -> None:
    delivery = story.told("A1")
    payload = json.loads(delivery.body)
    delivery.body = json.dumps({**payload, "message": content}).encode()
    inbound = chats(story)[ANA].inbound["A1"]
    assert (inbound.text, inbound.must_be_answered) == (text, must)


@pytest.mark.parametrize(
    ("chat", "must"), [(ANA, True), (GROUP, True), ("status@broadcast", False)]
)
def test_stories_need_no_answer(story: Story, chat: str, must: bool) -> None:
    story.told("A1", chat=chat)
    assert chats(story)[chat].inbound["A1"].must_be_answered == must


@pytest.mark.parametrize("body", [b"[]", b'{"key": 5}', b'{"key": {}, "message": 5}', b"7"])
def test_webhooks_that_bring_no_message_are_passed_over(story: Story, body: bytes) -> None:
    story.told("A1").body = body
    assert chats(story) == {}


def test_an_answer_belongs_to_the_message_it_quotes(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id)
    story.answer("R1", quoting="A2")
    story.answer("R2", quoting="A1")
    chat = chats(story)[ANA]
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
    chat = chats(story)[ANA]
    assert [each.id for each in chat.loop_answers] == ["R2", "R3"]
    assert [len(chat.own_webhooks), chat.has_delivery] == [2, True]


def test_where_only_the_phone_wrote_every_answer_is_a_loop(story: Story) -> None:
    story.told("PHONE", own=True)
    story.answer("R1")
    assert [each.id for each in chats(story)[ANA].loop_answers] == ["R1"]


def test_an_answer_that_repeats_a_number_belongs_to_its_message(story: Story) -> None:
    for message_id, text in (("A1", "Pedido 1001"), ("A2", "Pedido 1002"), ("A3", "oi")):
        told(story, message_id, text)
    story.answer("R1", saying="Seu 1002 saiu")
    story.answer("R2", saying="Olá")
    chat = chats(story)[ANA]
    assert answers(chat) == {"A1": ["R2"], "A2": ["R1"], "A3": []}
    assert [each.is_answer_certain for each in chat.inbound.values()] == [False, True, False]
    assert [each.id for each in chat.unattributed_replies] == ["R2"]


def test_a_number_of_several_messages_tells_nothing(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id, "Pedido 1001")
    story.answer("R1", saying="1001")
    chat = chats(story)[ANA]
    assert answers(chat) == {"A1": ["R1"], "A2": []} and not chat.inbound["A1"].is_answer_certain


def test_a_second_bubble_may_be_the_answer_that_another_message_lacks(story: Story) -> None:
    told(story, "A1", "Pedido 1001")
    told(story, "A2", "oi")
    for number in (1, 2, 3):
        story.answer(f"R{number}", saying="1001")
    assert answers(chats(story)[ANA]) == {"A1": ["R1", "R3"], "A2": ["R2"]}


def test_bubbles_that_name_nothing_are_spread(story: Story) -> None:
    for message_id in ("A1", "A2"):
        told(story, message_id)
    for number in range(4):
        story.answer(f"R{number}")
    assert answers(chats(story)[ANA]) == {"A1": ["R0", "R2"], "A2": ["R1", "R3"]}


def test_an_answer_is_not_for_what_came_after_it(story: Story) -> None:
    told(story, "A1")
    story.answer("R1", quoting="A1")
    story.answer("R2")
    story.now += 10
    told(story, "A2")
    assert answers(chats(story)[ANA]) == {"A1": ["R1"], "A2": ["R2"]}


def test_what_was_sent_before_the_first_message_answers_nothing(story: Story) -> None:
    story.answer("EARLY")
    told(story, "A1")
    assert [each.id for each in chats(story)[ANA].replies] == []
    story.answer("R1")
    assert [each.id for each in chats(story)[ANA].replies] == ["R1"]


def test_a_hidden_number_is_the_chat_of_its_number(story: Story) -> None:
    story.told("A1", chat="100000000000002@lid", key={"senderPn": ANA})
    story.told("A2", chat="100000000000002@lid")
    made = chats(story, chat_of=lambda jid: ANA if jid.endswith("@lid") else jid)
    assert list(made) == [ANA] and list(made[ANA].inbound) == ["A1", "A2"]


def test_messages_of_other_instances_are_marked(story: Story) -> None:
    told(story, "A1")
    told(story, "A2")
    inbound = chats(story, from_instances={"A2"})[ANA].inbound
    assert [each.from_instance for each in inbound.values()] == [False, True]


def test_a_receiver_has_a_message_once_a_delivery_of_it_succeeded(story: Story) -> None:
    failed = attempt(START + 1, 500)
    story.told("A1", state="failed", attempts=[failed])
    inbound = chats(story)[ANA].inbound["A1"]
    assert (inbound.is_accepted, inbound.first_attempt, inbound.received_at) == (
        False,
        START + 1,
        inf,
    )
    story.told("A1", attempts=[attempt(START + 5), attempt(START + 3)])
    inbound = chats(story)[ANA].inbound["A1"]
    assert inbound.is_accepted and inbound.received_at == START + 3.01
    assert [each.time for each in inbound.attempts] == [START + 1, START + 5, START + 3]


def test_an_attempt_under_way_may_have_been_read(story: Story) -> None:
    story.told("A1", state="queued", attempts=[])
    assert chats(story)[ANA].inbound["A1"].first_attempt == START
    assert Inbound("A1", True, "").first_attempt == inf
