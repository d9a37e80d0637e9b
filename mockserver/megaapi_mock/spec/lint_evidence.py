"""Lint: every fact says how it is known, and every source is known and used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .allowed_values import GRADES
from .lint_nodes import LintedContract, Node, further_uses
from .lint_rules import LintFinding

CARRIERS = frozenset({"operation", "webhook", "response"})
SOURCES_FILE = "sources.yaml"


def evidence(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Evidence that is missing, malformed, or names a source nobody knows."""
    if node.kind in CARRIERS and not node.is_reference and "x-provenance" not in node.value:
        yield node.finding("provenance-missing", "x-provenance: {grade, sources} is missing")
    for key, provenance in provenances(node):
        yield from (
            node.finding(rule, f"{key}: {message}")
            for rule, message in _faults(provenance, contract.sources)
        )
    if _is_guess(node) and "x-path-provenance" not in node.value:
        yield node.finding(
            "path-provenance-missing",
            "an inferred operation says where its path comes from: add x-path-provenance",
        )


def _is_guess(node: Node) -> bool:
    own = node.value.get("x-provenance")
    is_inferred = isinstance(own, Mapping) and own.get("grade") == "inferred"
    return node.kind == "operation" and is_inferred


def provenances(node: Node) -> Iterator[tuple[str, Any]]:
    """The evidence this very object carries, with its key."""
    for key in ("x-provenance", "x-path-provenance"):
        if key in node.value:
            yield key, node.value[key]
    for place, use in further_uses(node.value):
        yield f"{place}/x-provenance", use.get("x-provenance")


def _faults(provenance: Any, source_entries: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(provenance, Mapping) or set(provenance) != {"grade", "sources"}:
        yield "provenance-malformed", "holds grade and sources, and nothing else"
        return
    grade, sources = provenance["grade"], provenance["sources"]
    if grade not in GRADES:
        yield "grade-unknown", f"grade {grade!r} is not one of {', '.join(GRADES)}"
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        yield "provenance-malformed", "sources is a list of ids"
        return
    if not sources and grade != "inferred":
        yield "sources-empty", "sources may be empty with the grade inferred alone"
    if len(set(sources)) < len(sources):
        yield "provenance-malformed", "sources has an id twice"
    for source in sources:
        if source not in source_entries:
            yield "source-unknown", f"{source!r} is not in spec/{SOURCES_FILE}"


def find_uncited(nodes: list[Node], contract: LintedContract) -> Iterator[LintFinding]:
    """Sources that nothing names, and sources that do not say what they are."""
    sources_named = {
        source
        for node in nodes
        for _, provenance in provenances(node)
        if isinstance(provenance, Mapping)
        for source in provenance.get("sources") or ()
        if isinstance(source, str)
    }
    for source, entry in contract.sources.items():
        if source not in sources_named:
            yield LintFinding(SOURCES_FILE, source, "source-uncited", "no x-provenance names it")
        if not isinstance(entry, Mapping) or set(entry) != {"title", "where"}:
            yield LintFinding(
                SOURCES_FILE, source, "source-malformed", "holds title and where, nothing else"
            )
