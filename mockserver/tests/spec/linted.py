"""One object of a contract as lint sees it, for rules that are tried on it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.lint_nodes import LintedContract, Node
from megaapi_mock.spec.lint_rules import RULES, LintFinding

Json = dict[str, Any]
Rule = Callable[[Node, LintedContract], Iterable[LintFinding]]


def linted(document: dict[str, Any] | None = None, root: Path = Path("nowhere")) -> LintedContract:
    """A contract of this document."""
    return LintedContract(root, Bundle({"openapi": "3.1.0", **(document or {})}), {})


def rules_of(
    rule: Rule,
    value: Any,
    kind: str = "schema",
    document: dict[str, Any] | None = None,
    **more: Any,
) -> list[str]:
    """The names of what a rule finds in this object."""
    return [name for name, _ in findings_of(rule, value, kind, document, **more)]


def findings_of(
    rule: Rule,
    value: Any,
    kind: str = "schema",
    document: dict[str, Any] | None = None,
    **more: Any,
) -> list[tuple[str, str]]:
    """What a rule finds in this object: its name and the sentence."""
    parts = {"name": "x", "file": "components/x.yaml", "place": ""} | more
    node = Node(kind, parts.pop("name"), parts.pop("file"), parts.pop("place"), value, **parts)
    findings = list(rule(node, linted(document)))
    assert {finding.rule for finding in findings} <= RULES.keys()
    return [(finding.rule, finding.message) for finding in findings]
