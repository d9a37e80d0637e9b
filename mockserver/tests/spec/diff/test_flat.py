"""A schema as one object: references followed, all parts merged, single forms taken in."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.flat import flatten, merge, types

from .seeded import Json
from .small import NUMBER, TEXT, component

NEW: Json = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {
            "Text": {**TEXT, "maxLength": 9},
            "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}], "minLength": 2},
        }
    },
}
OLD: Json = {**NEW, "openapi": "3.0.3"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (component("Text"), {"type": "string", "maxLength": 9}),
        ({**component("Text"), "maxLength": 5}, {"type": "string", "maxLength": 5}),
        (component("Nobody"), {}),
        (component("Loop"), {"minLength": 2}),
        (True, {}),
        (False, {"not": {}}),
        (None, {}),
        (
            {"allOf": [component("Text"), {"minLength": 1}], "maxLength": 7},
            {"type": "string", "minLength": 1, "maxLength": 7},
        ),
        ({"anyOf": [{**TEXT, "maxLength": 9}]}, {"type": "string", "maxLength": 9}),
        ({"oneOf": [TEXT, NUMBER]}, {"type": ["string", "integer"]}),
        ({"anyOf": [TEXT, {"type": "null"}]}, {"type": ["string", "null"]}),
        (
            {"anyOf": [component("Text"), {"type": "null"}]},
            {"type": ["string", "null"], "maxLength": 9},
        ),
        (
            {"anyOf": [{"const": "a", **TEXT}, {"type": "null"}]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"type": "string", "nullable": True}, TEXT),
    ],
)
def test_a_schema_says_at_once_what_its_parts_say(schema: Any, expected: Json) -> None:
    assert flatten(schema, NEW) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"allOf": [component("Text")], "nullable": True},
            {"type": ["string", "null"], "maxLength": 9},
        ),
        ({"nullable": True}, {}),
        (
            {"type": "number", "minimum": 1, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 1},
        ),
        (
            {"type": "number", "maximum": 1, "exclusiveMaximum": False},
            {"type": "number", "maximum": 1},
        ),
        # Nothing counts beside a reference.
        ({**component("Text"), "maxLength": 5}, {"type": "string", "maxLength": 9}),
    ],
)
def test_a_schema_of_openapi_3_0_is_read_as_it_means(schema: Any, expected: Json) -> None:
    assert flatten(schema, OLD) == expected


def test_a_choice_with_a_discriminator_stays_a_choice() -> None:
    schema = {"oneOf": [component("Text")], "discriminator": {"propertyName": "t"}}
    assert flatten(schema, NEW)["anyOf"] == [component("Text")]


def test_what_is_flat_does_not_change_what_was_written() -> None:
    schema = {"allOf": [TEXT], "exclusiveMinimum": True, "minimum": 3}
    before = repr(schema)
    flatten(schema, OLD)
    assert repr(schema) == before


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"required": ["a"]}, {"required": ["b", "a"]}, {"required": ["a", "b"]}),
        ({"type": "number"}, {"type": "integer"}, {"type": ["integer"]}),
        ({"type": ["string", "integer"]}, {"type": "number"}, {"type": ["integer"]}),
        ({"enum": [1, True]}, {"enum": [True, 2]}, {"enum": [True]}),
        ({"minLength": 1}, {"minLength": 3}, {"minLength": 3}),
        ({"maxItems": 1}, {"maxItems": 3}, {"maxItems": 1}),
        ({"additionalProperties": True}, {"additionalProperties": TEXT},
         {"additionalProperties": TEXT}),
        ({"additionalProperties": False}, {"additionalProperties": TEXT},
         {"additionalProperties": False}),
        ({"additionalProperties": TEXT}, {"additionalProperties": NUMBER},
         {"additionalProperties": {"allOf": [TEXT, NUMBER]}}),
        ({"properties": {"a": TEXT, "b": TEXT}}, {"properties": {"b": NUMBER, "c": TEXT}},
         {"properties": {"a": TEXT, "b": {"allOf": [TEXT, NUMBER]}, "c": TEXT}}),
        ({"items": TEXT}, {"items": {"minLength": 1}},
         {"items": {"allOf": [TEXT, {"minLength": 1}]}}),
        ({"not": TEXT}, {"not": NUMBER}, {"not": {"anyOf": [TEXT, NUMBER]}}),
        ({"title": "A"}, {"title": "B"}, {"title": "B"}),
        ({"default": True}, {"default": 1}, {"default": 1}),
    ],
)  # fmt: skip
def test_both_at_once_ask_for_what_each_asks(one: Json, other: Json, both: Json) -> None:
    assert merge(one, other) == both


def test_what_is_merged_again_and_again_does_not_grow() -> None:
    one, other = {"items": TEXT}, {"items": {"minLength": 1}}
    both = merge(one, other)
    assert merge(both, other) == merge(both, one) == merge(both, both) == both


def test_types_are_a_list_however_they_are_written() -> None:
    assert [types(value) for value in ("a", ["a", "b"], None)] == [["a"], ["a", "b"], []]
