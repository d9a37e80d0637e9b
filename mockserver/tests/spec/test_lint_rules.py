"""The rules by name: each has a remedy, and a finding of one says where and what."""

from __future__ import annotations

import pytest
from megaapi_mock.spec.lint_rules import REMEDIES, RULES, LintFinding


def test_every_rule_has_a_remedy_and_no_other_has() -> None:
    assert RULES.keys() == REMEDIES.keys()
    assert all(sentence and not sentence.endswith(".") for sentence in RULES.values())


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (LintFinding("a.yaml", "post", "tag", "no\n  tag", 7), "spec/a.yaml:7 post: no tag [tag]"),
        (LintFinding("a.yaml", "", "tag", "no tag"), "spec/a.yaml: no tag [tag]"),
    ],
)
def test_a_finding_is_one_line_with_its_place(finding: LintFinding, text: str) -> None:
    assert str(finding) == text
    assert finding.remedy == REMEDIES["tag"]


def test_a_finding_is_of_a_rule_that_there_is() -> None:
    with pytest.raises(ValueError, match="zorba is not in RULES"):
        LintFinding("a.yaml", "", "zorba", "x")


def test_findings_are_put_in_the_order_of_files_and_places() -> None:
    findings = [
        LintFinding(file, place, "tag", "x") for file, place in (("b", ""), ("a", "z"), ("a", "b"))
    ]
    assert [(each.file, each.place) for each in sorted(findings)] == [
        ("a", "b"),
        ("a", "z"),
        ("b", ""),
    ]
