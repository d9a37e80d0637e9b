"""The verbs of groups: who is in one, who may change it, and what is announced."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.group import Group, invite_code
from megaapi_mock.domain.groups import ADDED, ALREADY_IN, REFUSED, UNKNOWN
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message_states import UNREGISTERED
from megaapi_mock.errors import Conflict, GroupNotFound, NotAuthorized

from .conftest import OWN_NUMBER

FRIEND, COLLEAGUE, STRANGER = "5511900000002", "5511900000003", "5511900000004"


def jid(number: str) -> Jid:
    return Jid.parse(number)


@pytest.fixture
def group(instance: Instance) -> Group:
    """A group that the instance has made, with one friend in it."""
    return instance.groups.create("Clube", [FRIEND])


def members(instance: Instance, group: Group) -> dict[str, str | None]:
    """Who is in the group now, with their rank."""
    return {each.jid.user: each.admin for each in instance.groups.require(group.jid).participants}


def test_who_makes_a_group_is_its_superadmin(instance: Instance, group: Group) -> None:
    assert members(instance, group) == {OWN_NUMBER: "superadmin", FRIEND: None}
    assert group.owner == instance.own_jid
    assert list(instance.groups) == [group]


def test_group_is_found_by_its_invite_code(instance: Instance, group: Group) -> None:
    assert instance.groups.invited_by(invite_code(group.jid)) == group
    assert instance.groups.invited_by("x" * 22) is None


def test_unknown_group_is_refused(instance: Instance) -> None:
    with pytest.raises(GroupNotFound, match="is not a group of"):
        instance.groups.require("120363000000000099@g.us")


def test_each_person_is_added_or_removed_with_a_status(instance: Instance, group: Group) -> None:
    added = instance.groups.add(group, [FRIEND, COLLEAGUE])
    assert added == [(jid(FRIEND), ALREADY_IN), (jid(COLLEAGUE), ADDED)]
    group = instance.groups.require(group.jid)
    removed = instance.groups.remove(group, [COLLEAGUE, STRANGER, OWN_NUMBER])
    assert [status for _, status in removed] == [ADDED, UNKNOWN, REFUSED]
    assert members(instance, group) == {OWN_NUMBER: "superadmin", FRIEND: None}


def test_group_that_was_left_is_unknown(instance: Instance, group: Group) -> None:
    instance.groups.leave(group)
    assert group.jid not in instance.groups


def test_only_an_admin_changes_members(instance: Instance, group: Group) -> None:
    instance.state.group_table.put(group.jid, group.with_rank(instance.own_jid, None))
    group = instance.groups.require(group.jid)
    with pytest.raises(NotAuthorized, match="is not an admin of"):
        instance.groups.add(group, [COLLEAGUE])
    with pytest.raises(Conflict, match="is not an admin of"):
        instance.groups.change_member(group, jid(FRIEND), jid(COLLEAGUE), "add")


def test_contact_joins_and_leaves_of_their_own(instance: Instance, group: Group) -> None:
    instance.groups.change_member(group, jid(STRANGER), jid(STRANGER), "add")
    group = instance.groups.require(group.jid)
    assert STRANGER in members(instance, group)
    with pytest.raises(Conflict, match="nothing to add"):
        instance.groups.change_member(group, jid(STRANGER), jid(STRANGER), "add")
    instance.groups.change_member(group, jid(STRANGER), jid(STRANGER), "remove")
    assert STRANGER not in members(instance, group)


def test_instance_that_is_removed_does_not_know_the_group(instance: Instance, group: Group) -> None:
    instance.groups.change_member(
        group.with_rank(jid(FRIEND), "admin"), jid(FRIEND), instance.own_jid, "remove"
    )
    assert group.jid not in instance.groups


def test_member_changes_the_subject_and_an_admin_alone_the_rest(
    instance: Instance, group: Group
) -> None:
    instance.groups.update_by(group, jid(FRIEND), {"subject": "Outro nome"})
    group = instance.groups.require(group.jid)
    assert group.subject == "Outro nome"
    with pytest.raises(Conflict, match="is not an admin of"):
        instance.groups.update_by(group, jid(FRIEND), {"announce": True})
    instance.groups.update_by(group, instance.own_jid, {"announce": True, "desc": "Avisos"})
    group = instance.groups.require(group.jid)
    assert (group.announce, group.description) == (True, "Avisos")


def test_person_whose_account_is_gone_is_in_no_group(instance: Instance, group: Group) -> None:
    friend = instance.person(jid(FRIEND))
    assert friend is not None
    instance.contact_states.set(friend, UNREGISTERED)
    assert members(instance, group) == {OWN_NUMBER: "superadmin"}
    assert instance.groups.add(group, [FRIEND]) == [(jid(FRIEND), UNKNOWN)]
