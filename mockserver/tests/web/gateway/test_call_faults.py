"""What faults do to one call: what stands in for its answer, what waits, what comes after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.fault_effects import FaultEffects
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Unauthorized
from megaapi_mock.faults.active import ActiveFaults
from megaapi_mock.faults.armed_fault import MatchedFault
from megaapi_mock.faults.kind import Moment
from megaapi_mock.faults.registry import discover
from megaapi_mock.ids import Ids
from megaapi_mock.spec.operations import Operation
from megaapi_mock.web.gateway.call_faults import CallFaults, find
from megaapi_mock.web.gateway.reply import Reply

from ...domain.conftest import make_instance
from ...support import KEY, START

KINDS = discover()
REAL = Reply.json(200, {"ok": True}, "the real reason")
SEND = Operation("send_text", "send_message", "POST", "/a", "a.yaml", {"x-effect": "sends"})
STATUS = Operation("instance_status", "instance", "GET", "/b", "b.yaml", {"x-effect": "reads"})
MOMENT = Moment(now=1.0, chance=0.5, window=0.0)


def matched_fault(name: str, *, lifted: bool = False, **parameters: Any) -> MatchedFault:
    kind = KINDS[name].create(parameters)
    fault: Any = SimpleNamespace(is_cleared=lifted)
    return MatchedFault(kind, name, "f1", MOMENT, "send_text", fault)


def faults(*hits: MatchedFault) -> CallFaults:
    return CallFaults(hits=[*hits])


@pytest.fixture
def active() -> ActiveFaults:
    return ActiveFaults(
        clock=Clock(START), ids=Ids(0), directory=Directory(), operations=(SEND, STATUS)
    )


@pytest.fixture
def instance() -> Instance:
    instance = make_instance(connected=True)
    instance.begin()
    return instance


def test_without_faults_the_real_answer_is_sent_as_it_is() -> None:
    reply = faults().apply(replace(REAL))
    assert (reply.body, reply.reason, reply.fault) == (REAL.body, "the real reason", None)
    assert not faults().early and not faults().takes_back


@pytest.mark.parametrize(
    ("name", "parameters", "early", "takes_back"),
    [
        ("bad-gateway", {}, True, True),
        ("bad-gateway", {"after": True}, False, False),
        ("cut-body", {}, False, True),
        ("delay", {}, False, False),
    ],
)
def test_how_much_of_a_call_happens(
    name: str, parameters: Mapping[str, Any], early: bool, takes_back: bool
) -> None:
    call_faults = faults(matched_fault("delay"), matched_fault(name, **parameters))
    assert (call_faults.early, call_faults.takes_back) == (early, takes_back)


def test_the_first_that_replaces_the_answer_does() -> None:
    call_faults = faults(
        matched_fault("delay"), matched_fault("reply", status=503), matched_fault("bad-gateway")
    )
    reply = call_faults.apply(replace(REAL))
    assert (reply.status, reply.fault) == (503, ("f1", "reply"))
    # Nothing of the call happened: its own reason says nothing.
    assert "the real reason" not in str(reply.reason)
    assert str(reply.reason).count("armed by POST /_mock/faults") == 3


def test_an_answer_that_is_lost_afterwards_says_what_it_was() -> None:
    real = replace(REAL, violations=("body: wrong",), pause=0.5)
    reply = faults(matched_fault("bad-gateway", after=True)).apply(real)
    assert (reply.status, reply.violations, reply.pause) == (502, ("body: wrong",), 0.5)
    assert str(reply.reason).endswith("the real answer was 200; the real reason")
    early = faults(matched_fault("bad-gateway")).apply(real)
    assert early.violations == ()


def test_an_answer_that_breaks_says_how() -> None:
    reply = faults(matched_fault("cut-body", keep=3)).apply(replace(REAL))
    assert reply.broken is not None and reply.body == REAL.body
    assert (reply.broken.ending, reply.broken.bytes_sent) == ("cut", 3)
    assert not reply.broken.is_lifted()
    lifted = faults(matched_fault("hang", seconds=9, lifted=True)).apply(replace(REAL))
    assert lifted.broken is not None and lifted.broken.is_lifted()


def test_a_fault_that_replaces_nothing_is_named_all_the_same() -> None:
    reply = faults(matched_fault("delay")).apply(replace(REAL))
    assert (reply.body, reply.fault) == (REAL.body, ("f1", "delay"))


def test_what_a_header_asked_for_in_vain_is_noted() -> None:
    call_faults = CallFaults(notes=["X-Mock-Fault is ignored: no"])
    assert call_faults.apply(replace(REAL)).reason == (
        "X-Mock-Fault is ignored: no; the real reason"
    )
    assert faults().apply(replace(REAL, reason=None)).reason is None


def test_seconds_before_and_after_are_counted_unless_a_fault_was_cleared() -> None:
    call_faults = faults(
        matched_fault("delay", seconds=2.0),
        matched_fault("delay", seconds=0.5, after=True),
        matched_fault("bad-gateway", seconds=0.25),
        matched_fault("delay", seconds=9.0, lifted=True),
        matched_fault("delay", seconds=9.0, after=True, lifted=True),
    )
    assert (call_faults.wait, call_faults.pause) == (2.0, 0.75)


def test_what_befalls_the_instance_is_that_of_all_together() -> None:
    call_faults = faults(matched_fault("delay"), matched_fault("media-expired"))
    call_faults.late = [matched_fault("slow-start", seconds=9.0)]
    effects = call_faults.fault_effects
    assert effects == FaultEffects(media_gone=True, restart_seconds=9.0)


def test_a_fault_may_refuse_the_call(instance: Instance) -> None:
    faults(matched_fault("delay")).refuse(instance)
    with pytest.raises(Unauthorized, match="counts as revoked"):
        faults(matched_fault("delay"), matched_fault("token-revoked")).refuse(instance)


def test_a_late_fault_hits_once_the_call_went_well(
    active: ActiveFaults, instance: Instance
) -> None:
    active.arm({"fault": "ban-after", "messages": 2})
    for banned in (False, True):
        call_faults = find(active, SEND, KEY, recipient=None, header=None)
        assert (len(call_faults.hits), len(call_faults.late)) == (0, 1)
        call_faults.went_well(active, instance)
        assert instance.linked == (not banned)
        assert [each.name for each in call_faults.hits] == ["ban-after"] * banned


def names(call_faults: CallFaults) -> list[str]:
    return [each.name for each in call_faults.hits]


def test_what_the_call_asks_for_comes_before_what_is_armed(active: ActiveFaults) -> None:
    active.arm({"fault": "delay"})
    active.arm({"fault": "bad-gateway"})
    assert names(find(active, SEND, KEY, recipient=None, header=None)) == ["delay", "bad-gateway"]
    asked = find(active, SEND, KEY, recipient=None, header="reply; status=503")
    # One fault that replaces the answer is enough.
    assert names(asked) == ["reply", "delay"] and asked.notes == []


@pytest.mark.parametrize(
    ("header", "operation", "note"),
    [
        ("bad-gatway", SEND, "X-Mock-Fault is ignored: fault: there is no 'bad-gatway'"),
        ("reply; status", SEND, "X-Mock-Fault is ignored: 'status' must be name=value"),
        ("ban-after", STATUS, "X-Mock-Fault is ignored: ban-after concerns sends, not"),
        ("rate-limit; calls=5", SEND, "X-Mock-Fault: rate-limit lets a single call pass"),
    ],
)
def test_a_header_that_asks_for_what_there_is_not_is_ignored(
    active: ActiveFaults, header: str, operation: Operation, note: str
) -> None:
    call_faults = find(active, operation, KEY, recipient=None, header=header)
    assert call_faults.hits == call_faults.late == []
    assert call_faults.notes[0].startswith(note)
