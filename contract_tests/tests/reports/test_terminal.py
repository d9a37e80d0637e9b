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
    buffer = io.StringIO()
    show(report, Console(file=buffer, width=100), folder=folder)
    return buffer.getvalue()


def test_failures_come_with_promise_curl_and_replay() -> None:
    printed = shown(bad())
    assert "BROKEN  mock breaks 2 promises of its contract" in printed
    assert "  1 send_text: 201 is not promised" in printed
    assert "promised by spec/paths/send_message/send_text.yaml (observed, business-docs)" in printed
    assert "megaapi-contract replay report/failures/001-status-send-text.json" in printed
    assert "curl -X POST" in printed
    assert printed.index("Failures: the host is wrong") < printed.index(
        "Findings: the contract was"
    )
    assert "1 probe: sends: not allowed (--allow sends)" in printed
    assert "not complete because no group is known: group_details" in printed


def test_a_clean_run_is_short() -> None:
    printed = shown(good(), folder="")
    assert "KEPT  mock keeps its contract" in printed
    assert "Failures" not in printed and "Left out" not in printed and "replay" not in printed


def test_an_unusable_host_is_named() -> None:
    printed = shown(unusable())
    assert "NOT USABLE  mock could not be judged" in printed
    assert "not complete because the host is down" in printed


def test_what_looks_like_markup_stays_as_it_is() -> None:
    report = bad()
    report.results[0].breaches = (failure("[bold]not[/] [/nowhere] promised"),)
    assert "[bold]not[/] [/nowhere] promised" in shown(report)


def test_many_failures_are_cut_with_a_word_on_where_the_rest_is() -> None:
    report = bad()
    report.results[0].breaches = tuple(failure(f"rule {number}") for number in range(30))
    printed = shown(report)
    assert printed.count("megaapi-contract replay report/failures/") == 21, "20 failures, 1 finding"
    assert "and 10 more: report/index.html and report/junit.xml have each with the line" in printed
    assert "and 10 more: --report keeps each with the line" in shown(report, folder="")
    lines = [each.replay_command for each in wording.reported_faults(report)]
    assert len(set(lines)) == 31
    for whole in (page(report), ElementTree.tostring(ElementTree.fromstring(junit(report)))):
        text = whole if isinstance(whole, str) else whole.decode()
        assert all(line in text for line in lines)


def test_without_a_folder_each_failure_says_which_probe_finds_it_again() -> None:
    printed = shown(bad(), folder="")
    assert "megaapi-contract run --target mock --seed 7 --probe 'examples of send_text'" in printed
