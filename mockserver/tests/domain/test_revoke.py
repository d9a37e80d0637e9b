"""Who may take a message back or edit it: authors their own, admins of a group any."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message_states import DELIVERED
from megaapi_mock.domain.revoke import (
    IGNORED,
    RevokeResult,
    is_admin,
    mark_deleted,
    may_edit,
    may_revoke,
    revoke,
)

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")


def deleted(instance: Instance) -> str | None:
    return instance.messages["ONE"].deleted


def test_ones_own_message_is_taken_back(instance: Instance) -> None:
    add_message(instance, "ONE")
    assert revoke(instance, "ONE", ANA) == RevokeResult()
    assert deleted(instance) == "everyone"


def test_an_unknown_message_is_said_and_heard(instance: Instance) -> None:
    revoked = revoke(instance, "GONE", ANA)
    assert revoked.is_heeded and "GONE is unknown here" in str(revoked.note)


def test_a_message_of_another_chat_is_ignored(instance: Instance) -> None:
    add_message(instance, "ONE")
    revoked = revoke(instance, "ONE", BIA)
    assert not revoked.is_heeded and deleted(instance) is None
    assert f"is in {ANA}, not in {BIA}: {IGNORED}" in str(revoked.note)


@pytest.mark.parametrize(("rank", "heard"), [(None, False), ("admin", True), ("superadmin", True)])
def test_what_others_wrote_is_taken_back_by_admins_alone(
    instance: Instance, rank: str | None, heard: bool
) -> None:
    group = add_group(instance, FRIEND, admin=rank)
    add_message(instance, "ONE", chat=group.jid, from_me=False, sender=ANA, state=DELIVERED)
    revoked = revoke(instance, "ONE", group.jid)
    assert (revoked.is_heeded, deleted(instance)) == (heard, "everyone" if heard else None)
    assert heard or "is not the instance's own" in str(revoked.note)


def test_marking_an_unknown_message_does_nothing(instance: Instance) -> None:
    mark_deleted(instance.state, "GONE")
    assert "GONE" not in instance.messages


def test_authors_may_revoke_and_edit_their_own_in_its_chat(instance: Instance) -> None:
    add_message(instance, "ONE", from_me=False, state=DELIVERED)
    for may in (may_revoke, may_edit):
        assert may(instance.state, "ONE", ANA, ANA)
        assert not may(instance.state, "ONE", BIA, ANA)
        assert not may(instance.state, "ONE", ANA, BIA)
        # What is not known here may be anything.
        assert may(instance.state, "GONE", BIA, ANA)


def test_an_admin_may_revoke_what_others_wrote_and_not_edit_it(instance: Instance) -> None:
    group = add_group(instance, FRIEND)
    add_message(instance, "ONE", chat=group.jid, from_me=False, sender=ANA, state=DELIVERED)
    assert may_revoke(instance.state, "ONE", instance.own_jid, group.jid)
    assert not may_edit(instance.state, "ONE", instance.own_jid, group.jid)


def test_an_admin_is_one_of_this_group(instance: Instance) -> None:
    group = add_group(instance, FRIEND)
    assert is_admin(instance.state, group.jid, instance.own_jid)
    assert not is_admin(instance.state, group.jid, ANA)
    assert not is_admin(instance.state, group.jid, BIA)
    assert not is_admin(instance.state, ANA, instance.own_jid)
