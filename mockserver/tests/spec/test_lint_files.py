"""Lint of single files: what is not YAML, or is read otherwise than it looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_mock.spec.lint_files import CONTROL_FILE, control_faults, yaml_faults


def found(folder: Path, text: str | bytes, name: str = "a.yaml") -> list[tuple[str, int]]:
    """Rule and line of each finding."""
    content = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(content)
    return [(each.rule, each.line) for each in yaml_faults(folder, folder / name)]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a: 1\nb: [x, 2.5, true, null, 2026-01-01]\n", []),
        ("", []),
        ("a: &x {k: 1}\nb: {<<: *x}\n", [("key-not-text", 2)]),
        ("a: 1\nb: 1\na: 2\n", [("key-twice", 3)]),
        ("x:\n  200: {}\n", [("key-not-text", 2)]),
        ("on: 1\n", [("key-not-text", 1)]),
        ("'on': 1\n", []),
        ("a:\n  - b: 1\n    b: 2\n", [("key-twice", 3)]),
        ("a: !!binary aGk=\n", [("yaml", 1)]),
        ("a: [1\n", [("yaml", 2)]),
        ("a: 1\n\tb: 2\n", [("yaml", 2)]),
        (b"a: \xff\n", [("yaml", 1)]),
        ("[" * 300 + "]" * 300, [("yaml", 1)]),
    ],
)
def test_what_is_read_otherwise_than_it_looks_is_found_by_its_line(
    tmp_path: Path, text: str | bytes, findings: list[tuple[str, int]]
) -> None:
    assert found(tmp_path, text) == findings


def test_a_file_of_another_ending_is_no_file_of_the_contract(tmp_path: Path) -> None:
    assert found(tmp_path, "a: 1\n", "a.yml") == [("file-name", 1)]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (finding,) = yaml_faults(tmp_path, tmp_path / "gone.yaml")
    assert finding.message == "cannot be read: No such file or directory"
    assert finding.file == "gone.yaml"


CONTROL = """
openapi: 3.1.0
info: {title: Control, version: '1'}
paths:
  /_mock/clock:
    get: {responses: {'200': {$ref: '#/components/responses/Clock'}}}
components:
  responses:
    Clock: {description: The time.}
  schemas:
    Time: {type: number}
"""


def control(folder: Path, text: str) -> list[tuple[str, str]]:
    (folder / CONTROL_FILE).write_text(text)
    return [(each.rule, each.place) for each in control_faults(folder)]


def test_a_good_definition_of_the_control_api_has_no_fault(tmp_path: Path) -> None:
    assert list(control_faults(tmp_path)) == []
    assert control(tmp_path, CONTROL) == []


@pytest.mark.parametrize(
    ("old", "new", "findings"),
    [
        ("responses/Clock'", "responses/Gone'", [("reference-dangling", "")]),
        ("{type: number}", "{type: numbr}", [("schema-invalid", "components/schemas/Time/type")]),
        ("title: Control, ", "", [("openapi", "info")]),
    ],
)
def test_what_is_wrong_with_the_control_api_is_found_by_its_place(
    tmp_path: Path, old: str, new: str, findings: list[tuple[str, str]]
) -> None:
    assert old in CONTROL
    assert control(tmp_path, CONTROL.replace(old, new)) == findings


def test_a_definition_of_the_control_api_holds_a_mapping(tmp_path: Path) -> None:
    assert control(tmp_path, "- a\n") == [("file-empty", "")]


def test_a_reference_that_leads_nowhere_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / CONTROL_FILE).write_text(CONTROL.replace("responses/Clock'", "responses/Gone'"))
    (finding,) = control_faults(tmp_path)
    assert "#/components/responses/Gone does not exist" in finding.message and finding.line == 6
