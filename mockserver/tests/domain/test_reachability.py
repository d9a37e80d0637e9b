"""Who can be reached: one person, everybody in a group, and what waits for a phone."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.contacts import lid_of
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import LID, Jid
from megaapi_mock.domain.message_states import BLOCKED, PHONE_OFF, REACHABLE, UNREGISTERED

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")


def put(instance: Instance, **states: str) -> None:
    """Set the states of Ana and Bia."""
    for name, state in states.items():
        instance.state.contact_states.put({"ana": ANA, "bia": BIA}[name], state)


def plans(instance: Instance) -> list[tuple[float, tuple[str, ...]]]:
    """What was scheduled: seconds from now, and for what."""
    return [(due[0] - instance.now, due[4]) for due in sorted(instance.agenda.scheduled)]


def test_everybody_is_reachable_until_somebody_says_otherwise(instance: Instance) -> None:
    assert instance.reachability.state(ANA) == REACHABLE
    put(instance, ana=PHONE_OFF)
    assert instance.reachability.state(ANA) == PHONE_OFF
    instance.reachability.forget_person(ANA)
    assert instance.reachability.state(ANA) == REACHABLE


def test_a_hidden_number_that_nobody_has_is_unregistered(instance: Instance) -> None:
    assert instance.reachability.state(Jid("999999999999999", LID)) == UNREGISTERED
    assert instance.reachability.state(lid_of(FRIEND)) == REACHABLE
    instance.state.contact_states.put(Jid("999999999999999", LID), PHONE_OFF)
    assert instance.reachability.state(Jid("999999999999999", LID)) == PHONE_OFF


def test_members_are_the_others_of_a_group(instance: Instance) -> None:
    group = add_group(instance, FRIEND)
    assert instance.reachability.members(group.jid) == [ANA]
    assert instance.reachability.members(ANA) == []


@pytest.mark.parametrize(
    ("states", "contact"),
    [
        ({"ana": PHONE_OFF}, None),
        ({"ana": PHONE_OFF, "bia": PHONE_OFF}, PHONE_OFF),
        ({"ana": UNREGISTERED, "bia": PHONE_OFF}, PHONE_OFF),
        ({"ana": UNREGISTERED, "bia": UNREGISTERED}, UNREGISTERED),
        # Blocking somebody does not keep away what they write in a common group.
        ({"ana": PHONE_OFF, "bia": BLOCKED}, None),
    ],
)
def test_a_group_is_halted_when_nobody_in_it_can_have_the_message(
    instance: Instance, states: dict[str, str], contact: str | None
) -> None:
    group = add_group(instance, FRIEND, "5511900000003")
    put(instance, **states)
    halt = instance.reachability.halt(group.jid)
    assert (halt and halt.contact) == contact


def test_a_private_chat_is_halted_by_its_person(instance: Instance) -> None:
    assert instance.reachability.halt(ANA) is None
    put(instance, ana=BLOCKED)
    halt = instance.reachability.halt(ANA)
    assert halt is not None and halt.contact == BLOCKED


def test_somebody_without_an_account_is_nobody(instance: Instance) -> None:
    contact = instance.person(ANA)
    assert instance.reachability.unless_gone(contact) == contact
    assert instance.reachability.unless_gone(None) is None
    put(instance, ana=UNREGISTERED)
    assert instance.reachability.unless_gone(contact) is None


def test_what_waits_for_a_phone_goes_on_at_its_distance_from_the_first(instance: Instance) -> None:
    add_message(instance, "ONE")
    for step, seconds in (("delivered", 0.0), ("read", 5.0)):
        instance.now += seconds
        instance.reachability.hold("ONE", ("ONE", step))
    instance.now += 100.0
    instance.reachability.resume(BIA)
    assert plans(instance) == []
    instance.reachability.resume(ANA)
    assert plans(instance) == [(0.0, ("ONE", "delivered")), (5.0, ("ONE", "read"))]
    assert "ONE" not in instance.state.held_acks


def test_what_waits_for_one_phone_of_a_group_waits_for_that_phone(instance: Instance) -> None:
    group = add_group(instance, FRIEND, "5511900000003")
    add_message(instance, "ONE", chat=group.jid)
    for arguments in (("ONE", "read"), ("ONE", "delivered", ANA), ("ONE", "delivered", BIA)):
        instance.reachability.hold("ONE", arguments)
    instance.reachability.resume(ANA)
    # A whole group waits for anybody in it.
    assert plans(instance) == [(0.0, ("ONE", "read")), (0.0, ("ONE", "delivered", ANA))]
    assert [ack[1] for ack in instance.state.held_acks["ONE"]] == [("ONE", "delivered", BIA)]


def test_release_is_of_one_person_or_of_the_chat(instance: Instance) -> None:
    for arguments in (("ONE", "read"), ("ONE", "read", ANA)):
        instance.reachability.hold("ONE", arguments)
    instance.reachability.release("ONE", ANA)
    assert plans(instance) == [(0.0, ("ONE", "read", ANA))]
    instance.reachability.release("ONE")
    assert len(plans(instance)) == 2 and "ONE" not in instance.state.held_acks
    instance.reachability.release("ONE")
    assert len(plans(instance)) == 2


def test_what_waits_of_a_message_that_went_is_forgotten(instance: Instance) -> None:
    instance.reachability.hold("GONE", ("GONE", "read"))
    instance.reachability.resume(ANA)
    assert plans(instance) == [] and "GONE" not in instance.state.held_acks
