"""Lint: single files, before they are put together; and the control API, which is one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .bundle import Bundle, Loader, read_yaml, require_shallow
from .components import references
from .json_pointer import target_of
from .lint_nodes import Node
from .lint_rules import LintFinding
from .lint_validity import invalid_keywords, line_with
from .valid_bundle import first_problem

CONTROL_FILE = "control.yaml"
_YAML_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset(
    f"{_YAML_TAG}{name}" for name in "str int float bool null map seq timestamp merge".split()
)


def yaml_faults(root: Path, file: Path) -> Iterator[LintFinding]:
    """What is not YAML, or is read otherwise than it looks: keys and types."""
    name = file.relative_to(root).as_posix()
    if file.suffix != ".yaml":
        yield LintFinding(name, "", "file-name", "files of the contract end in .yaml", 1)
        return
    try:
        content = file.read_bytes()
        require_shallow(content)
        waiting = [yaml.compose(content, Loader=Loader)]
    except OSError as error:
        yield LintFinding(name, "", "yaml", f"cannot be read: {error.strerror}", 1)
        return
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        yield LintFinding(name, "", "yaml", f"cannot be read as YAML: {error}", line)
        return
    while waiting:
        node = waiting.pop()
        if node is not None and node.tag not in _TAGS:
            line = node.start_mark.line + 1
            word = node.tag.replace(_YAML_TAG, "!!")
            yield LintFinding(name, "", "yaml", f"cannot be read as YAML: the type {word}", line)
        if isinstance(node, yaml.MappingNode):
            yield from _pair_faults(name, node)
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _pair_faults(name: str, mapping: yaml.MappingNode) -> Iterator[LintFinding]:
    keys: set[str] = set()
    for key, _ in mapping.value:
        line = key.start_mark.line + 1
        if key.tag != f"{_YAML_TAG}str":
            yield LintFinding(name, "", "key-not-text", f"{key.value} is not read as text", line)
        if key.value in keys:
            message = f"{key.value} stands twice in one mapping"
            yield LintFinding(name, "", "key-twice", message, line)
        keys.add(key.value)


def control_faults(root: Path) -> Iterator[LintFinding]:
    """What is wrong with the definition of the control API, where the folder has one."""
    file = root / CONTROL_FILE
    if not file.is_file():
        return
    document = read_yaml(file)
    if not isinstance(document, dict):
        yield LintFinding(CONTROL_FILE, "", "file-empty", f"spec/{CONTROL_FILE} holds no mapping")
        return
    dangling = [
        target for target in sorted(set(references(document))) if not _is_there(document, target)
    ]
    for target in dangling:
        message = f"{target} does not exist"
        line = line_with(file, target)
        yield LintFinding(CONTROL_FILE, "", "reference-dangling", message, line)
    wrong = [*_invalid_schemas(document)]
    yield from wrong
    problem = None if dangling or wrong else first_problem(Bundle(document))
    if problem is not None:
        place, _, message = problem.partition(": ")
        yield LintFinding(CONTROL_FILE, "" if place == "document" else place, "openapi", message)


def _invalid_schemas(document: dict[str, Any]) -> Iterator[LintFinding]:
    """With their places: openapi-spec-validator gives those inside of the schema alone."""
    schemas = (document.get("components") or {}).get("schemas") or {}
    for name, schema in schemas.items():
        place = f"components/schemas/{name}"
        if isinstance(schema, dict):
            yield from invalid_keywords(Node("schema", name, CONTROL_FILE, place, schema))


def _is_there(document: object, target: str) -> bool:
    try:
        target_of(target, document)
    except LookupError:
        return False
    return True
