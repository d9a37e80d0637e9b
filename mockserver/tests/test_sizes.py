"""Functions and modules stay short enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .import_graph import module_paths
from .test_floors import MOCK

LINES_MOST, MODULE_LINES_MOST = 40, 350
# One class after the other, written from the contract: nobody reads it from top to bottom.
GENERATED = {"megaapi_mock.events.payloads", "megaapi_mock.testing.names"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The name of each function of a module, and how many lines it has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_over_forty_lines() -> None:
    long = {
        f"{module.partition('.')[2]}.{name}"
        for module, path in module_paths(MOCK).items()
        for name, lines in functions(path)
        if lines > LINES_MOST
    }
    assert long == set()


def test_decorators_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("@one\n@two\ndef short():\n    pass\n\n\nasync def longer():\n    a\n    b\n")
    assert [*functions(path)] == [("short", 2), ("longer", 3)]


def test_no_module_is_over_350_lines() -> None:
    lines = {
        module: len(path.read_text(encoding="utf-8").splitlines())
        for module, path in module_paths(MOCK).items()
    }
    assert {module for module, count in lines.items() if count > MODULE_LINES_MOST} == GENERATED
