"""JUnit XML that the tools which read it agree on."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from megaapi_contract.judging.results import Report
from megaapi_contract.reports.junit import junit

from ..made_up import bad, failure, good, interrupted, unusable

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "timestamp", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"classname", "name", "time"},
    "property": {"name", "value"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}
# Which children an element may have, in this order.
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase"],
    "testcase": ["properties", "skipped", "error", "failure", "system-out"],
    "properties": ["property"],
}
OUTCOMES = ("skipped", "error", "failure")


def check(element: ElementTree.Element) -> None:
    """The rules of the schemas in use: names, order, counts, one outcome a case."""
    assert set(element.attrib) == ATTRIBUTES.get(element.tag, set())
    allowed = CHILDREN.get(element.tag, [])
    order = [allowed.index(child.tag) for child in element]
    assert order == sorted(order)
    if element.tag == "testcase":
        assert sum(child.tag in OUTCOMES for child in element) <= 1
    if element.tag in ("testsuites", "testsuite"):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert element.get(count) == str(sum(case.find(tag) is not None for case in cases))
    if "time" in element.attrib:
        assert re.fullmatch(r"\d+(\.\d+)?", element.attrib["time"])
    for child in element:
        check(child)


@pytest.mark.parametrize("report", [good(), bad(), bad(strict=True), unusable(), interrupted()])
def test_every_report_keeps_the_rules(report: Report) -> None:
    check(ElementTree.fromstring(junit(report)))


def case(report: Report, name: str) -> ElementTree.Element:
    element = ElementTree.fromstring(junit(report)).find(f".//testcase[@name='{name}']")
    assert element is not None
    return element


def test_each_fault_of_a_probe_is_told_once() -> None:
    failed = case(bad(), "examples of send_text").find("failure")
    assert failed is not None and failed.text is not None
    assert failed.get("message") == "send_text: 201 is not promised (and 1 more)"
    assert failed.text.count("201 is not promised") == 1
    assert "spec/paths/send_message/send_text.yaml" in failed.text
    assert "megaapi-contract replay failures/001-status-send-text.json" in failed.text


def test_a_finding_fails_only_when_strict() -> None:
    loose, strict = (case(bad(strict=strict), "the group is left") for strict in (False, True))
    assert loose.find("failure") is None
    element = loose.find("properties/property")
    assert element is not None and "the group is not listed" in str(element.get("value"))
    assert strict.find("failure") is not None


def test_what_was_not_tried_is_skipped_and_what_never_answered_fails() -> None:
    skipped = case(bad(), "a number is refused").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "sends: not allowed (--allow sends)"
    excused = case(bad(), "group_details").find("skipped")
    assert excused is not None and "no group is known" in str(excused.get("message"))
    report = bad()
    report.coverage["group_details"].why_not = ""
    unanswered = case(report, "group_details").find("failure")
    assert unanswered is not None and "gave no 2xx" in str(unanswered.get("message"))
    assert case(unusable(), "examples of send_text").find("error") is not None


def test_a_host_that_never_answered_is_an_error_of_its_own() -> None:
    report = unusable()
    report.results = []
    assert case(report, "host").find("error") is not None


def test_signs_that_xml_cannot_hold_are_replaced() -> None:
    report = bad()
    report.results[0].breaches = (failure("a\x00b\x1b\ud800 <&>"),)
    message = case(report, "examples of send_text").find("failure")
    assert message is not None
    assert message.get("message") == "send_text: a\ufffdb\ufffd\ufffd <&>"
