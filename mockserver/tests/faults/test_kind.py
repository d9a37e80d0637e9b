"""What a kind of fault does where it says nothing of its own."""

from __future__ import annotations

from dataclasses import fields

import pytest
from megaapi_mock.domain.fault_effects import NO_EFFECTS
from megaapi_mock.faults.kind import FaultTally, Kind, Moment, Replacing, WireAnswer, sends_message
from megaapi_mock.faults.registry import discover
from megaapi_mock.spec.operations import Operation

from ..domain.conftest import make_instance

MOMENT = Moment(1.0, 0.5, 0.0)
SEND = Operation("send_text", "send_message", "POST", "/a", "a.yaml", {})
LOGOUT = Operation("logout", "instance", "DELETE", "/b", "b.yaml", {})


def test_a_kind_hits_any_call_at_once_and_changes_nothing() -> None:
    kind, instance = Kind(), make_instance(connected=True)
    assert kind.concerns(LOGOUT) and kind.is_due(FaultTally(), 1.0)
    assert (kind.wait(MOMENT), kind.pause(MOMENT)) == (0.0, 0.0)
    assert kind.fault_effects() == NO_EFFECTS
    kind.refuse(instance)
    kind.finish(instance)
    assert instance.linked
    assert (kind.replaces, kind.late, kind.cuts_link, kind.occasion) == (
        False,
        False,
        False,
        "call",
    )


def test_one_that_replaces_the_answer_waits_for_its_seconds() -> None:
    kind = Replacing(seconds=0.5)
    assert (kind.replaces, kind.needs_real_answer, kind.after) == (True, False, False)
    assert (kind.pause(MOMENT), kind.wait(MOMENT)) == (0.5, 0.0)
    with pytest.raises(NotImplementedError):
        kind.answer(WireAnswer(200, b""), MOMENT)


def test_sends_are_those_of_one_controller() -> None:
    assert sends_message(SEND) and not sends_message(LOGOUT)


def test_every_parameter_of_every_kind_says_what_it_takes() -> None:
    for listed in discover().values():
        for each in fields(listed.kind):
            assert {"form", "help"} <= each.metadata.keys(), f"{listed.name}.{each.name}"
