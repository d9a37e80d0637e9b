"""Findings without those that others explain."""

from __future__ import annotations

import pytest
from megaapi_mock.spec.lint_causes import causes
from megaapi_mock.spec.lint_rules import LintFinding


def finding(
    rule: str, message: str = "wrong", place: str = "post", file: str = "a.yaml"
) -> LintFinding:
    return LintFinding(file, place, rule, message)


@pytest.mark.parametrize(
    ("reason", "consequence"),
    [
        ("file-name", "link-unknown"),
        ("unknown-keyword", "example-misfit"),
        ("required-undeclared", "recipient"),
        ("bounds-crossed", "link-body"),
        ("example-missing", "link-expression"),
    ],
)
def test_what_follows_from_a_finding_is_looked_at_when_it_is_mended(
    reason: str, consequence: str
) -> None:
    first, second = finding(reason), finding(consequence, file="b.yaml")
    assert causes([first, second]) == {first}
    assert causes([second]) == {second}


def test_a_consequence_of_a_consequence_goes_too() -> None:
    first = finding("media-type")
    assert causes([first, finding("example-misfit"), finding("link-body")]) == {first}


def test_what_misses_a_key_that_is_misspelt_there_goes() -> None:
    misspelt = finding("unknown-keyword", "x-efect is not known")
    missing = finding("effect", "x-effect None is not one of reads")
    assert causes([misspelt, missing]) == {misspelt}
    elsewhere = finding("effect", "x-effect None is not one of reads", place="get")
    assert causes([misspelt, elsewhere]) == {misspelt, elsewhere}
    other = finding("plans", "x-plans None is not a list")
    assert causes([misspelt, other]) == {misspelt, other}


def test_findings_that_have_nothing_to_do_with_each_other_stay() -> None:
    findings = [finding("title-missing", "summary is missing"), finding("tag", "tags is missing")]
    assert causes(findings) == set(findings)
