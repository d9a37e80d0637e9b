"""Names say what a thing is: a participle alone leaves the reader to guess of what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .import_graph import module_paths
from .test_floors import PACKAGES

MOCK_TESTS = Path(__file__).resolve().parent
SUITE_TESTS = MOCK_TESTS.parents[1] / "contract_tests/tests"
# As the name of a value these say nothing whatever it holds.
EMPTY_WORDS = frozenset(
    (
        "at found heard kept listed lost made meant met named seen shown taken told wanted written"
    ).split()
)
# Arguments that users write (`types(shown=...)`), and fields, read with their object before them
# (`form.written(value)`).
KNOWN_NAMES = frozenset(
    {
        "armed_fault.py: seen",
        "customer.py: shown",
        "form.py: written",
        "forms.py: written",
        "records.py: shown",
        "saved_faults.py: seen",
    }
)
PRIVATE_PARTICIPLE = re.compile(r"_([a-z]{2,}ed|at|found|heard|kept|lost|made|shown|taken|told)")
# Words with that ending that are nouns.
NOUNS = frozenset({"_embed", "_feed", "_need", "_seed", "_speed"})


def empty_names(path: Path) -> Iterator[str]:
    """Names of values, arguments and private functions that are a participle alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                if name in EMPTY_WORDS and f"{path.name}: {name}" not in KNOWN_NAMES:
                    yield f"{path.name}:{node.lineno}: {name}"
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if PRIVATE_PARTICIPLE.fullmatch(name) and name not in NOUNS:
                    yield f"{path.name}:{node.lineno}: {name}"


@PACKAGES
def test_no_name_is_a_participle_alone(package: Path) -> None:
    names = [name for path in module_paths(package).values() for name in empty_names(path)]
    assert names == []


@pytest.mark.parametrize(
    ("source", "count"),
    [("found = 1", 1), ("def f(told): ...", 1), ("def _shortened(): ...", 1),
     ("[at for at in range(3)]", 1), ("def _at(): ...", 1),
     ("found_items = _seed(1)\ndef _seed(x): ...\ndef shortened(): ...", 0)],
)  # fmt: skip
def test_such_names_are_noticed(source: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(source)
    assert len([*empty_names(path)]) == count


@pytest.mark.parametrize("tests", [MOCK_TESTS, SUITE_TESTS], ids=["mock", "suite"])
def test_names_of_tests_are_shorter_than_70_characters(tests: Path) -> None:
    sources = (path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py"))
    names = [name for source in sources for name in re.findall(r"^ *def (test_\w+)", source, re.M)]
    assert names
    assert [name for name in names if len(name) >= 70] == []
