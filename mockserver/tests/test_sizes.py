"""Functions and modules stay short enough to be read at once."""

from __future__ import annotations

from .import_graph import function_lengths, is_generated, module_paths
from .test_floors import MOCK

LINES_MOST, MODULE_LINES_MOST = 40, 350


def test_no_function_is_over_forty_lines() -> None:
    long = {
        f"{module.partition('.')[2]}.{name}"
        for module, path in module_paths(MOCK).items()
        for name, lines in function_lengths(path.read_text(encoding="utf-8"))
        if lines > LINES_MOST
    }
    assert long == set()


def test_decorators_and_docstrings_count() -> None:
    first = "@one\n@two(\n    3,\n)\ndef short():\n    pass\n"
    source = first + '\n\nasync def longer():\n    """A."""\n    b\n'
    assert [*function_lengths(source)] == [("short", 6), ("longer", 3)]


def test_no_module_that_people_write_is_over_350_lines() -> None:
    lines = {
        module: len(path.read_text(encoding="utf-8").splitlines())
        for module, path in module_paths(MOCK).items()
        if not is_generated(path)
    }
    assert {module for module, count in lines.items() if count > MODULE_LINES_MOST} == set()


def test_modules_that_programs_write_are_few() -> None:
    """One class or name after the other, written from the contract."""
    generated = {module for module, path in module_paths(MOCK).items() if is_generated(path)}
    assert generated == {"megaapi_mock.events.payloads", "megaapi_mock.testing.names"}
