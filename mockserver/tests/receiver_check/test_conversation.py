"""What a receiver got in each chat, and which of its messages answer which."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_mock.receiver_check.conversation import chats_of
from megaapi_mock.receiver_check.transcript import ChatTranscript

from .story import ANA, BIA, GROUP, Story, told


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
