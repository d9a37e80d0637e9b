"""Lint: what is wrong, without what is only wrong because of it."""

from __future__ import annotations

from collections.abc import Iterable

from .lint_rules import LintFinding

_EXAMPLES = frozenset({"example-misfit", "example-missing"})
_SCHEMAS = frozenset(
    {"unknown-keyword", "required-undeclared", "bounds-crossed", "enum-values", "media-type"}
)
_LINKS = frozenset({"link-expression", "link-body"})
# With a finding of the first, those of the second are looked at when it is mended: a name misspelt
# in a schema makes its examples misfit, and an example that misfits makes links lead nowhere.
_CONSEQUENCES = (
    (frozenset({"file-name"}), frozenset({"link-unknown"})),
    (_SCHEMAS, _EXAMPLES | _LINKS | {"recipient"}),
    (_EXAMPLES, _LINKS),
)


def causes(findings: Iterable[LintFinding]) -> set[LintFinding]:
    """The findings without those that others explain."""
    remaining = set(findings)
    for reasons, consequences in _CONSEQUENCES:
        if any(finding.rule in reasons for finding in remaining):
            remaining = {finding for finding in remaining if finding.rule not in consequences}
    return remaining
