"""Armed faults as plain values, and back: what they count goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.errors import ControlRefused
from megaapi_mock.faults import saved_faults
from megaapi_mock.faults.active import ActiveFaults
from megaapi_mock.faults.saved_faults import SavedFault, SavedFaults, rebuild, save
from megaapi_mock.ids import Ids
from megaapi_mock.spec.operations import Operation

KEY = "megacode-TESTKEY0001"
SEND = Operation("send_text", "send_message", "POST", "/a", "a.yaml", {"x-effect": "sends"})


@pytest.fixture
def active() -> ActiveFaults:
    return ActiveFaults(clock=Clock(1.0), ids=Ids(0), directory=Directory(), operations=(SEND,))


def test_a_fault_goes_on_where_it_was(active: ActiveFaults) -> None:
    body = {
        "fault": "reply", "status": 503, "operation": "send_text", "recipient": "5511900000002",
        "times": 5, "skip": 1, "instance": KEY,
    }  # fmt: skip
    active.arm(body)
    to = active.person("5511900000002")
    for _ in range(3):
        active.match([], SEND, KEY, to)
    saved = save(active.memory())
    [armed] = rebuild(active.kinds, saved).armed
    [original] = active.items()
    assert armed.as_json() == {**original.as_json(), "hits": []}
    assert (armed.used, armed.seen, armed.recipient) == (2, original.seen, to)
    assert armed.tallies == original.tallies and armed.kind == original.kind
    assert saved.numbers == {KEY: 1}
    assert rebuild(active.kinds, saved).numbers == {KEY: 1}


def test_numbers_of_no_instance_stand_under_no_name(active: ActiveFaults) -> None:
    active.arm({"fault": "delay"})
    saved = save(active.memory())
    assert saved.numbers == {"": 1}
    assert rebuild(active.kinds, saved).numbers == {None: 1}
    assert rebuild(active.kinds, SavedFaults()).armed == ()


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("zorba", {}, "fault: there is no 'zorba'"),
        ("reply", {"status": 99}, "status: must be a whole number from 200 to 599, not 99"),
        ("reply", {"times": 0}, "times: must be a whole number"),
        ("reply", {"zorba": 1}, "zorba: reply has no such parameter"),
    ],
)
def test_a_fault_that_cannot_be_is_named_with_its_place(
    active: ActiveFaults, name: str, given: dict[str, Any], sentence: str
) -> None:
    good = SavedFault("f1", "delay", {"fault": "delay"}, None, 0, 0, {})
    bad = replace(good, name=name, given={"fault": name, **given})
    with pytest.raises(ControlRefused) as refusal:
        rebuild(active.kinds, SavedFaults(armed=(good, bad)))
    assert str(refusal.value).startswith(f"this state cannot be read: faults.armed[1]: {sentence}")


def test_there_are_never_too_many(active: ActiveFaults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_faults, "ARMED_MOST", 1)
    fault = SavedFault("f1", "delay", {"fault": "delay", "seconds": None}, None, 0, 0, {})
    assert len(rebuild(active.kinds, SavedFaults(armed=(fault,))).armed) == 1
    with pytest.raises(ControlRefused, match=r"faults\.armed: more than 1"):
        rebuild(active.kinds, SavedFaults(armed=(fault, fault)))
