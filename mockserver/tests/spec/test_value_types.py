"""JSON types of values and schemas, and the sentence about a value of another type."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.value_types import fits, mismatch, type_of, types_of


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"), (True, "boolean"), (0, "integer"), (2.0, "integer"), (2.5, "number"),
        ("", "string"), ({}, "object"), ([], "array"),
    ],
)  # fmt: skip
def test_value_has_its_json_type(value: Any, kind: str) -> None:
    assert type_of(value) == kind


@pytest.mark.parametrize(
    ("schemas", "samples", "types"),
    [
        ([], [], set()),
        ([{}], [], set()),
        ([{"type": "string"}], [], {"string"}),
        ([{"type": ["string", "null"]}], [5], {"string", "null", "integer"}),
        ([{"enum": ["a", 1]}], [], {"string", "integer"}),
        ([{"const": None}], [], {"null"}),
        ([{"properties": {}}, {"items": {}}], [], {"object", "array"}),
    ],
)
def test_types_are_those_of_all_schemas_and_samples(
    schemas: list[dict[str, Any]], samples: list[Any], types: set[str]
) -> None:
    assert types_of(schemas, samples) == types


@pytest.mark.parametrize(
    ("value", "types", "expected"),
    [
        ("x", set(), True),
        ("x", {"string"}, True),
        ("5", {"integer"}, False),
        (5, {"number"}, True),
        (5.5, {"integer"}, False),
        (True, {"integer", "number"}, False),
        (None, {"string"}, False),
    ],
)
def test_value_fits_where_its_type_is_among_them(
    value: Any, types: set[str], expected: bool
) -> None:
    assert fits(value, types) is expected


@pytest.mark.parametrize(
    ("value", "types", "sentence"),
    [
        (5, {"string"}, "must be a string, not 5"),
        ("5", {"integer", "null"}, 'must be a whole number or null, not "5"'),
        ({"a": 1}, {"array"}, 'must be a list, not the object {"a": 1}'),
        (["é"], {"boolean"}, 'must be true or false, not the list ["é"]'),
    ],
)
def test_sentence_names_the_types_and_the_value(value: Any, types: set[str], sentence: str) -> None:
    assert mismatch(value, types) == sentence


def test_sentence_cuts_a_long_value() -> None:
    sentence = mismatch("x" * 1_000, {"number"})
    assert len(sentence) < 100 and sentence.endswith("x...")
