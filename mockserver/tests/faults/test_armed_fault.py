"""One armed fault: what it counts, when it is over, how it is shown."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.faults import armed_fault
from megaapi_mock.faults.armed_fault import (
    HITS_SHOWN,
    RECIPIENT,
    ArmedFault,
    MatchedFault,
    copies_of,
    tally_of,
)
from megaapi_mock.faults.kind import FaultTally, Moment
from megaapi_mock.faults.kinds.bad_gateway import BadGateway

ONE, TWO, THREE = "megacode-TESTKEY0001", "megacode-TESTKEY0002", "megacode-TESTKEY0003"


def fault(**fields: Any) -> ArmedFault:
    return ArmedFault("f1", "bad-gateway", BadGateway(), {"fault": "bad-gateway"}, **fields)


@pytest.mark.parametrize(
    ("recipient", "fits"),
    [
        ("5511900000002", True),
        ("5511900000002@s.whatsapp.net", True),
        ("120363000000000001@g.us", True),
        ("5511900000001-1600000000", True),
        ("100000000000002@lid", True),
        ("123", False),
        ("Ana", False),
        ("551190000000²", False),
        ("", False),
        (5511900000002, False),
    ],
)
def test_a_recipient_is_a_number_or_an_address(recipient: Any, fits: bool) -> None:
    assert RECIPIENT.fits(recipient) == fits


@pytest.mark.parametrize(
    ("times", "used", "over"), [(None, 99, False), (2, 1, False), (2, 2, True), (2, 3, True)]
)
def test_a_fault_is_over_after_its_times(times: int | None, used: int, over: bool) -> None:
    assert fault(times=times, used=used).over == over


def test_each_instance_has_a_tally_and_the_one_not_seen_for_longest_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(armed_fault, "TALLIES_MOST", 2)
    tallies: OrderedDict[str, FaultTally] = OrderedDict()
    first = tally_of(tallies, ONE)
    tally_of(tallies, TWO)
    assert tally_of(tallies, ONE) is first
    tally_of(tallies, THREE)
    assert list(tallies) == [ONE, THREE]


def test_however_many_faults_there_are_each_knows_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(armed_fault, "TALLIES_IN_ALL", 8)
    monkeypatch.setattr(armed_fault, "TALLIES_LEAST", 2)
    for among, left in ((0, 4), (2, 4), (4, 2), (1_000, 2)):
        tallies: OrderedDict[str, FaultTally] = OrderedDict()
        for number in range(4):
            tally_of(tallies, str(number), among=among)
        assert len(tallies) == left, among


def test_a_copy_counts_for_itself() -> None:
    original = fault()
    tally_of(original.tallies, ONE).calls = 3
    copy = original.copy()
    tally_of(original.tallies, ONE).calls = 4
    assert tally_of(copy.tallies, ONE).calls == 3
    assert copies_of(copy.tallies)[ONE] is not tally_of(copy.tallies, ONE)


def test_a_fault_is_shown_with_all_that_counts_and_its_newest_hits() -> None:
    armed = fault(times=2, used=2, instance=ONE)
    for number in range(HITS_SHOWN + 1):
        armed.hits.append(FaultHit(float(number), ONE, ("f1", "bad-gateway"), "send_text"))
    shown = armed.as_json()
    assert (shown["id"], shown["fault"], shown["instance"]) == ("f1", "bad-gateway", ONE)
    assert (shown["times"], shown["used"], shown["over"], shown["after"]) == (2, 2, True, False)
    assert len(shown["hits"]) == HITS_SHOWN
    assert shown["hits"][0] == {"time": 1.0, "instance": ONE, "what": "send_text"}


def matched_fault(id_: str | None, armed: ArmedFault | None = None) -> MatchedFault:
    return MatchedFault(BadGateway(), "bad-gateway", id_, Moment(7.0, 0.5, 0.0), "send_text", armed)


def test_a_hit_says_how_it_was_asked_for() -> None:
    assert matched_fault("f1").reason == "fault f1 bad-gateway, armed by POST /_mock/faults"
    assert matched_fault(None).reason == "fault bad-gateway, asked for by X-Mock-Fault"
    assert matched_fault("f1").as_hit(ONE) == FaultHit(7.0, ONE, ("f1", "bad-gateway"), "send_text")


def test_a_hit_is_lifted_when_its_fault_is_cleared() -> None:
    armed = fault()
    assert not matched_fault(None).is_lifted and not matched_fault("f1", armed).is_lifted
    armed.is_cleared = True
    assert matched_fault("f1", armed).is_lifted
