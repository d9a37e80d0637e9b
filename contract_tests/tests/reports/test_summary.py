"""The run for programs: every member is there, faults by severity, causes by number."""

from __future__ import annotations

import json

from megaapi_contract import __version__
from megaapi_contract.reports.summary import FORMAT, summary

from ..made_up import bad, failure, finding, good


def test_a_good_run_as_one_document() -> None:
    document = summary(good())
    assert json.loads(json.dumps(document)) == document
    assert (document["format"], document["version"]) == (FORMAT, __version__)
    assert (document["verdict"], document["complete"], document["exit_code"]) == ("kept", True, 0)
    assert (document["requests"], document["webhooks"], document["seconds"]) == (1, 1, 1.5)
    assert document["failures"] == document["findings"] == document["new_facts"] == []


def test_faults_are_listed_by_severity_with_what_shows_them() -> None:
    document = summary(bad())
    # The same fault twice is one.
    assert [each["cause"] for each in document["failures"]] == [1, 2]
    [first, _], [only] = document["failures"], document["findings"]
    assert (first["probe"], first["kind"], first["exchange"]) == (
        "examples of send_text",
        "status",
        1,
    )
    assert first["promise"] == {
        "file": "spec/paths/send_message/send_text.yaml", "grade": "observed",
        "sources": ["business-docs"],
    }  # fmt: skip
    assert first["replay"] == "failures/001-status-send-text.json"
    assert "megaapi-contract" in first["again"]
    assert (only["operation"], only["exchange"], only["curl"]) == ("group_details", None, "")


def test_a_strict_run_counts_wrong_guesses_as_failures() -> None:
    document = summary(bad(strict=True))
    assert (len(document["failures"]), document["findings"], document["strict"]) == (3, [], True)


def test_faults_of_one_cause_name_the_first() -> None:
    report = good()
    report.results[0].breaches = (failure(), finding(), failure(operation="send_link"))
    document = summary(report)
    assert [each["cause"] for each in document["failures"]] == [1, 1]
    assert document["findings"][0]["cause"] == 3


def test_operations_say_what_was_answered_and_broken() -> None:
    report = good()
    report.coverage["send_text"].keywords = ("body: JSON", "to: type")
    operation = summary(report)["operations"]["send_text"]
    assert (operation["requests"], operation["answers"]) == (2, {"200": 2})
    assert (operation["rules"], operation["rules_broken"]) == (2, ["body: JSON"])
    assert (operation["rules_not_broken"], operation["kept"]) == (["to: type"], True)


def test_probes_and_phases_are_listed() -> None:
    document = summary(bad())
    assert [each["state"] for each in document["probes"]] == ["failed", "findings", "left out"]
    assert document["probes"][2]["reason"] == "sends: not allowed (--allow sends)"
    assert [each["name"] for each in document["phases"]] == ["examples", "laws"]
    assert document["not_complete_because"] == ["no group is known: group_details"]
