"""What a run found out: severities, identities and exit codes, without any host."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.errors import INTERRUPTED
from megaapi_contract.judging.results import (
    GRADES,
    INCOMPLETE,
    KINDS,
    NEW_FACT_KINDS,
    SURE_GRADES,
    Breach,
    Exchange,
    OperationCoverage,
    ProbeInterrupted,
    Promise,
    Report,
    Result,
    RunInterrupted,
    Webhook,
    json_problem,
    read_json,
    weakest,
)

from ..made_up import bad, exchange, failure, finding, good, interrupted, unusable

documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
breaches = st.builds(
    Breach,
    probe=st.sampled_from(["one probe", "another probe"]),
    kind=st.sampled_from(sorted(KINDS)),
    operation=st.sampled_from(["send_text", "list_groups"]),
    message=st.sampled_from(["a sentence", "another sentence"]),
    promise=st.builds(Promise, st.sampled_from(GRADES), st.sampled_from(["a.yaml", "b.yaml"])),
    rule=st.sampled_from(["", "a rule", "another rule"]),
)


@given(document=documents)
def test_every_json_document_is_read_as_it_was_written(document: Any) -> None:
    body = json.dumps(document).encode()
    assert read_json(body) == document
    assert exchange(body=body).json == document
    assert Webhook(1, body, (), 0.0, None).json == document


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"a":', b"\xef\xbb\xbf{}", b"\xff\xfe", b"[" * 100_000 + b"]" * 100_000],
    ids=["empty", "page", "cut", "byte order mark", "not UTF-8", "too deep"],
)
def test_a_body_that_is_not_json_is_read_as_none(body: bytes) -> None:
    assert read_json(body) is None


@pytest.mark.parametrize(
    ("status", "ok"), [(199, False), (200, True), (204, True), (299, True), (300, False)]
)
def test_only_a_2xx_is_ok(status: int, ok: bool) -> None:
    assert exchange(status=status).ok is ok


def test_the_first_header_of_a_name_is_read_in_any_case() -> None:
    answer = exchange(headers=(("X-Mock-Reason", "first"), ("x-mock-reason", "second")))
    assert answer.header("x-MOCK-reason") == "first"
    assert answer.header("x-mock") == ""


@pytest.mark.parametrize("grade", GRADES)
def test_only_observed_and_documented_promises_are_sure(grade: str) -> None:
    assert Promise(grade, "a.yaml").sure is (grade in {"vendor-doc", "observed"})


@given(grades=st.lists(st.sampled_from(GRADES), min_size=1))
def test_the_weakest_promise_is_no_surer_than_any_other(grades: list[str]) -> None:
    promises = [Promise(grade, f"{number}.yaml") for number, grade in enumerate(grades)]
    least = weakest(*promises)
    assert least in promises
    assert all(GRADES.index(least.grade) <= GRADES.index(each.grade) for each in promises)


@given(breach=breaches, strict=st.booleans())
def test_a_breach_fails_only_where_the_contract_is_sure_or_the_run_strict(
    breach: Breach, strict: bool
) -> None:
    expected = (
        "new fact" if breach.kind in {"addition", "alternative"}
        else "failure" if strict or breach.promise.grade in SURE_GRADES
        else "finding"
    )  # fmt: skip
    assert breach.severity(strict=strict) == expected


def test_the_same_rule_broken_with_other_values_is_one_breach() -> None:
    breach = failure("status is 201, not 200", rule="the status is 200")
    assert replace(breach, probe="another", message="418").identity == breach.identity
    others = [
        replace(breach, operation="list_groups"),
        replace(breach, kind="schema"),
        replace(breach, rule="another rule"),
        replace(breach, promise=Promise("observed", "paths/other.yaml")),
    ]
    assert all(other.identity != breach.identity for other in others)


@pytest.mark.parametrize("kind", sorted(NEW_FACT_KINDS))
def test_a_new_fact_of_two_operations_is_one(kind: str) -> None:
    fact = failure("groups/0: a new field", kind=kind)
    assert replace(fact, operation="list_groups").identity == fact.identity
    assert replace(fact, message="another field").identity != fact.identity


@given(lists=st.lists(st.lists(breaches, max_size=5), max_size=4), strict=st.booleans())
def test_each_breach_is_counted_once_and_under_one_severity(
    lists: list[list[Breach]], strict: bool
) -> None:
    report = good()
    report.strict = strict
    report.results = [
        Result(f"probe {number}", "laws", (), breaches=tuple(each))
        for number, each in enumerate(lists)
    ]
    in_order = [breach for each in lists for breach in each]
    firsts = {breach.identity: breach for breach in reversed(in_order)}
    assert {id(breach) for breach in report.breaches} == {id(each) for each in firsts.values()}
    positions = [[id(each) for each in in_order].index(id(breach)) for breach in report.breaches]
    assert positions == sorted(positions)
    parts = [*report.failures, *report.findings, *report.new_facts]
    assert sorted(map(id, parts)) == sorted(map(id, report.breaches))


def with_changes(report: Report, **changes: Any) -> Report:
    return replace(report, **changes)


NOT_ANSWERED = {"send_text": OperationCoverage("send_text", 1, {418: 1})}


@pytest.mark.parametrize(
    ("report", "code", "complete"),
    [
        (good(), 0, True),
        (bad(), 1, False),
        (unusable(), 2, False),
        (interrupted(), INTERRUPTED, False),
        (with_changes(good(), coverage=NOT_ANSWERED), INCOMPLETE, False),
        (with_changes(good(), webhooks_missing="no webhook has come"), INCOMPLETE, False),
        (with_changes(bad(), unusable="the host is down"), 2, False),
        (with_changes(unusable(), interrupted=True), INTERRUPTED, False),
    ],
    ids=[
        "kept", "broken", "unusable", "interrupted", "unanswered", "no webhooks",
        "broken and unusable", "unusable and interrupted",
    ],
)  # fmt: skip
def test_exit_code_says_the_gravest_thing_of_a_run(
    report: Report, code: int, complete: bool
) -> None:
    assert (report.exit_code, report.complete) == (code, complete)


def test_findings_alone_fail_a_strict_run_only() -> None:
    report = good()
    report.results = [Result("a probe", "laws", (), "findings", breaches=(finding(),))]
    assert report.exit_code == 0
    report.strict = True
    assert report.exit_code == 1


def test_an_operation_without_a_2xx_is_unanswered_with_its_reason() -> None:
    report = bad()
    assert report.unanswered == {"group_details": "no group is known"}
    report.coverage["group_details"].why_not = ""
    assert report.unanswered == {"group_details": "no request of the run got a 2xx"}
    report.coverage["group_details"].answers[204] = 1
    assert report.unanswered == {}


def test_an_interruption_carries_what_was_done_until_then() -> None:
    result, report = Result("a probe", "laws", ()), bad()
    assert ProbeInterrupted(result).result is result
    assert RunInterrupted(report).report is report
    assert isinstance(RunInterrupted(report), KeyboardInterrupt)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"a": NaN}', ""),
        (b"[-Infinity]", ""),
        (b'{"a": 1', ""),
        (b"[" * 200 + b"]" * 200, "the JSON is nested too deep, or too large"),
    ],
)
def test_only_legal_json_has_a_problem_of_its_own(body: bytes, problem: str) -> None:
    assert json_problem(body) == problem


def test_an_exchange_with_a_byte_order_mark_is_not_json() -> None:
    marked: Exchange = exchange(body=b"\xef\xbb\xbf{}")
    assert marked.json is None and exchange(body=b"{}").json == {}
