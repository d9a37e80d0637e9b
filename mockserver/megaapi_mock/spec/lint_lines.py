"""The line of a YAML file where a place of it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import yaml

from .bundle import Loader, require_shallow
from .lint_rules import LintFinding

# What is wrong is said first: `x-plans [...] is not a list`.
_WORD = re.compile(r"[\w$-]+")
_WORDS = 3


def with_lines(root: Path, findings: Iterable[LintFinding]) -> list[LintFinding]:
    """The findings with their lines; 1 where the file, or the place in it, is not there."""
    trees: dict[str, yaml.Node | None] = {}
    findings_with_lines = []
    for finding in findings:
        if finding.file not in trees:
            trees[finding.file] = _tree(root / finding.file)
        tree = trees[finding.file]
        line = finding.line or (1 if tree is None else _line(tree, finding))
        findings_with_lines.append(replace(finding, line=line))
    return findings_with_lines


def _line(tree: yaml.Node, finding: LintFinding) -> int:
    """The line of the key that the message begins with, where the place has such a key."""
    line = line_of(tree, finding.place)
    for word in _WORD.findall(finding.message)[:_WORDS]:
        inner = line_of(tree, f"{finding.place}/{word}" if finding.place else word)
        if inner > line:
            return inner
    return line


def line_of(tree: yaml.Node, where: str) -> int:
    """The line of a place such as `post/responses/200`, from 1; the last part of it that is there.

    Keys may hold slashes: the longest that fits is taken.
    """
    line = 1
    while where:
        step = max(_steps(tree, where), key=lambda each: len(each[0]), default=None)
        if step is None:
            break
        name, mark, tree = step
        line, where = mark.line + 1, where[len(name) + 1 :]
    return line


def _steps(tree: yaml.Node, where: str) -> Iterable[tuple[str, yaml.Mark, yaml.Node]]:
    if isinstance(tree, yaml.MappingNode):
        members = [(str(key.value), key.start_mark, value) for key, value in tree.value]
    elif isinstance(tree, yaml.SequenceNode):
        members = [(str(index), each.start_mark, each) for index, each in enumerate(tree.value)]
    else:
        members = []
    return [each for each in members if where == each[0] or where.startswith(f"{each[0]}/")]


def _tree(path: Path) -> yaml.Node | None:
    try:
        content = path.read_bytes()
        require_shallow(content)
        return yaml.compose(content, Loader=Loader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return None
