"""Places in the contract's files, and edits of them that keep every other line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from megaapi_contract.capture.spec_files import SpecFiles

MAIN = """\
# A comment that stays.
schema: {$ref: parts/Thing.yaml}
responses:
  '200': {description: Good}
  '404': {description: Nothing}
guess:
  x-provenance: {grade: inferred, sources: [one]}
alone:
  x-provenance: {grade: inferred}
lines:
  x-provenance:
    grade: inferred
sure:
  x-provenance: {grade: observed, sources: [one]}
"""
THING = """\
allOf:
  - type: object
    properties:
      list:
        type: array
        items:
          type: object
          properties:
            name: {type: string}
  - properties: {flow: {type: string}}
"""


@pytest.fixture
def files(tmp_path: Path) -> SpecFiles:
    (tmp_path / "parts").mkdir()
    (tmp_path / "main.yaml").write_text(MAIN, encoding="utf-8")
    (tmp_path / "parts" / "Thing.yaml").write_text(THING, encoding="utf-8")
    return SpecFiles(tmp_path)


def added(files: SpecFiles) -> list[str]:
    lines = files.patch().splitlines()
    return [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]


def test_a_field_is_proposed_where_its_object_is_described(files: SpecFiles) -> None:
    schema = files.member(files.root("main.yaml"), "schema")
    assert schema is not None and schema.file == "parts/Thing.yaml"
    (members,) = files.objects(schema, ["list", "*"])
    assert files.insert_member(members, "extra", "{type: number}", in_order=False)
    assert added(files) == ["            extra: {type: number}"]
    assert files.patch().startswith("--- a/parts/Thing.yaml\n+++ b/parts/Thing.yaml\n")


def test_what_two_differences_ask_for_is_proposed_once(files: SpecFiles) -> None:
    responses = files.member(files.root("main.yaml"), "responses")
    assert responses is not None
    for value in ("{a: b}", "{c: d}"):
        assert files.insert_member(responses, "202", value, in_order=True)
    assert added(files) == ["  '202': {a: b}"]


def test_an_object_on_one_line_is_left_to_a_person(files: SpecFiles) -> None:
    schema = files.member(files.root("main.yaml"), "schema")
    assert schema is not None
    members = list(files.objects(schema, []))[1]
    assert not files.insert_member(members, "extra", "{type: number}", in_order=False)
    assert files.patch() == ""


@pytest.mark.parametrize(("status", "before"), [("100", "'200'"), ("202", "'404'")])
def test_a_status_comes_before_the_next_one(files: SpecFiles, status: str, before: str) -> None:
    responses = files.member(files.root("main.yaml"), "responses")
    assert responses and files.insert_member(responses, status, "{a: b}", in_order=True)
    lines = files.patch().splitlines()
    place = lines.index(f"+  '{status}': {{a: b}}")
    assert lines[place + 1].strip().startswith(before)


def test_a_guess_becomes_a_fact_with_its_source(files: SpecFiles) -> None:
    root = files.root("main.yaml")
    raised = []
    for name in ("guess", "alone", "lines", "sure"):
        provenance = files.member(root, name, "x-provenance")
        assert provenance is not None
        raised.append(files.raise_grade(provenance, "mine"))
    assert raised == [True, True, False, False]
    facts = [yaml.safe_load(line)["x-provenance"] for line in added(files)]
    assert facts == [
        {"grade": "observed", "sources": ["one", "mine"]},
        {"grade": "observed", "sources": ["mine"]},
    ]


def test_lines_are_added_at_the_end(files: SpecFiles) -> None:
    files.append("main.yaml", "more: 1\n")
    assert added(files) == ["more: 1"]


def test_a_reference_in_a_circle_ends(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("$ref: a.yaml\n", encoding="utf-8")
    files = SpecFiles(tmp_path)
    assert files.member(files.root("a.yaml"), "x") is None
