"""No module and no function of the suite grows beyond what can be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import megaapi_contract
import pytest

PACKAGE = Path(megaapi_contract.__file__).parent
MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 40
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if "_data" not in path.relative_to(PACKAGE).parts
)


def long_functions(source: str) -> Iterator[str]:
    """Each function that is too long, decorators and docstring counted, with its length."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            length = int(node.end_lineno or first) - first + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                yield f"{node.name}: {length} lines"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_has_at_most_350_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_functions_have_at_most_40_lines(module: Path) -> None:
    assert list(long_functions(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(("lines", "expected"), [(39, []), (40, ["f: 41 lines"])])
def test_a_function_of_more_than_40_lines_is_named(lines: int, expected: list[str]) -> None:
    nested = "class C:\n    def f(self):\n" + "        x = 1\n" * lines
    assert list(long_functions(nested)) == expected
