"""What is no valid OpenAPI or JSON Schema, and what is not there: in which file, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from .lint_nodes import LintedContract, Node
from .lint_rules import LintFinding

# Sentences of `bundle`: which file is wrong, and which words of it.
_REFERS = re.compile(r"spec/(\S+) refers to (\S+?)[,:]? ")
_FILE = re.compile(r"spec/(\S+) (is referred to by nothing|holds no mapping)")
_TWICE = re.compile(r"spec/(\S+) names (\S+) twice")
# Sentences of openapi-spec-validator: which path is meant.
_IN_PATH = re.compile(r"for '(\w+)' operation in '(/[^']*)'")


def bundle_finding(root: Path, message: str) -> LintFinding:
    """Why the files are not a document: in the file that says so, at the words that do."""
    refers, alone = _REFERS.match(message), _FILE.match(message)
    if refers is not None:
        file, reference = refers.groups()
        return LintFinding(file, "", "bundle", message, line_with(root / file, reference))
    twice = _TWICE.match(message)
    if twice is not None:
        file, target = twice.groups()
        return LintFinding(file, "", "bundle", message, line_with(root / file, target, last=True))
    if alone is not None:
        rule = "file-empty" if alone[2] == "holds no mapping" else "bundle"
        return LintFinding(alone[1], "", rule, message, 1)
    return LintFinding("openapi.yaml", "", "bundle", message)


def problem_finding(contract: LintedContract, problem: str) -> LintFinding:
    """What openapi-spec-validator says, in the file and at the place that it is about."""
    place, _, message = problem.partition(": ")
    in_path = _IN_PATH.search(message)
    if place == "document" and in_path is not None:
        place = f"paths/{in_path[2]}/{in_path[1]}"
    file, where = _source(contract, place)
    return LintFinding(file, where, "openapi", message)


def invalid_keywords(node: Node) -> Iterator[LintFinding]:
    """Keywords of a schema that JSON Schema does not take: a type misspelt, a broken pattern."""
    if node.kind != "schema" or node.within == "schema":
        return
    for error in _meta_schema().iter_errors(node.value):
        steps = "/".join(map(str, error.instance_path))
        keyword, _, message = steps.rpartition("/")[2], "", error.message
        place = "/".join(part for part in (node.place, steps) if part)
        if keyword == "type":
            message = f"{error.instance!r} is not a type of JSON Schema"
        yield LintFinding(node.file, place, "schema-invalid", message.splitlines()[0][:200])


@cache
def _meta_schema() -> Any:
    reference = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
    return jsonschema_rs.Draft202012Validator(reference, validate_formats=True)


def line_with(path: Path, text: str, *, last: bool = False) -> int:
    """The first or last line of a file with this text, else 1."""
    if not path.is_file():
        return 1
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    numbers = [number for number, line in lines if text in line] or [1]
    return numbers[-1 if last else 0]


def first_mention(root: Path, text: str) -> tuple[str, int]:
    """The first file and line with this text."""
    for file in sorted(root.rglob("*.yaml")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if text in line:
                return file.relative_to(root).as_posix(), number
    return "openapi.yaml", 1


def _source(contract: LintedContract, place: str) -> tuple[str, str]:
    """The file with this place of the whole document, and where in the file it is."""
    for name, file in contract.files.items():
        for kind in ("paths", "webhooks"):
            whole = f"{kind}/{name}"
            if file != "openapi.yaml" and (place == whole or place.startswith(f"{whole}/")):
                return file, place[len(whole) + 1 :]
    parts = place.split("/")
    file = "/".join(parts[:3]) + ".yaml"
    if parts[0] == "components" and (contract.root / file).is_file():
        return file, "/".join(parts[3:])
    return "openapi.yaml", place
