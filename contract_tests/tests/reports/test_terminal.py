"""What a person reads at the end of a run."""

from __future__ import annotations

import io
from xml.etree import ElementTree

from megaapi_contract.judging.results import Report
from megaapi_contract.reports import show, wording
from megaapi_contract.reports.junit import junit
from megaapi_contract.reports.page import page
from rich.console import Console

from ..made_up import bad, failure, good, unusable


def shown(report: Report, *, folder: str = "report") -> str:
    out = io.StringIO()
    show(report, Console(file=out, width=100), folder=folder)
    return out.getvalue()


def test_failures_come_with_promise_curl_and_replay() -> None:
    said = shown(bad())
    assert "BROKEN  mock breaks 2 promises of its contract" in said
    assert "  1 send_text: 201 is not promised" in said
    assert "promised by spec/paths/send_message/send_text.yaml (observed, business-docs)" in said
    assert "megaapi-contract replay report/failures/001-status-send-text.json" in said
    assert "curl -X POST" in said
    assert said.index("Failures: the host is wrong") < said.index("Findings: the contract was")
    assert "1 probe: sends: not allowed (--allow sends)" in said
    assert "not complete because no group is known: group_details" in said


def test_a_clean_run_is_short() -> None:
    said = shown(good(), folder="")
    assert "KEPT  mock keeps its contract" in said
    assert "Failures" not in said and "Left out" not in said and "replay" not in said


def test_an_unusable_host_is_named() -> None:
    said = shown(unusable())
    assert "NOT USABLE  mock could not be judged" in said
    assert "not complete because the host is down" in said


def test_what_looks_like_markup_stays_as_it_is() -> None:
    report = bad()
    report.results[0].breaches = (failure("[bold]not[/] [/nowhere] promised"),)
    assert "[bold]not[/] [/nowhere] promised" in shown(report)


def test_many_failures_are_cut_with_a_word_on_where_the_rest_is() -> None:
    report = bad()
    report.results[0].breaches = tuple(failure(f"rule {number}") for number in range(30))
    said = shown(report)
    assert said.count("megaapi-contract replay report/failures/") == 21, "20 failures, 1 finding"
    assert "and 10 more: report/index.html and report/junit.xml have each with the line" in said
    assert "and 10 more: --report keeps each with the line" in shown(report, folder="")
    lines = [each.replay_command for each in wording.reported_faults(report)]
    assert len(set(lines)) == 31
    for whole in (page(report), ElementTree.tostring(ElementTree.fromstring(junit(report)))):
        text = whole if isinstance(whole, str) else whole.decode()
        assert all(line in text for line in lines)


def test_without_a_folder_each_failure_says_which_probe_finds_it_again() -> None:
    said = shown(bad(), folder="")
    assert "megaapi-contract run --target mock --seed 7 --probe 'examples of send_text'" in said
