"""Sentences of the bundler and of the validator, in the file and at the place they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.lint_nodes import LintedContract, Node
from megaapi_mock.spec.lint_validity import (
    bundle_finding,
    first_mention,
    invalid_keywords,
    line_with,
    problem_finding,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text("one\n$ref: x.yaml\nthree\n$ref: x.yaml\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.yaml").write_text("other: x.yaml\n")
    return tmp_path


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("spec/a.yaml refers to x.yaml, which is not there", ("a.yaml", "bundle", 2)),
        ("spec/a.yaml names x.yaml twice", ("a.yaml", "bundle", 4)),
        ("spec/a.yaml is referred to by nothing", ("a.yaml", "bundle", 1)),
        ("spec/a.yaml holds no mapping", ("a.yaml", "file-empty", 1)),
        ("spec/gone.yaml refers to x.yaml: no", ("gone.yaml", "bundle", 1)),
        ("something else", ("openapi.yaml", "bundle", 0)),
    ],
)
def test_why_files_are_no_document_is_said_where_it_is(
    folder: Path, sentence: str, found: Any
) -> None:
    finding = bundle_finding(folder, sentence)
    assert (finding.file, finding.rule, finding.line) == found
    assert finding.message == sentence


def test_a_text_is_looked_for_from_either_end(folder: Path) -> None:
    assert (
        line_with(folder / "a.yaml", "x.yaml"),
        line_with(folder / "a.yaml", "x.yaml", last=True),
    ) == (2, 4)
    assert line_with(folder / "a.yaml", "zorba") == line_with(folder / "gone.yaml", "x") == 1
    assert first_mention(folder, "x.yaml") == ("a.yaml", 2)
    assert first_mention(folder, "other") == ("sub/b.yaml", 1)
    assert first_mention(folder, "zorba") == ("openapi.yaml", 1)


@pytest.mark.parametrize(
    ("problem", "file", "place"),
    [
        ("paths//a/post/summary: wrong", "paths/x/a.yaml", "post/summary"),
        ("paths//ab/post: wrong", "openapi.yaml", "paths//ab/post"),
        ("webhooks/text-plain/post: wrong", "webhooks/text-plain.yaml", "post"),
        ("components/schemas/A/type: wrong", "components/schemas/A.yaml", "type"),
        ("components/schemas/B/type: wrong", "openapi.yaml", "components/schemas/B/type"),
        ("document: it is wrong for 'post' operation in '/a'", "paths/x/a.yaml", "post"),
        ("info: wrong", "openapi.yaml", "info"),
    ],
)
def test_a_problem_is_said_in_the_file_it_is_about(
    tmp_path: Path, problem: str, file: str, place: str
) -> None:
    apart = tmp_path / "components" / "schemas" / "A.yaml"
    apart.parent.mkdir(parents=True)
    apart.write_text("{}")
    files = {
        "/a": "paths/x/a.yaml",
        "text-plain": "webhooks/text-plain.yaml",
        "/ab": "openapi.yaml",
    }
    finding = problem_finding(LintedContract(tmp_path, Bundle({}, files), {}), problem)
    assert (finding.file, finding.place, finding.rule) == (file, place, "openapi")


def schema(within: str = "media", **value: Any) -> Node:
    return Node("schema", "A", "a.yaml", "post", value, within=within)


def test_a_keyword_that_json_schema_does_not_take_is_named() -> None:
    [finding] = invalid_keywords(schema(properties={"a": {"type": "strin"}}))
    assert finding.place == "post/properties/a/type"
    assert finding.message == "'strin' is not a type of JSON Schema"
    [pattern] = invalid_keywords(schema(pattern="["))
    assert pattern.place == "post/pattern" and pattern.rule == "schema-invalid"
    assert [*invalid_keywords(schema(type="string", pattern="^a$"))] == []


def test_an_inner_schema_is_looked_at_with_the_outer_one() -> None:
    assert [*invalid_keywords(schema("schema", type="strin"))] == []
    assert [*invalid_keywords(Node("response", "200", "a.yaml", "", {"type": "strin"}))] == []
