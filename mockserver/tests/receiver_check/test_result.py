"""A verdict in its forms: a table, JUnit, JSON and back."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from megaapi_mock.receiver_check.result import Verdict

from ..support import KEY, START
from .story import Story, attempt


def failing() -> Verdict:
    story = Story()
    for number in range(30):
        story.told(f"A{number}<&\"'", state="failed", attempts=[attempt(START, 500)])
    story.told("A")
    story.answer("R1")
    story.answer("R2")
    return story.judged()


def test_the_table_names_what_failed_and_the_first_ids() -> None:
    lines = failing().as_table().splitlines()
    assert lines[0].split() == [
        "answered_in_time", "failed", "30", "webhooks", "had", "no", "2xx", "within", "5", "s",
    ]  # fmt: skip
    assert any(line.endswith(" and 10 more") for line in lines)
    assert lines[-1] == f"{KEY}: failed"


def test_junit_is_xml_with_a_case_for_each_check() -> None:
    verdict = failing()
    suite = ElementTree.fromstring(verdict.as_junit())[0]
    counted = {name: int(suite.attrib[name]) for name in ("tests", "failures", "skipped")}
    kinds = [check.outcome for check in verdict.checks]
    assert counted == {
        "tests": len(verdict.checks),
        "failures": kinds.count("failed"),
        "skipped": kinds.count("not applicable"),
    }
    cases = suite.findall("testcase")
    assert [case.attrib["name"] for case in cases] == [check.name for check in verdict.checks]
    failure = cases[0].find("failure")
    assert failure is not None
    assert (failure.text or "").split("\n") == list(verdict.checks[0].offending)


def test_json_leads_back_to_the_verdict() -> None:
    verdict = failing()
    assert Verdict.of(json.loads(json.dumps(verdict.as_json()))) == verdict


def test_notes_are_in_every_form() -> None:
    verdict = replace(failing(), notes=("not told: <sticker>",))
    assert "note: not told: <sticker>" in verdict.as_table().splitlines()
    assert Verdict.of(verdict.as_json()) == verdict
    [output] = ElementTree.fromstring(verdict.as_junit()).iter("system-out")
    assert output.text == "not told: <sticker>"
    assert "notes" not in failing().as_json()
