"""Our own lint of the contract: what nothing off the shelf sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import SpecError
from . import lint_calls, lint_evidence, lint_links, lint_schemas, lint_whole
from .bundle import bundle, read_yaml, require_contract
from .components import references
from .lint_causes import causes
from .lint_files import control_faults, yaml_faults
from .lint_lines import with_lines
from .lint_nodes import KINDS, LintedContract, Node
from .lint_rules import LintFinding
from .lint_validity import bundle_finding, first_mention, invalid_keywords, problem_finding
from .valid_bundle import first_problem

__all__ = ["LintFinding", "lint"]

LintCheck = Callable[[Node, LintedContract], Iterator[LintFinding]]


def lint(root: Path) -> list[LintFinding]:
    """Every fault of the contract below `root`, in the order of its files; empty when fine.

    SpecError where there is no contract at all.
    """
    require_contract(root)
    return with_lines(root, _lint(root))


def _lint(root: Path) -> list[LintFinding]:
    """The findings of the first step that has some: each counts on those before it."""
    faults = sorted(fault for file in _files(root) for fault in yaml_faults(root, file))
    if faults:
        return faults
    top = [*_document_keys(root)]
    if top:
        return top
    try:
        contract_bundle = bundle(root)
        contract = LintedContract(root, contract_bundle, _sources(root))
    except SpecError as error:
        return [bundle_finding(root, str(error))]
    faults_of_files = sorted(
        (*_dangling(contract), *lint_whole.find_misplaced(contract), *control_faults(root))
    )
    return faults_of_files or sorted(causes(_findings(contract, first_problem(contract_bundle))))


def _files(root: Path) -> list[Path]:
    return sorted((*root.rglob("*.yaml"), *root.rglob("*.yml")))


def _document_keys(root: Path) -> Iterator[LintFinding]:
    """A key of the whole that is misspelt, before everything below it seems to be missing."""
    document = read_yaml(root / "openapi.yaml")
    if isinstance(document, Mapping):
        yield from unknown_keys(Node("document", "", "openapi.yaml", "", document))


def _sources(root: Path) -> Mapping[str, Any]:
    file = root / lint_evidence.SOURCES_FILE
    if not file.is_file():
        raise SpecError(f"there is no spec/{file.name}")
    sources = read_yaml(file)
    if not isinstance(sources, Mapping):
        raise SpecError(f"spec/{file.name} holds no mapping")
    return sources


def _findings(contract: LintedContract, problem: str | None) -> Iterator[LintFinding]:
    nodes = list(contract.nodes())
    unknown = [finding for node in nodes for finding in unknown_keys(node)]
    yield from unknown
    wrong = [finding for node in nodes for finding in invalid_keywords(node)]
    wrong.extend(lint_whole.find_repeated(nodes, contract))
    yield from wrong
    same = unknown and "was unexpected" in str(problem)
    if problem is not None and not wrong and not same:
        yield problem_finding(contract, problem)
    if problem is not None or wrong:
        # The other checks count on the shapes that OpenAPI prescribes.
        return
    for node in nodes:
        for check in (lint_evidence.evidence, *CHECKS.get(node.kind, ())):
            yield from check(node, contract)
    yield from lint_evidence.find_uncited(nodes, contract)
    yield from find_unused(nodes, contract)
    yield from lint_whole.find_unused_tags(nodes, contract)
    yield from lint_links.find_link_faults(nodes, contract)


def unknown_keys(node: Node) -> Iterator[LintFinding]:
    """Misspelt keys, and x- names that are not ours."""
    allowed_keys = KINDS[node.kind].allowed_keys
    if node.is_reference:
        allowed_keys = frozenset({"$ref", "summary", "description"})
    forbidden_keys = lint_schemas.FORBIDDEN if node.kind == "schema" else {}
    for key in node.value:
        if key not in allowed_keys and key not in forbidden_keys:
            yield node.finding("unknown-keyword", f"{key} is not a key of {_article(node.kind)}")


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def find_unused(nodes: list[Node], contract: LintedContract) -> Iterator[LintFinding]:
    """Components that nothing refers to."""
    references_made = set(references(contract.document))
    for node in nodes:
        if node.kind in ("document", "operation"):
            for requirement in node.value.get("security") or ():
                references_made.update(
                    f"#/components/securitySchemes/{name}" for name in requirement
                )
    for section, members in contract.document.get("components", {}).items():
        for name in members:
            if f"#/components/{section}/{name}" not in references_made:
                place = f"components/{section}/{name}"
                yield LintFinding("openapi.yaml", place, "component-unused", "nothing refers to it")


def _dangling(contract: LintedContract) -> Iterator[LintFinding]:
    components = contract.document.get("components", {})
    for target in set(references(contract.document)):
        section, _, name = target.removeprefix("#/components/").partition("/")
        if name not in components.get(section, {}):
            file, line = first_mention(contract.root, target)
            message = f"{target} does not exist"
            yield LintFinding(file, "", "reference-dangling", message, line)


_CALL_CHECKS: tuple[LintCheck, ...] = (
    lint_calls.titles,
    lint_calls.descriptions,
    lint_calls.tags,
    lint_calls.security,
)
CHECKS: Mapping[str, tuple[LintCheck, ...]] = {
    "document": (lint_calls.security,),
    "path item": (lint_calls.operation_file,),
    "webhook item": (lint_calls.webhook_file,),
    "operation": (
        *_CALL_CHECKS,
        lint_calls.answers,
        lint_calls.effects,
        lint_calls.recipient,
        lint_calls.uses,
    ),
    "webhook": (*_CALL_CHECKS, lint_calls.kinds, lint_calls.payload, lint_calls.arrival),
    "request": (lint_calls.shown_calls,),
    "response": (lint_calls.shown_calls,),
    "media": (lint_schemas.examples,),
    "server": (lint_whole.server_variables,),
    "parameter": (lint_schemas.examples,),
    "header": (lint_schemas.examples,),
    "security scheme": (lint_calls.scheme,),
    "schema": (
        lint_schemas.find_forbidden,
        lint_schemas.patterns,
        lint_schemas.openness,
        lint_schemas.find_undeclared,
        lint_schemas.possible_values,
        lint_schemas.own_values,
    ),
}
