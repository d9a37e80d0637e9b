"""The verbs of chats: who is written to, what is kept and announced, and what is refused."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.chats import Recipient
from megaapi_mock.domain.connection import Connection
from megaapi_mock.domain.contacts import Contact
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message_states import DELIVERED, PENDING, READ, STOPPED
from megaapi_mock.errors import Conflict, Invalid, NotAMember

FRIEND = "5511900000002"
GROUP = Jid.parse("120363000000000001@g.us")
TEXT = {"conversation": "oi"}


@pytest.fixture
def friend(instance: Instance) -> Contact:
    contact = instance.person(Jid.parse(FRIEND))
    assert contact is not None
    return contact


def events(instance: Instance) -> list[str]:
    """The names of what was recorded since this was last asked."""
    return [event.name for event in instance.take_events()]


def test_number_and_jid_of_a_person_are_one_chat(instance: Instance) -> None:
    by_number = instance.chats.recipient(FRIEND)
    by_jid = instance.chats.recipient(f"{FRIEND}@s.whatsapp.net")
    assert by_number == by_jid == Recipient(f"{FRIEND}@s.whatsapp.net", Jid.parse(FRIEND))


def test_group_that_the_instance_is_not_in_is_refused(instance: Instance) -> None:
    with pytest.raises(NotAMember, match="is not a group of"):
        instance.chats.recipient(GROUP)


@pytest.mark.parametrize(("echo", "announced"), [(True, ["from-me-api-echo"]), (False, [])])
def test_sent_message_is_pending_kept_and_announced_if_wanted(
    instance: Instance, echo: bool, announced: list[str]
) -> None:
    answer = instance.chats.send(instance.chats.recipient(FRIEND), TEXT, echo=echo)
    assert answer["status"] == "PENDING" and answer["message"] == TEXT
    message = instance.messages[answer["key"]["id"]]
    assert (message.state, message.from_me, message.chat) == (PENDING, True, Jid.parse(FRIEND))
    assert events(instance) == announced


def test_message_to_a_number_without_whatsapp_stops_at_once(instance: Instance) -> None:
    nobody = Recipient(FRIEND, Jid.parse(FRIEND), "not registered")
    answer = instance.chats.send(nobody, TEXT)
    message = instance.messages[answer["key"]["id"]]
    assert (message.state, message.reason) == (STOPPED, "not registered")


def test_message_of_a_contact_is_delivered_and_announced(
    instance: Instance, friend: Contact
) -> None:
    key = instance.chats.inbound_key(friend, None)
    message = instance.chats.arrive("text-plain", key, TEXT, author=friend.jid, name=friend.name)
    assert (message.state, message.from_me) == (DELIVERED, False)
    assert instance.messages[message.id] is message
    assert events(instance) == ["text-plain"]


def test_nothing_arrives_while_no_phone_is_linked(instance: Instance, friend: Contact) -> None:
    instance.state.connection = Connection()
    key = instance.chats.inbound_key(friend, None)
    with pytest.raises(Conflict, match="is not linked"):
        instance.chats.arrive("text-plain", key, TEXT, author=friend.jid, name=friend.name)
    assert (len(instance.messages), events(instance)) == (0, [])


def test_somebody_blocked_writes_nothing_until_let_in_again(
    instance: Instance, friend: Contact
) -> None:
    instance.chats.block(friend.jid, shut_out=True)
    with pytest.raises(Conflict, match="is blocked by"):
        instance.chats.require_contact(friend)
    instance.chats.block(friend.jid, shut_out=False)
    instance.chats.require_contact(friend)


def test_only_messages_of_others_can_be_read(instance: Instance, friend: Contact) -> None:
    key = instance.chats.inbound_key(friend, None)
    message = instance.chats.arrive("text-plain", key, TEXT, author=friend.jid, name=friend.name)
    own_id = instance.chats.send(instance.chats.recipient(FRIEND), TEXT)["key"]["id"]
    assert instance.chats.mark_read(message.id) is None
    assert instance.messages[message.id].state == READ
    assert "is the instance's own" in str(instance.chats.mark_read(own_id))
    assert "is unknown here" in str(instance.chats.mark_read("NOBODY"))


def test_message_is_deleted_for_the_instance_alone(instance: Instance) -> None:
    own_id = instance.chats.send(instance.chats.recipient(FRIEND), TEXT)["key"]["id"]
    assert instance.chats.delete(own_id) is None
    assert instance.messages[own_id].deleted == "me"
    assert "is unknown here" in str(instance.chats.delete("NOBODY"))


def test_who_is_not_in_a_group_has_no_key_there(instance: Instance, friend: Contact) -> None:
    with pytest.raises(Invalid, match="is not a participant of"):
        instance.chats.inbound_key(friend, GROUP)


def test_chat_is_pinned_until_it_is_let_go(instance: Instance) -> None:
    chat = Jid.parse(FRIEND)
    for keep in (True, True, False, False):
        instance.chats.pin(chat, keep=keep)
        assert (chat in instance.state.pinned) == keep
