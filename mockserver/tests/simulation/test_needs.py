"""What a use case needs can be read from its signature: it takes no more than it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import megaapi_mock
import pytest
from megaapi_mock import runtime
from megaapi_mock.simulation.lifecycle import Lifecycle, OutsideParts
from megaapi_mock.simulation.payloads import Payloads
from megaapi_mock.simulation.save_state import StateParts

ROOM = Path(megaapi_mock.__file__).parent / "simulation"
MODULES = pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.stem)
# The runtime's groups of parts that belong together, and those that use cases have of their own.
GROUPS = {
    name
    for name, value in vars(runtime).items()
    if is_dataclass(value) and value.__module__ == runtime.__name__
} - {"Runtime"}
OWN = (Lifecycle, OutsideParts, Payloads, StateParts)
OWN_GROUPS = {group.__name__ for group in OWN}
# A handful of groups with a handful of parts.
GROUPS_MOST, PARTS_MOST = 8, 5


def needless(source: str) -> Iterator[str]:
    """Each group that a function or a class takes whole, of which it uses no more than one part."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            yield from _needless(node, _arguments(node), "")
        elif isinstance(node, ast.ClassDef) and node.name not in OWN_GROUPS:
            yield from _needless(node, _attributes(node), "self.")


def _needless(
    node: ast.FunctionDef | ast.ClassDef, types: dict[str, str], prefix: str
) -> Iterator[str]:
    for name, type_ in types.items():
        if type_ in GROUPS | OWN_GROUPS:
            parts = _parts(node, {f"{prefix}{name}", f"{prefix}_{name}"})
            if prefix:
                # A class also uses what `__init__` hands on.
                parts |= _parts(node, {name})
            if "" not in parts and len(parts) < 2:
                yield f"{node.name} takes {type_} for {', '.join(parts) or 'nothing'}"


def _parts(node: ast.AST, names: set[str]) -> set[str]:
    """Which parts of a group are used; the empty string where it is handed on whole."""
    parts = set()
    for parent in ast.walk(node):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Attribute) and ast.unparse(child.value) in names:
                parts.add(child.attr)
            elif isinstance(parent, ast.Call | ast.keyword) and ast.unparse(child) in names:
                parts.add("")
    return parts


def _arguments(node: ast.FunctionDef) -> dict[str, str]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return {each.arg: ast.unparse(each.annotation) for each in arguments if each.annotation}


def _attributes(node: ast.ClassDef) -> dict[str, str]:
    """The attributes of a class that come from who makes it, with their types."""
    types = {}
    for each in node.body:
        if isinstance(each, ast.AnnAssign):
            types[ast.unparse(each.target)] = ast.unparse(each.annotation)
        elif isinstance(each, ast.FunctionDef) and each.name == "__init__":
            types |= _arguments(each)
    return types


@MODULES
def test_no_use_case_takes_the_whole_runtime(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert "Runtime" not in {node.id for node in nodes if isinstance(node, ast.Name)}


@MODULES
def test_no_use_case_takes_a_group_for_one_part(path: Path) -> None:
    assert [*needless(path.read_text(encoding="utf-8"))] == []


def test_a_group_taken_for_one_part_is_noticed() -> None:
    source = """
def one(records: Records, instances: Instances) -> None:
    records.bugs.note(records.bugs)
    instances.store.add(instances.publisher)

def whole(records: Records, *, webhooks: Webhooks) -> None:
    one(records)
    publisher, points = webhooks.publisher, webhooks.points

class Case:
    def __init__(self, records: Records, instances: Instances, payloads: Payloads) -> None:
        self._records, self._instances, self._payloads = records, instances, payloads
        self._other = Other(payloads)

    def do(self) -> None:
        self._records.journal.show(self._records.bugs)
        self._instances.publisher.keys()
        self._payloads.samples.names()

@dataclass
class Value:
    instances: Instances
    records: Records

    def do(self) -> None:
        self.records.journal.show(self.records.bugs)
"""
    assert [*needless(source)] == [
        "one takes Records for bugs",
        "Case takes Instances for publisher",
        "Value takes Instances for nothing",
    ]


def test_a_runtime_is_a_handful_of_groups_and_each_a_handful_of_parts() -> None:
    assert len(fields(runtime.Runtime)) <= GROUPS_MOST
    groups = [*OWN, *(getattr(runtime, name) for name in GROUPS)]
    sizes = {group.__name__: len(fields(group)) for group in groups}
    assert max(sizes.values()) <= PARTS_MOST, sizes
