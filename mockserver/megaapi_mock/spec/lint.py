"""Our own lint of the contract: what nothing off the shelf sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..errors import SpecError
from . import lint_calls, lint_evidence, lint_links, lint_schemas
from .bundle import Loader, bundle, read_yaml, require_contract, require_shallow
from .components import references
from .lint_lines import with_lines
from .lint_nodes import KINDS, LintedContract, Node
from .lint_rules import LintFinding
from .lint_validity import bundle_finding, first_mention, invalid_keywords, problem_finding
from .verdict import first_problem

__all__ = ["LintFinding", "lint"]

LintCheck = Callable[[Node, LintedContract], Iterator[LintFinding]]


def lint(root: Path) -> list[LintFinding]:
    """Every fault of the contract below `root`, in the order of its files; empty when fine.

    SpecError where there is no contract at all.
    """
    require_contract(root)
    return with_lines(root, _lint(root))


def _lint(root: Path) -> list[LintFinding]:
    faults = sorted(
        finding for file in sorted(root.rglob("*.yaml")) for finding in _keys(root, file)
    )
    if faults:
        return faults
    try:
        contract_bundle = bundle(root)
        contract = LintedContract(root, contract_bundle, _sources(root))
    except SpecError as error:
        return [bundle_finding(root, str(error))]
    return sorted(_dangling(contract)) or sorted(
        set(_findings(contract, first_problem(contract_bundle)))
    )


def _sources(root: Path) -> Mapping[str, Any]:
    sources = read_yaml(root / lint_evidence.SOURCES_FILE)
    if not isinstance(sources, Mapping):
        raise SpecError(f"{root / lint_evidence.SOURCES_FILE} holds no mapping")
    return sources


def _findings(contract: LintedContract, problem: str | None) -> Iterator[LintFinding]:
    nodes = list(contract.nodes())
    unknown = [finding for node in nodes for finding in unknown_keys(node)]
    yield from unknown
    invalid = [finding for node in nodes for finding in invalid_keywords(node)]
    yield from invalid
    same = unknown and "was unexpected" in str(problem)
    if problem is not None and not invalid and not same:
        yield problem_finding(contract, problem)
    if problem is not None or invalid:
        # The other checks count on the shapes that OpenAPI prescribes.
        return
    for node in nodes:
        for check in (lint_evidence.evidence, *CHECKS.get(node.kind, ())):
            yield from check(node, contract)
    yield from lint_evidence.find_uncited(nodes, contract)
    yield from find_unused(nodes, contract)


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


def _keys(root: Path, file: Path) -> Iterator[LintFinding]:
    """Keys that YAML takes for numbers or booleans, and keys written twice."""
    name = file.relative_to(root).as_posix()
    try:
        content = file.read_bytes()
        require_shallow(content)
        waiting = [yaml.compose(content, Loader=Loader)]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        yield LintFinding(name, "", "yaml", f"cannot be read as YAML: {error}", line)
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            yield from _pair_faults(name, node)
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _pair_faults(name: str, mapping: yaml.MappingNode) -> Iterator[LintFinding]:
    keys: set[str] = set()
    for key, _ in mapping.value:
        line = key.start_mark.line + 1
        if key.tag != "tag:yaml.org,2002:str":
            yield LintFinding(name, "", "key-not-text", f"{key.value} is not read as text", line)
        if key.value in keys:
            message = f"{key.value} stands twice in one mapping"
            yield LintFinding(name, "", "key-twice", message, line)
        keys.add(key.value)


_CALL_CHECKS: tuple[LintCheck, ...] = (lint_calls.titles, lint_calls.tags, lint_calls.security)
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
        lint_links.links,
    ),
    "webhook": (*_CALL_CHECKS, lint_calls.kinds, lint_calls.arrival),
    "request": (lint_calls.shown_calls,),
    "response": (lint_calls.shown_calls,),
    "media": (lint_schemas.examples,),
    "parameter": (lint_schemas.examples,),
    "header": (lint_schemas.examples,),
    "security scheme": (lint_calls.scheme,),
    "schema": (
        lint_schemas.find_forbidden,
        lint_schemas.patterns,
        lint_schemas.openness,
        lint_schemas.find_undeclared,
        lint_schemas.own_values,
    ),
}
