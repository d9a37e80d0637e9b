"""Faults in front of a host without a control API: its clock, its probes, what is forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from megaapi_contract.judging.results import Report, Result
from megaapi_contract.mutation import given_host
from megaapi_contract.mutation.given_host import (
    KEY,
    RECIPIENT,
    TOKEN,
    GivenMock,
    GivenRuns,
    on_given_trial,
)
from megaapi_contract.mutation.mutant import Fault, Mutant
from megaapi_contract.probes.laws.webhooks import ECHO

from ..made_up import bad, good

TRIED = ("a text is echoed and acknowledged", "examples of send_location", "examples of send_text")


@pytest.fixture(scope="module")
def runs() -> Iterator[GivenRuns]:
    with on_given_trial([*TRIED, "no such probe"]) as given_runs:
        yield given_runs


def mock_of(runs: GivenRuns) -> GivenMock:
    assert isinstance(runs._mock, GivenMock)
    return runs._mock


def near(runs: GivenRuns, *operations: str, events: tuple[str, ...] = ()) -> set[str]:
    mutant = Mutant("one", "kind", "Wrong.", Fault, operations=operations, events=events)
    return {probe.name for probe in runs._near(mutant)}


def test_only_the_probes_that_a_run_tries_are_tried(runs: GivenRuns) -> None:
    assert set(runs.probes) == set(TRIED)


def test_a_fault_is_tried_by_what_is_about_it_alone(runs: GivenRuns) -> None:
    assert near(runs, "send_location") == {"examples of send_location"}
    assert near(runs, "send_text") == {TRIED[0], "examples of send_text"}
    assert near(runs, "leave_group") == set()
    assert near(runs, events=(ECHO,)) == {TRIED[0]}


def test_the_host_is_a_given_instance_whose_phone_nobody_plays(runs: GivenRuns) -> None:
    context = runs._context
    assert not context.stage.phone and not context.target.in_process
    assert (context.options.key, context.options.token) == (KEY, TOKEN)
    assert context.recipients == (RECIPIENT,)


def test_its_clock_goes_on_by_itself(runs: GivenRuns) -> None:
    clock = mock_of(runs).control_api("GET", "/_mock/clock", None)
    assert clock["frozen"] is False
    assert abs(clock["now"] - time.time()) < 60


def test_after_a_fault_its_clock_goes_on_and_nothing_has_come(runs: GivenRuns) -> None:
    mock = mock_of(runs)
    mock.control_api("POST", "/_mock/clock", {"freeze": True, "set": 0})
    mock.receiver.add(b"{}", ())
    mock.take_off()
    assert mock.control_api("GET", "/_mock/clock", None)["now"] > 10**9
    assert mock.receiver.webhooks == []


def tried(monkeypatch: pytest.MonkeyPatch, report: Report) -> list[str]:
    monkeypatch.setattr(given_host, "_prepare_host", lambda seed, most: nullcontext((None, None)))
    monkeypatch.setattr(given_host, "run", lambda context: report)
    return given_host.tried_probes()


def test_probes_that_a_run_leaves_out_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    report = good()
    report.results += [Result("x", "laws", (), "left out"), Result("y", "laws", (), "findings")]
    assert tried(monkeypatch, report) == ["examples of send_text", "y"]


def test_a_clean_mock_that_fails_ends_the_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="examples of send_text: 201 is not promised"):
        tried(monkeypatch, bad())


def test_nothing_of_one_trial_is_held_against_the_next(runs: GivenRuns) -> None:
    context = runs._context
    context.settled_switches.is_same_as_before("echo", "off")
    context.run_record.message_ids["3EB0C767D097B7C7C901"] = None  # type: ignore[assignment]
    context.gate.messages_sent, context.gate.groups_made = 3, 1
    runs._forget()
    assert context.settled_switches.value_of_switch == {}
    assert context.run_record.message_ids == {}
    assert (context.gate.messages_sent, context.gate.groups_made) == (0, 0)
