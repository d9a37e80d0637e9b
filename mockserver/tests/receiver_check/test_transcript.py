"""What was told and said in a chat, as plain values."""

from __future__ import annotations

from math import inf

import pytest
from megaapi_mock.receiver_check.conversation import chats_of
from megaapi_mock.receiver_check.transcript import ChatTranscript, Inbound, bursts_of

from ..support import START
from .story import ANA, Story, attempt, told


@pytest.fixture
def story() -> Story:
    return Story()


def chats(story: Story) -> dict[str, ChatTranscript]:
    return {chat.name: chat for chat in chats_of(story.deliveries, story.messages)}


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


@pytest.mark.parametrize(
    ("seconds", "bursts"), [(10, [["A1", "A2"], ["A3"]]), (0, [["A1"], ["A2"], ["A3"]])]
)
def test_a_burst_ends_where_nobody_wrote_for_so_long(
    story: Story, seconds: float, bursts: list[list[str]]
) -> None:
    for message_id, pause in (("A1", 5), ("A2", 10), ("A3", 0)):
        told(story, message_id)
        story.now += pause
    groups = bursts_of(chats(story)[ANA], seconds)
    assert [[each.id for each in group] for group in groups] == bursts
