"""What a test decides about a person, and what follows from it."""

from __future__ import annotations

import pytest
from megaapi_mock.domain import contact_states
from megaapi_mock.domain.contacts import Contact
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message_states import BLOCKED, PHONE_OFF, REACHABLE, SERVER, UNREGISTERED
from megaapi_mock.errors import Conflict, Invalid

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")


def person(instance: Instance, jid: Jid) -> Contact:
    contact = instance.person(jid)
    assert contact is not None
    return contact


@pytest.fixture
def ana(instance: Instance) -> Contact:
    return person(instance, ANA)


def test_what_waited_for_a_phone_goes_on_when_it_is_back(instance: Instance, ana: Contact) -> None:
    add_message(instance, "ONE", state=SERVER)
    instance.contact_states.set(ana, PHONE_OFF)
    instance.reachability.hold("ONE", ("ONE", "delivered"))
    instance.contact_states.set(ana, PHONE_OFF)
    assert instance.agenda.scheduled == []
    instance.contact_states.set(ana, REACHABLE)
    assert [due[4] for due in instance.agenda.scheduled] == [("ONE", "delivered")]


def test_what_is_due_at_this_moment_meets_the_old_state(instance: Instance, ana: Contact) -> None:
    add_message(instance, "ONE", state=SERVER)
    instance.schedule(0.0, "ack", ("ONE", "delivered"))
    instance.contact_states.set(ana, BLOCKED)
    assert instance.messages["ONE"].state == "delivered"


def test_who_deletes_the_account_leaves_the_groups(instance: Instance, ana: Contact) -> None:
    group = add_group(instance, FRIEND, BIA.user)
    add_message(instance, "ONE", chat=group.jid, state=SERVER)
    instance.contact_states.set(ana, PHONE_OFF)
    instance.contact_states.set(person(instance, BIA), PHONE_OFF)
    instance.reachability.hold("ONE", ("ONE", "delivered"))
    instance.contact_states.set(ana, UNREGISTERED)
    members = [each.jid for each in instance.group_table[group.jid].participants]
    assert members == [instance.own_jid, BIA]
    instance.contact_states.set(ana, REACHABLE)
    assert ANA not in [each.jid for each in instance.group_table[group.jid].participants]


def test_ones_own_account_cannot_be_gone(instance: Instance) -> None:
    own = person(instance, instance.own_jid)
    with pytest.raises(Invalid, match="is the number of"):
        instance.contact_states.set(own, UNREGISTERED)
    instance.contact_states.set(own, PHONE_OFF)
    assert instance.reachability.state(own.jid) == PHONE_OFF


def test_there_is_room_for_so_many_people(
    instance: Instance, ana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_states, "PEOPLE_MOST", 1)
    bia = person(instance, BIA)
    instance.contact_states.set(ana, PHONE_OFF)
    instance.contact_states.set(ana, BLOCKED)
    with pytest.raises(Conflict, match="1 people have a state of their own"):
        instance.contact_states.set(bia, PHONE_OFF)
    instance.contact_states.show_buttons(ana, False)
    with pytest.raises(Conflict, match="1 people have a state of their own"):
        instance.contact_states.show_buttons(bia, False)


def test_a_phone_shows_buttons_until_it_does_not(instance: Instance, ana: Contact) -> None:
    for shows in (True, False, False, True, True):
        instance.contact_states.show_buttons(ana, shows)
        assert instance.contact_states.as_json(ana)["shows_buttons"] == shows


def test_a_person_is_shown_with_state_and_addresses(instance: Instance, ana: Contact) -> None:
    shown = instance.contact_states.as_json(ana)
    assert (shown["number"], shown["jid"], shown["lid"]) == (FRIEND, ANA, ana.lid)
    assert (shown["state"], shown["addressing"]) == (REACHABLE, "phone")
    instance.chats.block(ANA, shut_out=True)
    instance.contact_states.set(ana, PHONE_OFF)
    shown = instance.contact_states.as_json(ana)
    assert (shown["state"], shown["blocked_by_instance"]) == (PHONE_OFF, True)
