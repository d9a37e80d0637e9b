"""Documents whose values are placeholders, held to a form: fields, types and fixed values."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.capture.form import MOST_OF_ONE, Forms, is_placeholder, relax, with_numbers
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Promise

START = Promise("inferred", "openapi.yaml")
KEY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9A-F]+$", "minLength": 20},
        "fromMe": {"type": "boolean"},
        "kind": {"enum": ["text", "image"]},
        "time": {"type": "integer"},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["key"],
    "properties": {"key": KEY_SCHEMA, "fixed": {"const": "message"}},
}


@pytest.fixture(scope="module")
def forms(contract: Contract) -> Forms:
    return Forms(contract)


def places(forms: Forms, document: Any, schema: Any = SCHEMA) -> list[tuple[str, str]]:
    return [(one.kind, one.path) for one in forms.drifts(schema, document, START)]


@pytest.mark.parametrize(
    "key",
    [
        {"id": "<message id 1>"},
        {"id": "<text 3>", "fromMe": True, "kind": "image"},
        {"id": "x", "time": "<int 4>"},
    ],
)
def test_a_document_of_placeholders_fits_its_form(forms: Forms, key: Any) -> None:
    assert places(forms, {"key": key, "fixed": "message"}) == []


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({}, ("missing field", "key")),
        ({"key": {}}, ("missing field", "key/id")),
        ({"key": {"id": "<id 1>", "extra": 1}}, ("new field", "key/extra")),
        ({"key": {"id": "<id 1>", "kind": "video"}}, ("other value", "key/kind")),
        ({"key": {"id": "<id 1>"}, "fixed": "other"}, ("other value", "fixed")),
        ({"key": {"id": 1}}, ("different form", "key/id")),
        ({"key": {"id": "<id 1>", "time": "<float 1>"}}, ("different form", "key/time")),
        ("<text 1>", ("different form", "body")),
    ],
)
def test_what_is_not_of_its_form_is_named_by_kind_and_place(
    forms: Forms, document: Any, place: tuple[str, str]
) -> None:
    assert places(forms, document) == [place]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("<int 4>", 'a number is not of type "string"'),
        ("<float 4>", 'a number is not of type "string"'),
        (17, '17 is not of type "string"'),
        (["<int 4>"], '[1000000000] is not of type "string"'),
    ],
)
def test_a_number_that_was_not_written_down_is_called_one(
    forms: Forms, value: Any, sentence: str
) -> None:
    (drift,) = forms.drifts(SCHEMA, {"key": {"id": value}}, START)
    assert drift.sentence == sentence


def test_one_place_is_named_once_whatever_is_wrong_with_it(forms: Forms) -> None:
    schema = {"properties": {"a": {"type": "string", "enum": ["x"], "not": {"const": 1}}}}
    assert places(forms, {"a": 1}, schema) == [("different form", "a")]


def test_of_one_document_only_so_many_differences_are_named(forms: Forms) -> None:
    schema = {"properties": {f"f{number}": {"type": "string"} for number in range(20)}}
    document = {f"f{number}": number for number in range(20)}
    assert len(places(forms, document, schema)) == MOST_OF_ONE


def test_a_difference_has_the_promise_that_stands_nearest(forms: Forms) -> None:
    provenance = {"grade": "observed", "sources": ["business-docs"]}
    schema = {"properties": {"a": {"type": "string", "x-provenance": provenance}, "b": False}}
    near = next(forms.drifts(schema, {"a": 1}, START))
    far = next(forms.drifts(schema, {"b": 1}, START))
    assert near.promise == Promise("observed", "openapi.yaml", ("business-docs",))
    assert far.promise == START


def test_letters_are_not_asked_for_and_one_of_several_forms_is_enough() -> None:
    schema = {
        "oneOf": [{"type": "string", "format": "uri"}, {"maxLength": 3}],
        "example": {"pattern": "as it is"},
        "if": {"pattern": "^a"},
    }
    assert relax(schema) == {
        "anyOf": [{"type": "string"}, {}],
        "example": {"pattern": "as it is"},
        "if": {"pattern": "^a"},
    }


def test_a_member_that_is_called_like_a_keyword_stays() -> None:
    schema = {"properties": {"format": {"type": "string", "format": "uri"}}}
    assert relax(schema) == {"properties": {"format": {"type": "string"}}}


def test_a_schema_with_both_words_keeps_both() -> None:
    schema = {"oneOf": [{"type": "string"}], "anyOf": [{"type": "string"}]}
    assert relax(schema) == schema


def test_only_placeholders_of_numbers_become_numbers() -> None:
    document = {"a": ["<int 3>", "<float 1>"], "b": "<text 1>", "c": "at <int 3>", "d": None}
    assert with_numbers(document) == {
        "a": [10**9, 1.5],
        "b": "<text 1>",
        "c": "at <int 3>",
        "d": None,
    }


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("<int 3>", True),
        ("<text>", True),
        ("<phone number 12, without country>", True),
        ("<Text 1>", False),
        ("a <text 1>", False),
        ("<>", False),
        ("text", False),
    ],
)
def test_a_placeholder_is_all_of_a_text(text: str, is_one: bool) -> None:
    assert is_placeholder(text) == is_one
