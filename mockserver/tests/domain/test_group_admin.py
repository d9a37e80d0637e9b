"""What only an admin does in a group: ranks and settings, told to everybody in it."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.group import Group, Participant
from megaapi_mock.domain.groups import ADDED, REFUSED, UNKNOWN
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.number_registry import RegisteredNumber
from megaapi_mock.errors import NotAuthorized

from .conftest import FRIEND, add_group

ANA, STRANGER = Jid.parse(FRIEND), Jid.parse("5511900000009")


def ranks(instance: Instance, group: Group) -> dict[Jid, str | None]:
    return {each.jid: each.admin for each in instance.group_table[group.jid].participants}


@pytest.fixture
def group(instance: Instance) -> Group:
    return add_group(instance, FRIEND)


def test_groups_one_administers_are_those_with_a_rank(instance: Instance, group: Group) -> None:
    assert instance.group_admin.administered_groups() == [group]
    add_group(instance, FRIEND, admin=None)
    assert instance.group_admin.administered_groups() == []


def test_people_are_promoted_and_demoted_one_by_one(instance: Instance, group: Group) -> None:
    outcome = instance.group_admin.rank(group, [FRIEND, STRANGER.user], "promote")
    assert outcome == [(ANA, ADDED), (STRANGER, UNKNOWN)]
    assert ranks(instance, group)[ANA] == "admin"
    group = instance.group_table[group.jid]
    assert instance.group_admin.rank(group, [FRIEND], "demote") == [(ANA, ADDED)]
    assert ranks(instance, group)[ANA] is None


def test_nobody_demotes_whoever_created_the_group(instance: Instance, group: Group) -> None:
    group = group.with_rank(ANA, "superadmin")
    instance.state.group_table.put(group.jid, group)
    assert instance.group_admin.rank(group, [FRIEND], "demote") == [(ANA, REFUSED)]
    # Nor by making them an admin.
    assert instance.group_admin.rank(group, [FRIEND], "promote") == [(ANA, ADDED)]
    assert ranks(instance, group)[ANA] == "superadmin"


def test_settings_are_changed_and_told(instance: Instance, group: Group) -> None:
    instance.number_registry.register(
        "megacode-TESTKEY0002", RegisteredNumber(ANA, "Ana", linked=True)
    )
    instance.group_admin.change_settings(group, {"announce": True})
    changed = instance.group_table[group.jid]
    assert (changed.announce, changed.restrict) == (True, False)
    [envelope] = instance.take_peer_messages()
    assert envelope.address == ANA and instance.take_events() == []


def test_a_webhook_tells_it_where_the_gateway_does(instance: Instance, group: Group) -> None:
    object.__setattr__(instance.rules, "group_events", True)
    instance.group_admin.change_settings(group, {"restrict": True})
    instance.group_admin.rank(group, [STRANGER.user], "promote")
    instance.group_admin.rank(group, [FRIEND], "promote")
    assert [event.name for event in instance.take_events()] == [
        "group-update",
        "group-participants",
    ]


def test_who_is_no_admin_changes_nothing(instance: Instance) -> None:
    group = add_group(instance, FRIEND, admin=None)
    with pytest.raises(NotAuthorized):
        instance.group_admin.rank(group, [FRIEND], "promote")
    with pytest.raises(NotAuthorized):
        instance.group_admin.change_settings(group, {"announce": True})
    assert Participant(ANA) in instance.group_table[group.jid].participants
