"""Each rule that a document can break has a sentence: where, what is allowed, what is there."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from megaapi_mock.spec.schema_sentences import (
    describe_allowed,
    format_value,
    sentences,
    written_place,
)

OWN = {"type": "object", "properties": {"on": {"type": "boolean"}}}
ROOT: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "description": "What it is called; free text."},
        "code": {
            "type": ["string", "null"],
            "pattern": "^[a-z]+$",
            "description": "A to z.",
        },
        "size": {"type": "integer", "minimum": 1, "maximum": 5},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "pause": {"type": "number", "x-unit": "seconds", "minimum": 0},
        "kind": {"enum": ["cat", "dog", "bird", None]},
        "pair": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},
        "many": {"type": "array", "maxItems": 3},
        "own": {"oneOf": [{"$ref": "#/components/schemas/Own"}, {"type": "null"}]},
    },
    "components": {"schemas": {"Own": OWN}},
}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "the body: must be an object, not []"),
        ({"size": 3}, "name: is required; what it is called"),
        ({"name": 5}, "name: must be a string, not 5"),
        ({"name": "x", "colour": 1}, "colour: no such field; there are name, code, size, share, "
         "pause, kind, pair, many, own"),
        ({"name": "x", "code": "A b"}, 'code: must be a to z, not "A b"'),
        ({"name": "x", "code": 5}, "code: must be a string, not 5"),
        ({"name": "x", "size": 6}, "size: must be a whole number from 1 to 5, not 6"),
        ({"name": "x", "size": 1.5}, "size: must be a whole number from 1 to 5, not 1.5"),
        ({"name": "x", "share": 0}, "share: must be a number above 0, at most 1, not 0"),
        ({"name": "x", "pause": -1}, "pause: must be a number of seconds from 0, not -1"),
        ({"name": "x", "kind": "cow"}, 'kind: must be cat, dog or bird, not "cow"'),
        ({"name": "x", "pair": [1]}, "pair: must be a list of 2 values, not of 1"),
        ({"name": "x", "pair": [1, "2"]}, 'pair[1]: must be a number, not "2"'),
        ({"name": "x", "many": [1] * 4}, "many: must be a list of at most 3 values, not of 4"),
        ({"name": "x", "own": {"on": 1}}, "own.on: must be true or false, not 1"),
        ({"name": "x", "own": 3}, "own: must be an object, not 3"),
    ],
)  # fmt: skip
def test_broken_rule_is_named_with_its_place(document: Any, sentence: str) -> None:
    assert next(sentences(Draft202012Validator(ROOT), ROOT, document)) == sentence


def test_fitting_document_has_no_sentence() -> None:
    document = {"name": "x", "own": None, "code": None, "kind": None}
    assert [*sentences(Draft202012Validator(ROOT), ROOT, document)] == []


def test_empty_document_is_told_what_it_may_hold() -> None:
    root = {"type": "object", "minProperties": 1, "properties": {"set": {}, "advance": {}}}
    validator = Draft202012Validator(root)
    assert [*sentences(validator, root, {})] == ["give at least one of set, advance"]


def test_document_with_too_many_members_is_told_of_which_it_may_have_one() -> None:
    turn = {"type": "object", "maxProperties": 1, "properties": {"customer": {}, "bot": {}}}
    root = {"type": "object", "properties": {"turns": {"type": "array", "items": turn}}}
    document = {"turns": [{"customer": "oi", "bot": "olá"}]}
    assert [*sentences(Draft202012Validator(root), root, document)] == [
        "turns[0]: give at most 1 of customer, bot, not customer and bot"
    ]


def test_places_values_and_lengths_in_words() -> None:
    assert written_place(["chaos", "delay", 0]) == "chaos.delay[0]"
    assert written_place([]) == ""
    assert format_value("y" * 100) == f'"{"y" * 56}...'
    assert describe_allowed({"type": "array", "minItems": 2}) == "a list of at least 2 values"
    assert (
        describe_allowed({"type": "array", "minItems": 2, "maxItems": 3})
        == "a list of 2 to 3 values"
    )
    assert describe_allowed({"type": ["integer", "null"], "maximum": 3}) == "a whole number up to 3"
