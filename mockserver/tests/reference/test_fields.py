"""Fields of a schema as rows: what is required, how each is known, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.reference.fields import FieldRow, fields_of
from megaapi_mock.resources import root
from megaapi_mock.spec.description import description

CONTRACT = description(root("spec"))
OBSERVED = {"grade": "observed", "sources": ["a"]}
BAILEYS = {"grade": "baileys", "sources": ["b"]}


def rows(schema: Any, *examples: Any, **components: Any) -> dict[str, FieldRow]:
    document = {"components": {"schemas": components}}
    return {each.path: each for each in fields_of(schema, document, "inferred", examples)}


def test_fields_have_names_types_and_whether_they_are_required() -> None:
    item = {"properties": {"id": {"type": ["string", "null"]}}}
    schema = {
        "type": "object",
        "required": ["to"],
        "properties": {
            "to": {"type": "string", "description": "Who."},
            "rows": {"type": "array", "items": item},
            "kind": {"enum": ["a", "b"], "default": "a"},
        },
    }  # fmt: skip
    table = rows(schema)
    assert list(table) == ["to", "rows", "rows[].id", "kind"]
    assert (table["to"].types, table["to"].is_required) == (("string",), True)
    assert table["to"].descriptions == ("Who.",)
    assert table["rows"].types == ("array of object",)
    assert table["rows[].id"].types == ("string", "null")
    assert (table["kind"].values, table["kind"].default) == (('"a"', '"b"'), '"a"')


def test_a_grade_is_the_fields_own_or_that_of_the_part_it_stands_in() -> None:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"properties": {"own": {"x-provenance": OBSERVED}, "bare": {"type": "string"}}},
        ]
    }
    inner = {"properties": {"deep": {"type": "string"}}, "x-provenance": OBSERVED}
    base = {"properties": {"given": {"type": "string"}, "inner": inner}, "x-provenance": BAILEYS}
    table = rows(schema, Base=base)
    grades = {path: (row.grade, row.is_inherited) for path, row in table.items()}
    assert grades == {
        "given": ("baileys", True),
        "inner": ("observed", False),
        "inner.deep": ("observed", True),
        "own": ("observed", False),
        "bare": ("inferred", True),
    }


def test_of_a_choice_only_what_every_branch_requires_is_required() -> None:
    one = {"required": ["a", "b"], "properties": {"a": {}, "b": {}}}
    other = {"required": ["a"], "properties": {"a": {}, "c": {}}}
    table = rows({"anyOf": [one, other]})
    assert {path for path, row in table.items() if row.is_required} == {"a"}
    assert set(table) == {"a", "b", "c"}


def test_a_schema_within_itself_is_listed_once() -> None:
    node = {"properties": {"name": {}, "child": {"$ref": "#/components/schemas/Node"}}}
    table = rows({"$ref": "#/components/schemas/Node"}, Node=node)
    assert list(table) == ["name", "child"]


def test_of_messages_of_any_kind_those_of_the_examples_are_listed() -> None:
    kinds = {f"kind{number}Message": {"properties": {"x": {}}} for number in range(9)}
    schema = {"properties": {"message": {"properties": kinds}}}
    table = rows(schema, {"message": {"kind3Message": {"x": 1}}})
    assert list(table) == ["message", "message.kind3Message", "message.kind3Message.x"]
    assert len(table["message"].others) == 8


def own_grades(schema: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Fields written in place that say themselves how they are known."""
    for part in (schema, *schema.get("allOf", ()), *schema.get("anyOf", ())):
        for name, inner in part.get("properties", {}).items():
            below = f"{path}.{name}" if path else name
            if "x-provenance" in inner:
                yield below, inner["x-provenance"]["grade"]
            yield from own_grades(inner, below)


@pytest.mark.parametrize("operation", CONTRACT.index, ids=lambda operation: operation.id)
def test_every_field_of_a_body_that_has_a_grade_shows_it(operation: Any) -> None:
    schema = operation.request_schema or {}
    table = {each.path: each for each in fields_of(schema, CONTRACT.document, "none")}
    for path, grade in own_grades(schema):
        assert (table[path].grade, table[path].is_inherited) == (grade, False), path
    assert all(row.is_inherited or row.grade != "none" for row in table.values())


def with_references(schema: Any, depth: int = 0) -> Any:
    """The schema with what its combined parts refer to in the place of each reference."""
    if "$ref" in schema and depth < 6:
        name = schema["$ref"].rpartition("/")[2]
        target = CONTRACT.document["components"]["schemas"][name]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return with_references({"allOf": [target, beside]}, depth + 1)
    parts = {
        key: [with_references(part, depth) for part in schema[key]]
        for key in ("allOf", "anyOf")
        if key in schema
    }
    return {**schema, **parts}


@pytest.mark.parametrize("event", CONTRACT.events, ids=lambda event: event.name)
def test_every_field_of_a_webhook_that_has_a_grade_shows_it(event: Any) -> None:
    content = event.definition["requestBody"]["content"]["application/json"]
    examples = [example["value"] for example in content["examples"].values()]
    table = {
        each.path: each
        for each in fields_of(content["schema"], CONTRACT.document, "none", examples)
    }
    others = {name for row in table.values() for name in row.others}
    for path, grade in own_grades(with_references(content["schema"])):
        if not others & set(path.split(".")):
            assert path in table and not table[path].is_inherited, (path, grade)
