"""Schemas put more plainly: a plain one takes every value that the contract's takes."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.plain_schemas import simplify_schemas

TEXT = {"type": "string"}


def plain(schema: Any, **others: Any) -> Any:
    """The schema as generators get it."""
    document = {"paths": {}, "components": {"schemas": {"It": schema, **others}}}
    return simplify_schemas(document)["components"]["schemas"]["It"]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def record(*required: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": fields}


@pytest.mark.parametrize(
    ("schema", "simple"),
    [
        ({"type": "integer"}, {"type": "integer", "format": "int64"}),
        ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int32"}),
        ({"type": "boolean", "const": True}, {"type": "boolean"}),
        ({"type": "string", "const": "a"}, {"type": "string", "const": "a"}),
        (record("a", a={"enum": ["x", None]}), record("a", a={})),
        (record("a", a={"enum": ["x"]}), record("a", a={"enum": ["x"]})),
        (record(a={"enum": ["x", None]}), record(a={"enum": ["x", None]})),
        ([{"type": "integer"}], [{"type": "integer", "format": "int64"}]),
    ],
)
def test_plain_values(schema: Any, simple: Any) -> None:
    assert plain({"x": schema})["x"] == simple


def test_a_field_that_two_parts_describe_is_described_once() -> None:
    schema = {"allOf": [record("a", a=record("id", id=TEXT)), record(a=record(more=TEXT))]}
    merged = plain(schema)
    assert "allOf" not in merged and merged["required"] == ["a"]
    assert set(merged["properties"]["a"]["properties"]) == {"id", "more"}


def test_parts_with_fields_of_their_own_stay_parts() -> None:
    schema = {"allOf": [record(a=TEXT), record(b=TEXT)]}
    assert plain(schema) == schema


def test_a_choice_of_objects_is_one_with_the_fields_of_all() -> None:
    schema = {"anyOf": [ref("A"), record("b", "c", b={"type": "integer"}, c=TEXT)]}
    one = plain(schema, A=record("b", "a", a=TEXT, b=TEXT))
    assert one["required"] == ["b"] and set(one["properties"]) == {"a", "b", "c"}
    assert one["properties"]["b"] == {"anyOf": [TEXT, {"type": "integer", "format": "int64"}]}


def test_a_field_of_one_type_everywhere_keeps_it() -> None:
    schema = {"anyOf": [record(a={"type": "string", "enum": ["x"]}), record(a=TEXT)]}
    assert plain(schema)["properties"]["a"] == TEXT


def test_a_choice_of_lists_is_one_list() -> None:
    schema = {"anyOf": [{"type": "array", "items": TEXT}, {"type": "array", "items": {"a": 1}}]}
    assert plain(schema) == {"type": "array", "items": {"anyOf": [TEXT, {"a": 1}]}}


def test_an_object_or_a_list_stay_a_choice() -> None:
    schema = {"anyOf": [record(a=TEXT), {"type": "array", "items": TEXT}, {"type": "null"}]}
    assert [form.get("type") for form in plain(schema)["anyOf"]] == ["object", "null", "array"]


def test_a_choice_of_one_is_left_alone() -> None:
    assert plain({"anyOf": [TEXT]}) == {"anyOf": [TEXT]}


def test_what_stands_beside_a_choice_stays() -> None:
    schema = {"description": "Either", "anyOf": [record(a=TEXT), record(b=TEXT)]}
    assert plain(schema)["description"] == "Either"
