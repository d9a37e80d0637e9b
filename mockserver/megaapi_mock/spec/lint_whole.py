"""Lint: what no single object shows: names given twice, tags of nobody, variables of nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from .lint_nodes import LintedContract, Node
from .lint_rules import LintFinding
from .validate import resolve

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def find_repeated(nodes: list[Node], contract: LintedContract) -> Iterator[LintFinding]:
    """An operationId of two operations, or one parameter twice."""
    calls = [node for node in nodes if node.kind in ("operation", "webhook")]
    by_id: dict[str, list[Node]] = defaultdict(list)
    for call in calls:
        by_id[str(call.value.get("operationId"))].append(call)
        yield from _repeated_parameters(call, contract)
    for name, bearers in by_id.items():
        # The one whose file is called so has a right to the name, or else the first.
        owner = next((each for each in bearers if _is_file_of(each, name)), bearers[0])
        for each in bearers:
            if each is not owner:
                message = f"operationId {name!r} is that of spec/{owner.file} too"
                yield each.finding("operation-twice", message)


def _is_file_of(node: Node, name: str) -> bool:
    return PurePosixPath(node.file).stem in (name, name.removeprefix("webhook_").replace("_", "-"))


def _repeated_parameters(call: Node, contract: LintedContract) -> Iterator[LintFinding]:
    names: set[Any] = set()
    for index, reference in enumerate(call.value.get("parameters") or ()):
        parameter = resolve(reference, contract.document)
        name = (parameter.get("in"), parameter.get("name"))
        if name in names:
            message = f"the {name[0]} parameter {name[1]!r} stands there twice"
            place = f"{call.place}/parameters/{index}"
            yield LintFinding(call.file, place, "parameter-twice", message)
        names.add(name)


_SECTIONS = {
    "schema": "schemas", "response": "responses", "parameter": "parameters", "header": "headers",
    "request": "requestBodies", "example": "examples", "link": "links",
}  # fmt: skip


def find_misplaced(contract: LintedContract) -> Iterator[LintFinding]:
    """References to components of another kind than belongs there: a reply as a schema."""
    for node in contract.nodes():
        target, section = node.value.get("$ref"), _SECTIONS.get(node.kind)
        if (
            section
            and isinstance(target, str)
            and not target.startswith(f"#/components/{section}/")
        ):
            message = f"$ref leads to {target.removeprefix('#/')}, not into components/{section}"
            yield node.finding("reference-misplaced", message)


def find_unused_tags(nodes: list[Node], contract: LintedContract) -> Iterator[LintFinding]:
    """Tags that are declared, and that no operation or webhook has."""
    used_tags = {
        tag
        for node in nodes
        if node.kind in ("operation", "webhook")
        for tag in node.value.get("tags") or ()
    }
    for index, tag in enumerate(contract.document.get("tags") or ()):
        if tag.get("name") not in used_tags:
            message = f"{tag.get('name')!r} is the tag of nothing"
            yield LintFinding("openapi.yaml", f"tags/{index}", "tag-unused", message)


def server_variables(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Variables in an address that are not declared, and declared ones that are not in it."""
    in_address = set(_VARIABLE.findall(str(node.value.get("url", ""))))
    declared = set(node.value.get("variables") or ())
    for name in sorted(in_address - declared):
        yield node.finding("server-variable", f"url names {name!r}, which variables has not")
    for name in sorted(declared - in_address):
        yield node.finding("server-variable", f"variables has {name!r}, which url does not name")
