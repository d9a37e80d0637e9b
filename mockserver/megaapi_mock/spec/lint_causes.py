"""Lint: what is wrong, without what is only wrong because of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from .lint_rules import LintFinding

_EXAMPLES = frozenset({"example-misfit", "example-missing"})
_SCHEMAS = frozenset(
    {"unknown-keyword", "required-undeclared", "bounds-crossed", "enum-values", "media-type"}
)
_LINKS = frozenset({"link-expression", "link-body"})
# Two spellings of one key are so much alike.
_ALIKE = 0.8
# With a finding of the first, those of the second are looked at when it is fixed: a name misspelt
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
    return remaining - set(_misspelt_keys(remaining))


def _misspelt_keys(findings: Iterable[LintFinding]) -> Iterator[LintFinding]:
    """What misses a key that stands there misspelt: x-efect for x-effect."""
    findings = list(findings)
    unknown = [finding for finding in findings if finding.rule == "unknown-keyword"]
    for finding in findings:
        key = _first_word(finding)
        beside = [
            _first_word(each)
            for each in unknown
            if (each.file, each.place) == (finding.file, finding.place)
        ]
        if finding.rule != "unknown-keyword" and get_close_matches(key, beside, cutoff=_ALIKE):
            yield finding


def _first_word(finding: LintFinding) -> str:
    """The key that it is about."""
    return finding.message.partition(" ")[0].rstrip(":")
