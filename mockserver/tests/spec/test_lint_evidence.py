"""Every fact says how it is known, and every source is known and used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.lint_evidence import evidence, find_uncited, provenances
from megaapi_mock.spec.lint_nodes import LintedContract, Node

PAGE = {"title": "A page", "where": "https://docs.example.test"}
GOOD = {"grade": "observed", "sources": ["page"]}


def contract(**sources: Any) -> LintedContract:
    return LintedContract(Path("spec"), Bundle({"components": {}}), sources or {"page": PAGE})


def node(kind: str = "response", **value: Any) -> Node:
    return Node(kind, "it", "a.yaml", "post", value)


def rules(checked: Node) -> list[str]:
    return [finding.rule for finding in evidence(checked, contract())]


@pytest.mark.parametrize(
    ("provenance", "found"),
    [
        (GOOD, []),
        ({"grade": "inferred", "sources": []}, []),
        ({"grade": "observed", "sources": []}, ["sources-empty"]),
        ({"grade": "seen", "sources": ["page"]}, ["grade-unknown"]),
        ({"grade": "observed", "sources": ["other"]}, ["source-unknown"]),
        ({"grade": "observed", "sources": ["page", "page"]}, ["provenance-malformed"]),
        ({"grade": "observed", "sources": "page"}, ["provenance-malformed"]),
        ({"grade": "observed", "sources": [5]}, ["provenance-malformed"]),
        ({"grade": "observed"}, ["provenance-malformed"]),
        ({**GOOD, "more": 1}, ["provenance-malformed"]),
        ("page", ["provenance-malformed"]),
    ],
)
def test_evidence_has_a_known_grade_and_known_sources(provenance: Any, found: list[str]) -> None:
    assert rules(node(**{"x-provenance": provenance})) == found


def test_what_must_have_evidence_has_it() -> None:
    assert rules(node("response")) == ["provenance-missing"]
    assert rules(node("schema")) == []
    assert rules(node("response", **{"$ref": "#/components/responses/Fine"})) == []


def test_a_guessed_operation_says_where_its_path_comes_from() -> None:
    guess = {"grade": "inferred", "sources": []}
    assert rules(node("operation", **{"x-provenance": guess})) == ["path-provenance-missing"]
    assert rules(node("operation", **{"x-provenance": guess, "x-path-provenance": GOOD})) == []
    assert rules(node("response", **{"x-provenance": guess})) == []


def test_further_uses_carry_evidence_of_their_own() -> None:
    checked = node(
        "operation", **{"x-provenance": GOOD, "x-uses": [{"x-provenance": {**GOOD, "a": 1}}]}
    )
    assert [key for key, _ in provenances(checked)] == ["x-provenance", "x-uses/0/x-provenance"]
    assert rules(checked) == ["provenance-malformed"]


def test_every_source_is_named_and_says_what_it_is() -> None:
    nodes = [node(**{"x-provenance": GOOD}), node(**{"x-provenance": "odd"})]
    sources = {"page": PAGE, "unused": PAGE, "odd": {"title": "x"}, "text": "x"}
    found = [(each.place, each.rule) for each in find_uncited(nodes, contract(**sources))]
    assert found == [
        ("unused", "source-uncited"), ("odd", "source-uncited"), ("odd", "source-malformed"),
        ("text", "source-uncited"), ("text", "source-malformed"),
    ]  # fmt: skip
