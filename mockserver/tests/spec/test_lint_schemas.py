"""Lint of schemas: what promises nothing, names what is not there, or fits no value."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec import lint_schemas
from megaapi_mock.spec.lint_nodes import Node
from megaapi_mock.spec.lint_schemas import step_into

from .linted import findings_of, linted, rules_of

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "rules"),
    [
        (TEXT, []),
        ({"nullable": True}, ["forbidden-keyword"]),
        ({"format": "uri", "example": 1}, ["forbidden-keyword"] * 2),
        ({"format": "binary"}, []),
        ({"discriminator": {}}, ["forbidden-keyword"]),
    ],
)
def test_keywords_that_tools_read_differently_are_named(schema: Any, rules: list[str]) -> None:
    assert rules_of(lint_schemas.find_forbidden, schema) == rules


@pytest.mark.parametrize(
    ("pattern", "rules"),
    [
        ("^a$", []),
        ("^(a|b)$", []),
        ("^[a|b]$", []),
        (r"^a\|b$", []),
        ("^((a|b)|c)$", []),
        ("a", ["pattern-unanchored"]),
        ("^a|b$", ["pattern-unanchored"]),
        (r"^a\$", ["pattern-unanchored"]),
        ("^(?=a).*$", ["pattern-lookaround"]),
        ("^(?<!a)b$", ["pattern-lookaround"]),
    ],
)
def test_a_pattern_holds_for_the_whole_text(pattern: str, rules: list[str]) -> None:
    assert rules_of(lint_schemas.patterns, {"pattern": pattern}) == rules
    assert rules_of(lint_schemas.patterns, {"patternProperties": {pattern: {}}}) == rules


@pytest.mark.parametrize(
    ("schema", "place", "rules"),
    [
        ({"type": "object"}, "", ["object-bare"]),
        ({"type": ["object", "null"]}, "", ["object-bare"]),
        ({"type": "object", "properties": {}}, "", []),
        ({"type": "object", "additionalProperties": False}, "", []),
        ({"type": "object", "additionalProperties": TEXT}, "", []),
        ({"type": "object", "additionalProperties": {}}, "", ["object-bare"]),
        ({"type": "array"}, "", ["array-bare"]),
        ({"type": "array", "prefixItems": []}, "", []),
        ({}, "", ["schema-empty"]),
        ({"description": "d"}, "properties/a", ["schema-empty"]),
        # Its siblings say the rest.
        ({}, "allOf/0", []),
        ({}, "then", []),
        ({}, "if/properties/a", []),
        ({"x-open": True, "description": "Why."}, "", []),
        ({"x-open": True}, "", ["open-unexplained"]),
        ({"x-open": "yes", "description": "Why."}, "", ["open-unexplained"]),
    ],
)
def test_what_the_gateway_sends_promises_something(
    schema: Any, place: str, rules: list[str]
) -> None:
    openness = lint_schemas.openness
    assert rules_of(openness, schema, place=place, is_promised=True) == rules
    # What a caller sends may be anything.
    assert rules_of(openness, schema, place=place) == [
        rule for rule in rules if rule == "open-unexplained"
    ]


KEY = {"components": {"schemas": {"Key": {"properties": {"id": TEXT}}}}}
REFERENCE = {"$ref": "#/components/schemas/Key"}


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        ({"required": ["a"], "properties": {"a": TEXT}}, []),
        ({"required": ["a"]}, [""]),
        ({"allOf": [REFERENCE, {"required": ["id"]}]}, []),
        ({"properties": {"id": TEXT}, "anyOf": [{"required": ["id"]}, {"required": ["no"]}]},
         ["anyOf/1"]),
        ({"properties": {"k": {"required": ["a"]}}}, ["properties/k"]),
        # What a sibling says of the same field counts.
        ({"allOf": [{"properties": {"k": REFERENCE}}, {"properties": {"k": {"required": ["id"]}}}]},
         []),
        ({"items": {"required": ["a"]}}, ["items"]),
        ({"additionalProperties": {"if": {"required": ["a"]}}}, ["additionalProperties/if"]),
    ],
)  # fmt: skip
def test_a_required_name_is_declared_somewhere(schema: Any, places: list[str]) -> None:
    node = Node("schema", "x", "components/x.yaml", "", schema)
    found = list(lint_schemas.find_undeclared(node, linted(KEY)))
    assert [each.place for each in found] == places
    assert {each.rule for each in found} <= {"required-undeclared"}
    # Of a schema in a schema the whole one is looked at.
    assert rules_of(lint_schemas.find_undeclared, schema, document=KEY, within="schema") == []


@pytest.mark.parametrize(
    ("schema", "rules"),
    [
        ({"minLength": 3, "maxLength": 3}, []),
        ({"minLength": 4, "maxLength": 3}, ["bounds-crossed"]),
        ({"minItems": 2, "maxItems": 1, "minimum": 2, "maximum": 1}, ["bounds-crossed"] * 2),
        ({"enum": ["a", "b"]}, []),
        ({"enum": ["a", "a"]}, ["enum-values"]),
        ({"enum": [1, True]}, []),
        ({"type": "string", "enum": ["a", 1]}, ["enum-values"]),
        ({"type": ["string", "null"], "enum": ["a", None]}, []),
    ],
)
def test_limits_and_values_leave_something(schema: Any, rules: list[str]) -> None:
    assert rules_of(lint_schemas.possible_values, schema) == rules


@pytest.mark.parametrize(
    ("schema", "messages"),
    [
        ({**TEXT, "default": "a", "examples": ["b"]}, []),
        ({**TEXT, "default": 1}, ['default: the value: 1 is not of type "string"']),
        ({**TEXT, "examples": ["a", 2]}, ['examples/1: the value: 2 is not of type "string"']),
        ({"properties": {"a": TEXT}, "default": {"a": 1}},
         ['default: a: 1 is not of type "string"']),
    ],
)  # fmt: skip
def test_a_schema_takes_its_own_values(schema: Any, messages: list[str]) -> None:
    assert [message for _, message in findings_of(lint_schemas.own_values, schema)] == messages


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"schema": TEXT, "example": "a"}, 0),
        ({"schema": TEXT, "example": 1}, 1),
        ({"schema": TEXT, "examples": {"a": {"value": 1}, "b": {"value": "b"}}}, 1),
        ({"schema": TEXT, "examples": {"a": {"$ref": "#/components/examples/E"}}}, 1),
        ({"example": 1}, 0),
        ({"$ref": "#/components/schemas/Key", "schema": TEXT, "example": 1}, 0),
    ],
)
def test_an_example_fits_the_schema_beside_it(value: Any, count: int) -> None:
    document = {"components": {"examples": {"E": {"value": 1}}}}
    assert rules_of(lint_schemas.examples, value, "media", document) == ["example-misfit"] * count


def test_a_step_leads_along_required_fields_alone() -> None:
    schema = {"required": ["a"], "properties": {"a": TEXT, "b": TEXT}, "allOf": [REFERENCE]}
    assert step_into(schema, "a", KEY) == TEXT
    assert step_into(schema, "b", KEY) is None
    assert step_into({"allOf": [REFERENCE, {"required": ["id"]}]}, "id", KEY) == TEXT
    assert step_into({"anyOf": [REFERENCE, {"required": ["id"]}]}, "id", KEY) is None
    assert step_into({"required": ["z"]}, "z", KEY) is None
