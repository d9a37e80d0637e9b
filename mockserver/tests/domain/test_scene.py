"""Which messages a contact can act on: those that can be seen in the chat, the newest first."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message_states import DELIVERED, PENDING, READ, SERVER, STOPPED
from megaapi_mock.domain.scene import Scene, is_visible
from megaapi_mock.errors import Conflict

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")


def scene(instance: Instance, **fields: Any) -> Scene:
    return Scene(instance, fields.pop("chat", ANA), fields.pop("author", ANA), "NEW", **fields)


def test_the_newest_of_the_chat_comes_first(instance: Instance) -> None:
    add_message(instance, "ONE", state=READ)
    add_message(instance, "TWO", from_me=False, state=DELIVERED)
    add_message(instance, "OTHER", chat=BIA, state=READ)
    add_message(instance, "GONE", state=READ, deleted="everyone")
    add_message(instance, "REACTION", state=READ, type="reactionMessage")
    add_message(instance, "LOST", state=PENDING, reason="zombie session")
    assert [message.id for message in scene(instance).newest()] == ["TWO", "ONE"]


def test_what_the_instance_alone_deleted_can_be_seen(instance: Instance) -> None:
    assert is_visible(add_message(instance, "ONE", deleted="me"))
    assert not is_visible(add_message(instance, "TWO", deleted="everyone"))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": PENDING}, None),
        ({"state": SERVER}, None),
        ({"state": SERVER, "reason": "phone off"}, "reached no phone: phone off"),
        ({"state": PENDING, "reason": "zombie"}, "reached no phone: zombie"),
        ({"state": DELIVERED, "reason": "phone off", "reached": True}, None),
        ({"state": STOPPED, "reason": "blocked"}, "reached no phone: blocked"),
        ({"state": STOPPED, "reason": "disconnected", "reached": True}, None),
        ({"state": DELIVERED, "sender": BIA}, f"was sent by {BIA}, which is not linked any more"),
        ({"state": PENDING, "from_me": False, "reason": "zombie"}, None),
    ],
)
def test_what_nobody_has_on_their_phone_is_withheld(
    instance: Instance, fields: dict[str, Any], why: str | None
) -> None:
    assert scene(instance).undelivered_reason(add_message(instance, "ONE", **fields)) == why


def test_the_owner_sees_what_was_written_there(instance: Instance) -> None:
    message = add_message(instance, "ONE", state=STOPPED, reason="blocked")
    assert scene(instance, is_by_owner=True).undelivered_reason(message) is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (None, "message: ONE is unknown to megacode-TESTKEY0001"),
        ({"chat": BIA}, f"message: ONE is in {BIA}, not in {ANA}"),
        ({"deleted": "everyone"}, "message: ONE is deleted: nobody can see it"),
        ({"type": "reactionMessage"}, "message: ONE is a reactionMessage: nobody can see it"),
        ({"state": SERVER, "reason": "phone off"}, "message: ONE reached no phone: phone off"),
    ],
)
def test_a_named_message_must_be_one_that_can_be_seen(
    instance: Instance, fields: dict[str, Any] | None, sentence: str
) -> None:
    if fields is not None:
        add_message(instance, "ONE", **fields)
    with pytest.raises(Conflict) as refusal:
        scene(instance, message="ONE").require_named()
    assert str(refusal.value) == sentence


def test_the_message_named_is_taken_or_the_newest_that_suits(instance: Instance) -> None:
    one = add_message(instance, "ONE", state=READ)
    two = add_message(instance, "TWO", state=READ)
    assert scene(instance).any_message() == two
    assert scene(instance, message="ONE").any_message() == one
    assert scene(instance).target(lambda message: message.id == "ONE", "nothing") == one
    with pytest.raises(Conflict, match="message: ONE will not do: only TWO"):
        scene(instance, message="ONE").target(lambda message: message.id == "TWO", "only TWO")


def test_a_refusal_names_the_newest_near_miss(instance: Instance) -> None:
    add_message(instance, "OLD", state=SERVER, reason="phone off")
    add_message(instance, "NEW", state=STOPPED, reason="blocked")
    with pytest.raises(Conflict) as refusal:
        scene(instance).any_message()
    assert str(refusal.value) == (
        f"nothing suits in {ANA}: nobody has written there yet; "
        "message NEW reached no phone: blocked"
    )


def test_ones_own_is_what_the_same_person_wrote_from_the_same_side(instance: Instance) -> None:
    theirs = add_message(instance, "ONE", from_me=False)
    own = add_message(instance, "TWO")
    assert scene(instance).is_by_author(theirs) and not scene(instance).is_by_author(own)
    assert not scene(instance, author=BIA).is_by_author(theirs)
    # What was sent through the gateway is not what the number's own phone wrote elsewhere.
    assert not scene(instance, author=instance.own_jid).is_by_author(own)
    assert scene(instance, author=instance.own_jid, is_by_owner=True).is_by_author(own)


def test_only_an_admin_rules_a_group(instance: Instance) -> None:
    group = add_group(instance, FRIEND)
    assert scene(instance, chat=group.jid, author=instance.own_jid).is_group_admin()
    assert not scene(instance, chat=group.jid).is_group_admin()


def test_a_moment_is_in_milliseconds(instance: Instance) -> None:
    instance.now = 1_700_000_000.25
    assert scene(instance).milliseconds == "1700000000250"
