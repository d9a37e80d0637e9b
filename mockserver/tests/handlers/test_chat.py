"""Presence, pins, blocks, read marks and deletions: what changes, and what is only answered."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.presence import PRESENCES
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers import chat

from ..domain.conftest import add_group, add_message
from .calls import FRIEND, GROUP, call

ID = "3EB0C767D097B7C7C901"
KEY = {"remoteJid": f"{FRIEND}@s.whatsapp.net", "fromMe": True, "id": ID}


def test_a_known_presence_is_set_and_another_is_noted(instance: Instance) -> None:
    for option in PRESENCES:
        asked = call(instance, body={"option": option}, to=FRIEND)
        assert chat.update_presence(asked)["message"] == "Presence updated" and not asked.notes
    odd = call(instance, body={"option": "dancing"}, to=FRIEND)
    assert chat.update_presence(odd)["error"] is False
    assert odd.notes[0].startswith("option 'dancing' is not one of composing, recording")


@pytest.mark.parametrize("more", [{"strict": True}, {"switches": {"unknown_presence": "500"}}])
def test_an_unknown_presence_may_be_refused(instance: Instance, more: dict[str, object]) -> None:
    with pytest.raises(Unusable, match="dancing"):
        chat.update_presence(call(instance, body={"option": "dancing"}, to=FRIEND, **more))


@pytest.mark.parametrize(
    ("option", "pinned"), [(True, True), ("true", True), (False, False), ("false", False)]
)
def test_a_chat_is_pinned_by_either_form_of_the_option(
    instance: Instance, option: object, pinned: bool
) -> None:
    add_message(instance, ID)
    chat.pin_chat(call(instance, body={"option": option}, to=FRIEND))
    [shown] = instance.history.chats()
    assert (shown.pinned is not None) == pinned


def test_a_person_is_blocked_and_let_in_again(instance: Instance) -> None:
    friend = Jid.parse(FRIEND)
    chat.block_chat(call(instance, body={"option": True}, to=FRIEND))
    assert friend in instance.state.blocked
    chat.block_chat(call(instance, body={"option": False}, to=FRIEND))
    assert friend not in instance.state.blocked


def test_a_group_cannot_be_blocked_and_is_answered_alike(instance: Instance) -> None:
    add_group(instance)
    asked = call(instance, body={"option": True}, to=GROUP)
    assert chat.block_chat(asked)["message"] == "Chat updated"
    assert asked.notes == [f"{GROUP} is a group: only people can be blocked"]


@pytest.mark.parametrize("handler", [chat.read_message, chat.read_message_of_2022])
def test_a_message_that_nobody_knows_is_read_with_a_note(
    instance: Instance, handler: object
) -> None:
    asked = call(instance, {"key": KEY})
    assert handler(asked)["message"] == "Message read"  # type: ignore[operator]
    assert len(asked.notes) == 1


def test_a_message_of_somebody_else_is_marked_read(instance: Instance) -> None:
    add_message(instance, ID, from_me=False)
    asked = call(instance, {"key": {**KEY, "fromMe": False}})
    chat.read_message(asked)
    assert asked.notes == []


@pytest.mark.parametrize("handler", [chat.delete_message, chat.delete_message_of_2022])
def test_deleting_for_everyone_sends_a_message_of_its_own(
    instance: Instance, handler: object
) -> None:
    add_message(instance, ID)
    key = {**KEY, "participant": None, "other": 1}
    asked = call(instance, {"key": key}, to=FRIEND)
    sent = handler(asked)["messageData"]  # type: ignore[operator]
    assert sent["key"]["id"] != ID and sent["key"]["fromMe"] is True
    assert sent["message"] == {"protocolMessage": {"key": KEY, "type": "REVOKE"}}
    assert asked.notes == []


def test_deleting_what_cannot_be_deleted_is_answered_alike(instance: Instance) -> None:
    add_message(instance, ID, from_me=False)
    asked = call(instance, {"key": KEY}, to=FRIEND)
    assert chat.delete_message(asked)["message"] == "Message sent"
    assert len(asked.notes) == 1


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        ({"to": FRIEND, "messageData": {"id": ID}}, 0),
        ({"messageData": {"to": FRIEND, "key": KEY}}, 1),
        ({"to": FRIEND, "messageData": {"id": 5, "key": KEY}}, 0),
    ],
)
def test_deleting_for_oneself_takes_both_forms(
    instance: Instance, body: dict[str, object], notes: int
) -> None:
    add_message(instance, ID)
    asked = call(instance, body["messageData"], body=body)
    assert chat.delete_message_from_me(asked)["message"] == "Message deleted"
    assert len(asked.notes) == notes
    message = instance.messages.get(ID)
    assert message is not None and message.deleted == "me"


def test_deleting_what_nobody_knows_is_noted(instance: Instance) -> None:
    asked = call(instance, {"id": ID}, body={"to": FRIEND, "messageData": {"id": ID}})
    assert chat.delete_message_from_me(asked)["message"] == "Message deleted"
    assert len(asked.notes) == 1 and ID in asked.notes[0]
