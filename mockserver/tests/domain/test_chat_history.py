"""What a phone has stored: chats in their order, people by name, messages as its library has."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.chat_history import StoredChat
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message_states import (
    DELIVERED,
    PENDING,
    READ,
    SERVER,
    STOPPED,
    UNREGISTERED,
)
from megaapi_mock.domain.number_registry import RegisteredNumber

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")


def test_the_chat_with_the_latest_message_comes_first(instance: Instance) -> None:
    for message_id, chat in (("ONE", ANA), ("TWO", BIA), ("THREE", ANA)):
        instance.now += 1
        add_message(instance, message_id, chat=chat)
    assert [chat.jid for chat in instance.history.chats()] == [ANA, BIA]
    assert instance.history.chats()[0].time == instance.now


def test_only_what_others_wrote_and_nobody_read_is_unread(instance: Instance) -> None:
    add_message(instance, "ONE", from_me=False, state=DELIVERED)
    add_message(instance, "TWO", from_me=False, state=DELIVERED)
    add_message(instance, "READ", from_me=False, state=READ)
    add_message(instance, "OWN", state=DELIVERED)
    instance.chats.pin(ANA, keep=True)
    time = instance.now
    assert instance.history.chats() == [StoredChat(ANA, time, unread=2, pinned=time)]


def test_people_are_whoever_has_a_chat_and_an_account(instance: Instance) -> None:
    for message_id, chat in (("ONE", ANA), ("TWO", BIA), ("SELF", instance.own_jid)):
        add_message(instance, message_id, chat=chat)
    instance.state.contact_states.put(BIA, UNREGISTERED)
    assert [*instance.history.people()] == [(str(ANA), "Contato 0002")]


def test_messages_of_a_chat_are_those_that_nobody_deleted(instance: Instance) -> None:
    add_message(instance, "ONE", from_me=False, state=DELIVERED)
    add_message(instance, "TWO", deleted="everyone")
    add_message(instance, "OTHER", chat=BIA)
    [stored] = instance.history.messages(ANA)
    assert stored["key"] == {"remoteJid": str(ANA), "id": "ONE", "fromMe": False}
    assert (stored["pushName"], stored["message"]) == ("Contato 0002", {"conversation": "oi"})
    assert stored["messageTimestamp"] == int(instance.now)


def test_in_a_group_messages_of_others_name_their_author(instance: Instance) -> None:
    group = add_group(instance, FRIEND)
    add_message(instance, "ONE", chat=group.jid, from_me=False, sender=ANA, state=DELIVERED)
    add_message(instance, "OWN", chat=group.jid)
    theirs, own = instance.history.messages(group.jid)
    assert theirs["key"]["participant"] == str(ANA) and "participant" not in own["key"]
    assert own["pushName"] == instance.name


@pytest.mark.parametrize(
    ("state", "reached", "status"),
    [
        (PENDING, False, 1),
        (SERVER, False, 2),
        (DELIVERED, True, 3),
        (READ, True, 4),
        (STOPPED, False, 2),
        (STOPPED, True, 3),
    ],
)
def test_a_status_says_how_far_a_message_has_come(
    instance: Instance, state: str, reached: bool, status: int
) -> None:
    add_message(instance, "ONE", state=state, reached=reached)
    assert instance.history.messages(ANA)[0]["status"] == status


def test_another_instance_is_named_as_its_profile_says(instance: Instance) -> None:
    add_message(instance, "ONE", from_me=False, state=DELIVERED)
    names = [message["pushName"] for message in instance.history.messages(ANA)]
    registry = instance.number_registry
    registry.register("megacode-TESTKEY0002", RegisteredNumber(ANA, "Par Teste", linked=True))
    again = [message["pushName"] for message in instance.history.messages(ANA)]
    assert (names, again) == (["Contato 0002"], ["Par Teste"])
