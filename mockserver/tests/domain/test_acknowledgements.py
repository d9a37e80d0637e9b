"""How far a sent message comes: planned when it is sent, stopped by what stops it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from megaapi_mock.domain.acknowledgements import Acknowledgements
from megaapi_mock.domain.facts import Receipt
from megaapi_mock.domain.fault_effects import NOWHERE, FaultEffects
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message import Message
from megaapi_mock.domain.message_states import (
    BLOCKED,
    DELIVERED,
    PENDING,
    PHONE_OFF,
    PLAYED,
    READ,
    SERVER,
    STOPPED,
    UNREGISTERED,
    UNSHOWN,
)

from .conftest import FRIEND, add_group, add_message

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")
TEXT = {"conversation": "oi"}
VOICE = {"audioMessage": {"ptt": True}}


def acks(instance: Instance, **rules: object) -> Acknowledgements:
    """The acknowledgements of an instance under these rules."""
    instance.rules = replace(instance.rules, **rules)  # type: ignore[arg-type]
    return Acknowledgements(instance, instance.addresses, instance.reachability, instance.outbox)


def state(instance: Instance) -> tuple[str, str | None]:
    message = instance.messages["ONE"]
    return message.state, message.reason


def receipts(instance: Instance) -> list[tuple[str, int]]:
    """The acknowledgements that were reported, each with its status."""
    events = instance.take_events()
    return [(e.name, e.facts.status) for e in events if isinstance(e.facts, Receipt)]


def planned(instance: Instance) -> list[tuple[float, tuple[str, ...]]]:
    return [(due[0] - instance.now, due[4]) for due in sorted(instance.agenda.scheduled)]


def plan(instance: Instance, message: Message, **rules: object) -> list[tuple[float, str]]:
    acks(instance, ack_delays=(1.0, 2.0, 3.0, 4.0), **rules).plan(message, TEXT, 1)
    return [(seconds, arguments[1]) for seconds, arguments in planned(instance)]


def test_steps_come_one_after_the_other_and_never_go_back(instance: Instance) -> None:
    add_message(instance, "ONE")
    instance.state.moving.put("ONE", True)
    acknowledge = acks(instance).acknowledge
    acknowledge("ONE", READ)
    assert state(instance) == (PENDING, None)
    for step in (SERVER, DELIVERED):
        acknowledge("ONE", step)
        assert "ONE" in instance.state.moving
    for step in (READ, SERVER, PLAYED):
        acknowledge("ONE", step)
    assert "ONE" not in instance.state.moving
    assert state(instance) == (PLAYED, None)
    names = [("ack-server", 2), ("ack-delivered", 3), ("ack-read", 4), ("ack-played", 5)]
    assert receipts(instance) == names


def test_nothing_is_reported_of_a_message_that_is_unknown(instance: Instance) -> None:
    acks(instance).acknowledge("GONE", SERVER)
    assert receipts(instance) == []


@pytest.mark.parametrize(("reason", "left"), [("not linked", None), (NOWHERE, NOWHERE)])
def test_only_a_lasting_reason_survives_a_step(
    instance: Instance, reason: str, left: str | None
) -> None:
    add_message(instance, "ONE", reason=reason)
    acks(instance).acknowledge("ONE", SERVER)
    assert state(instance) == (SERVER, left)


def test_a_file_that_cannot_be_shown_stops_at_the_phone(instance: Instance) -> None:
    add_message(instance, "ONE", state=SERVER, reason=f"{UNSHOWN}: no picture")
    instance.state.moving.put("ONE", True)
    acks(instance).acknowledge("ONE", DELIVERED)
    assert state(instance) == (STOPPED, f"{UNSHOWN}: no picture")
    assert instance.messages["ONE"].reached and "ONE" not in instance.state.moving
    assert receipts(instance) == [("ack-delivered", 3)]


@pytest.mark.parametrize(
    ("contact", "ended"),
    [
        (PHONE_OFF, (SERVER, "phone off")),
        (BLOCKED, (STOPPED, "blocked")),
        (UNREGISTERED, (STOPPED, "not registered")),
    ],
)
def test_a_person_who_cannot_have_it_keeps_it_at_the_server(
    instance: Instance, contact: str, ended: tuple[str, str]
) -> None:
    add_message(instance, "ONE")
    instance.state.moving.put("ONE", True)
    instance.state.contact_states.put(ANA, contact)
    for step in (SERVER, DELIVERED):
        acks(instance).acknowledge("ONE", step)
    assert state(instance) == ended
    assert receipts(instance) == [("ack-server", 2)]
    # Only what waits for a phone can go on.
    assert ("ONE" in instance.state.held_acks) == (contact == PHONE_OFF)
    assert ("ONE" in instance.state.moving) == (contact == PHONE_OFF)


def test_what_another_person_is_like_keeps_nothing_back(instance: Instance) -> None:
    add_message(instance, "ONE", state=SERVER)
    instance.state.contact_states.put(BIA, BLOCKED)
    acks(instance).acknowledge("ONE", DELIVERED)
    assert state(instance) == (DELIVERED, None)


def test_each_phone_of_a_group_says_its_steps_in_order(instance: Instance) -> None:
    group = add_group(instance, FRIEND, "5511900000003")
    add_message(instance, "ONE", chat=group.jid, state=SERVER)
    acknowledge = acks(instance).acknowledge
    acknowledge("ONE", READ, ANA)
    assert receipts(instance) == []
    acknowledge("ONE", DELIVERED, ANA)
    acknowledge("ONE", DELIVERED, ANA)
    acknowledge("ONE", READ, ANA)
    acknowledge("ONE", DELIVERED, BIA)
    assert receipts(instance) == [("ack-group", 3), ("ack-group", 4), ("ack-group", 3)]
    assert state(instance) == (READ, None)


def test_one_phone_that_is_off_does_not_hold_up_a_group(instance: Instance) -> None:
    group = add_group(instance, FRIEND, "5511900000003")
    add_message(instance, "ONE", chat=group.jid, state=SERVER)
    instance.state.contact_states.put(ANA, PHONE_OFF)
    acknowledge = acks(instance).acknowledge
    acknowledge("ONE", DELIVERED, ANA)
    assert state(instance) == (SERVER, None)
    assert [held[1] for held in instance.state.held_acks["ONE"]] == [("ONE", DELIVERED, ANA)]
    instance.state.contact_states.put(BIA, PHONE_OFF)
    acknowledge("ONE", DELIVERED, BIA)
    assert state(instance) == (SERVER, "phone off")


def test_whoever_blocked_the_number_still_reads_it_in_a_group(instance: Instance) -> None:
    group = add_group(instance, FRIEND)
    add_message(instance, "ONE", chat=group.jid, state=SERVER)
    instance.state.contact_states.put(ANA, BLOCKED)
    acks(instance).acknowledge("ONE", DELIVERED, ANA)
    assert state(instance) == (DELIVERED, None)


def test_a_disconnection_stops_what_is_on_its_way(instance: Instance) -> None:
    add_message(instance, "ONE", state=SERVER)
    add_message(instance, "READ", state=READ)
    for message_id in ("ONE", "READ", "GONE"):
        instance.state.moving.put(message_id, True)
    instance.reachability.hold("ONE", ("ONE", DELIVERED))
    acks(instance).stop_all("disconnected")
    assert state(instance) == (STOPPED, "disconnected")
    assert instance.messages["READ"].state == READ
    assert (len(instance.state.moving), len(instance.state.held_acks)) == (0, 0)


def test_all_steps_are_planned_when_the_message_is_sent(instance: Instance) -> None:
    message = add_message(instance, "ONE")
    assert plan(instance, message) == [(1.0, SERVER), (2.0, DELIVERED), (3.0, READ)]
    instance.agenda.scheduled.clear()
    acks(instance, ack_delays=(1.0, 2.0, 3.0, 4.0)).plan(message, VOICE, 1)
    assert planned(instance)[-1] == (4.0, ("ONE", PLAYED))


def test_steps_without_a_delay_need_no_place_in_the_agenda(instance: Instance) -> None:
    acks(instance, ack_delays=(0.0, 0.0, 0.0, 0.0)).plan(add_message(instance, "ONE"), TEXT, 1)
    assert planned(instance) == []
    instance.wake(instance.now)
    assert state(instance) == (READ, None)


def test_a_file_that_cannot_be_shown_is_planned_as_far_as_the_phone(instance: Instance) -> None:
    message = add_message(instance, "ONE", reason=f"{UNSHOWN}: no picture")
    assert plan(instance, message) == [(1.0, SERVER), (2.0, DELIVERED)]


@pytest.mark.parametrize(("stays", "steps"), [(PENDING, []), (SERVER, [(1.0, SERVER)])])
def test_a_fault_lets_a_message_get_no_further(
    instance: Instance, stays: str, steps: list[tuple[float, str]]
) -> None:
    instance.fault_effects = FaultEffects(stays=stays, because=NOWHERE)
    assert plan(instance, add_message(instance, "ONE")) == steps


def test_the_server_answers_once_and_each_phone_for_itself(instance: Instance) -> None:
    group = add_group(instance, FRIEND, "5511900000003")
    message = add_message(instance, "ONE", chat=group.jid)
    acks(instance, ack_delays=(1.0, 2.0, 3.0, 4.0), each_in_group=True).plan(message, TEXT, 1)
    assert planned(instance) == [
        (1.0, ("ONE", SERVER)),
        *((2.0, ("ONE", DELIVERED, person)) for person in (ANA, BIA)),
        *((3.0, ("ONE", READ, person)) for person in (ANA, BIA)),
    ]


def test_no_phone_answers_before_the_server(instance: Instance) -> None:
    group = add_group(instance, FRIEND, "5511900000003")
    message = add_message(instance, "ONE", chat=group.jid)
    acks(instance, ack_delays=((5.0, 9.0), (0.0, 1.0), (0.0, 9.0)), each_in_group=True).plan(
        message, TEXT, 1
    )
    plans = planned(instance)
    assert plans[0][1] == ("ONE", SERVER) and len(plans) == 5
    assert min(seconds for seconds, _ in plans) == plans[0][0] >= 5.0
    # Each phone has times of its own.
    reads = {seconds for seconds, arguments in plans if arguments[1] == READ}
    assert len(reads) == 2
