"""One spelling for schemas that say the same, and equality as JSON has it."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.canonical import alike, canonical, plain_number

from .seeded import Json


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"minLength": 0, "minItems": 0, "minProperties": 0}, {}),
        ({"minLength": 1}, {"minLength": 1}),
        ({"const": "a"}, {"enum": ["a"], "type": ["string"]}),
        ({"enum": [1.0, None]}, {"enum": [1, None], "type": ["integer", "null"]}),
        ({"enum": [1.5, "a"]}, {"enum": [1.5, "a"], "type": ["number", "string"]}),
        ({"enum": [[], {}]}, {"enum": [[], {}], "type": ["array", "object"]}),
        ({"const": 1, "type": "number"}, {"enum": [1], "type": "number"}),
        # All values of a type are not an enumeration.
        ({"enum": [True, False]}, {"type": ["boolean"]}),
        ({"enum": [None]}, {"type": ["null"]}),
        ({"enum": [True]}, {"enum": [True], "type": ["boolean"]}),
        ({"enum": [1, 0], "type": "boolean"}, {"enum": [1, 0], "type": "boolean"}),
        ({"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}),
        ({"type": ["integer"], "exclusiveMaximum": 5.0}, {"type": ["integer"], "maximum": 4}),
        (
            {"type": "integer", "exclusiveMinimum": 0, "minimum": 7},
            {"type": "integer", "minimum": 7},
        ),
        (
            {"type": "integer", "exclusiveMaximum": 5, "maximum": 3},
            {"type": "integer", "maximum": 3},
        ),
        ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "exclusiveMinimum": 0}),
        (
            {"type": "integer", "exclusiveMinimum": True},
            {"type": "integer", "exclusiveMinimum": True},
        ),
        ({"prefixItems": [{}, {}], "items": False}, {"prefixItems": [{}, {}], "maxItems": 2}),
        ({"items": False, "maxItems": 0}, {"maxItems": 0}),
        ({"contentEncoding": "base64"}, {"format": "byte"}),
        (
            {"contentEncoding": "base64", "contentMediaType": "image/png"},
            {"contentEncoding": "base64", "contentMediaType": "image/png"},
        ),
        ({"contentMediaType": "application/octet-stream"}, {"format": "binary"}),
        (
            {"contentEncoding": "base64", "format": "uri"},
            {"contentEncoding": "base64", "format": "uri"},
        ),
        ({"oneOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}]}),
        ({"anyOf": [{"a": 1}, {"b": 1}, {"a": 1}]}, {"anyOf": [{"a": 1}, {"b": 1}]}),
        ({"oneOf": [{}], "anyOf": [{"a": 1}]}, {"oneOf": [{}], "anyOf": [{"a": 1}]}),
        ({"unevaluatedProperties": False}, {"additionalProperties": False}),
        (
            {"unevaluatedProperties": False, "additionalProperties": True},
            {"additionalProperties": True},
        ),
    ],
)
def test_a_schema_has_one_spelling(schema: Json, expected: Json) -> None:
    before = dict(schema)
    assert canonical(schema) == expected
    # Neither is the schema itself changed, nor what is canonical already.
    assert schema == before and canonical(expected) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (True, 1, False),
        (True, True, True),
        (0, False, False),
        (1, 1.0, True),
        ({"a": [1, {"b": False}]}, {"a": [1, {"b": False}]}, True),
        ({"a": [1, {"b": False}]}, {"a": [1, {"b": 0}]}, False),
        ({"a": 1}, {"a": 1, "b": 1}, False),
        ([1], [1, 1], False),
        ([1], {"0": 1}, False),
        (None, False, False),
        (None, None, True),
    ],
)
def test_values_are_alike_as_json_has_them(one: Any, other: Any, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_a_whole_number_has_one_spelling() -> None:
    assert [plain_number(value) for value in (1.0, 1.5, True, "1.0")] == [1, 1.5, True, "1.0"]
    assert isinstance(plain_number(1.0), int)
