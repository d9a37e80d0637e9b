"""Which operations were answered, and why others were not."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.coverage import Coverage
from megaapi_contract.judging.results import Report, Result
from megaapi_contract.probes.probe import Probe
from megaapi_contract.probes.routes import MISSING, Routes
from megaapi_contract.run import operation_coverage
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.operation_coverage import (
    ExchangeKeeper,
    coverage_of,
    note_on_plan,
    nothing_tried,
    reason_of,
)
from megaapi_contract.run.options import RunOptions

from ..made_up import exchange, good

CONTRACT = Contract()


def context(*, given: bool = True, linked: bool = True, **options: Any) -> RunContext:
    made: Any = SimpleNamespace(
        options=RunOptions("https://host.example.test", **options),
        allowed_effects=frozenset({"reads"}),
        contract=CONTRACT,
        stage=SimpleNamespace(phone=False, why_nobody_writes=lambda event: ""),
        stage_for=lambda probe: made.stage,
        routes=Routes(),
        instance=SimpleNamespace(connected=linked) if given else None,
        began_linked=linked,
        gate=SimpleNamespace(refusals_by_operation=dict[str, Counter[str]](), known_groups=()),
    )
    return cast(RunContext, made)


def probe(*operations: str, effects: tuple[str, ...] = ("reads",)) -> Probe:
    run = lambda session, stage: None  # noqa: E731
    return Probe("p", "laws", operations, run, effects=frozenset(effects))


def reason(operation: str, made: RunContext) -> str:
    """Why this operation gave no 2xx."""
    return coverage_of(Coverage(CONTRACT), [probe(operation)], made)[operation].why_not


def test_a_run_is_about_what_its_probes_may_call() -> None:
    probes = [probe("instance_status", "send_text"), probe("logout", effects=("disconnects",))]
    covered = coverage_of(Coverage(CONTRACT), probes, context())
    assert set(covered) == {"instance_status"}
    only_other = context(operations=("list_groups",))
    assert coverage_of(Coverage(CONTRACT), probes, only_other) == {}


def test_an_operation_that_was_answered_needs_no_reason() -> None:
    coverage = Coverage(CONTRACT)
    coverage.record(exchange(operation="instance_status", status=200))
    covered = coverage_of(coverage, [probe("instance_status")], context(linked=False))
    assert covered["instance_status"].answered and covered["instance_status"].why_not == ""


@pytest.mark.parametrize(
    ("operation", "linked", "words"),
    [
        ("qr_code_base64", True, "it has nothing to link"),
        ("list_groups", False, "the given instance is not connected"),
        ("download_media", True, "only a sent picture has keys to ask for"),
        ("group_details", True, "the given instance is in no group"),
        ("instance_status", True, ""),
    ],
)
def test_a_given_instance_may_be_the_reason(operation: str, linked: bool, words: str) -> None:
    why = reason(operation, context(linked=linked))
    assert words in why and bool(words) == bool(why)


def test_on_a_mock_nothing_of_that_is_a_reason() -> None:
    assert reason("group_details", context(given=False)) == ""


def test_what_was_asked_for_missing_or_held_back_is_the_first_reason() -> None:
    assert reason("list_groups", context(probes=("a",))) == "only some probes were asked for"
    made = context()
    made.routes.present["list_groups"] = False
    assert reason("list_groups", made) == MISSING
    made = context()
    held = Counter({"a number not listed": 2, "other": 1})
    made.gate.refusals_by_operation["list_groups"] = held
    assert reason("list_groups", made) == "no request of it left: a number not listed"


def test_exchanges_are_all_counted_and_so_many_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation_coverage, "MAX_EXCHANGES", 2)
    monkeypatch.setattr(operation_coverage, "MAX_RECORDED_BODY", 5)
    report, coverage = Report("mock", False, 7, 1.0, False), Coverage(CONTRACT)
    keeper = ExchangeKeeper(report, coverage)
    for number in range(3):
        keeper.record(exchange(number, body=b"0123456789"))
    assert [each.number for each in report.exchanges] == [0, 1]
    assert report.exchanges[0].body == b"01234" and len(report.exchanges[0].request_body) == 5
    assert coverage.of_operation("send_text").requests == 3


def test_a_run_that_tried_nothing_is_known() -> None:
    report = good()
    options = RunOptions("mock")
    assert not nothing_tried(report, options)
    report.results = [Result("p", "laws", ("send_text",), "left out")]
    assert nothing_tried(report, options)
    report = good()
    report.coverage["send_text"].requests = 0
    assert not nothing_tried(report, options)
    assert nothing_tried(report, RunOptions("mock", operations=("send_text",)))


def test_a_result_without_a_reason_says_that_nothing_was_asked() -> None:
    result = Result("p", "laws", ())
    assert reason_of(result) == "no request of it was made"
    result.reason = "no phone"
    assert reason_of(result) == "no phone"


# -- a host of another plan ------------------------------------------------------------------

UNKNOWN_ROUTE = b'{"message": "Resource \\"/x\\" not found"}'


def report_of(*missing: str, answered: tuple[str, ...] = ("send_text", "list_groups")) -> Report:
    report = Report("https://host.example.test", real=True, seed=1, started=0.0, strict=False)
    report.exchanges = [
        *(exchange(operation=name, status=200) for name in answered),
        *(exchange(operation=name, status=404, body=UNKNOWN_ROUTE) for name in missing),
    ]
    return report


def test_host_that_lacks_what_another_plan_lacks_is_named_as_of_that_plan() -> None:
    note = note_on_plan(report_of("send_buttons", "send_template"), CONTRACT)
    assert "no route of send_buttons, send_template, and plan" in note
    assert "--gateway-plan business" in note
    start = note_on_plan(report_of("profile_picture"), Contract(plan="start"))
    assert "--gateway-plan code" in start


def test_no_plan_is_named_where_none_fits() -> None:
    # Every plan has texts.
    assert note_on_plan(report_of("send_text", answered=("list_groups",)), CONTRACT) == ""
    # The host has what the plan that lacks these lacks too.
    assert note_on_plan(report_of("send_buttons", answered=("send_template",)), CONTRACT) == ""
    # Of a guessed path it is the guess that is wrong.
    assert note_on_plan(report_of("config_details"), CONTRACT) == ""
    assert note_on_plan(report_of("send_buttons"), Contract(plan="all")) == ""
    assert note_on_plan(report_of(), CONTRACT) == ""
