"""A document that can be compared: maps and lists where they belong, no endless anchors."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.spec.diff import shape
from megaapi_mock.spec.diff.shape import checked_document, with_text_keys

from .seeded import Json


def schema_of(schema: Any) -> Any:
    """A schema as it comes out of a document."""
    document = {"components": {"schemas": {"S": schema}}}
    return checked_document(document, "a.yaml")["components"]["schemas"]["S"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "a.yaml:  is a list, not a map"),
        ({"paths": []}, "paths is a list, not a map"),
        ({"paths": {"/a": "text"}}, "paths./a is a text, not a map"),
        ({"paths": {"/a": {"get": True}}}, "paths./a.get is true or false, not a map"),
        ({"paths": {"/a": {"parameters": {}}}}, "paths./a.parameters is a map, not a list"),
        ({"paths": {"/a": {"get": {"parameters": [1]}}}},
         "paths./a.get.parameters[0] is a number, not a map"),
        ({"servers": ["https://a.example"]}, "servers[0] is a text, not a map"),
        ({"components": {"schemas": {"S": {"properties": {"a": "text"}}}}},
         "components.schemas.S.properties.a is a text, not a map"),
        ({"components": {"schemas": {"S": {"items": {"anyOf": 3.5}}}}},
         "components.schemas.S.items.anyOf is a number, not a list"),
        ({"paths": {"/a": {"get": {"responses": {"200": {"content": {"text/a": []}}}}}}},
         "paths./a.get.responses.200.content.text/a is a list, not a map"),
    ],
)  # fmt: skip
def test_what_is_built_otherwise_is_named_by_its_place(document: Any, sentence: str) -> None:
    with pytest.raises(SetupError) as refusal:
        checked_document(document, "a.yaml")
    assert str(refusal.value).endswith(sentence)


def test_a_document_as_it_should_be_comes_back_as_it_is() -> None:
    document: Json = {
        "openapi": "3.1.0", "x-own": [1],
        "paths": {
            "x-note": "anything",
            "/a": {
                "parameters": [{"name": "k", "in": "query", "schema": {"type": "string"}}],
                "post": {
                    "operationId": "a", "responses": {"200": {"links": {"x": 1}}, "x-own": 1},
                    "callbacks": {"c": {"$ref": "#/components/callbacks/C"}},
                    "security": [{"key": ["r"]}], "x-plans": ["code"],
                },
            },
        },
        "components": {"schemas": {"S": {"enum": [1, None], "additionalProperties": False}}},
    }  # fmt: skip
    assert checked_document(document, "a.yaml") == document


def test_what_is_empty_says_nothing() -> None:
    assert checked_document(None, "a.yaml") == {}
    assert checked_document({"paths": {"/a": None, "/b": {"get": None}}}, "a.yaml") == {
        "paths": {"/b": {}}
    }
    assert checked_document({"servers": [None, {"url": "u"}]}, "a.yaml") == {
        "servers": [{"url": "u"}]
    }


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, True),
        (None, {}),
        ({"properties": {"a": None}}, {"properties": {"a": {}}}),
        ({"type": "string", "minLength": "3"}, {"type": "string"}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": ["string", 1]}, {}),
        ({"type": 1}, {}),
        ({"minLength": True, "exclusiveMinimum": True}, {"exclusiveMinimum": True}),
        ({"required": ["a", 1]}, {}),
        ({"required": ["a"]}, {"required": ["a"]}),
        ({"enum": "a", "pattern": 1, "format": "uri"}, {"format": "uri"}),
        ({"example": [1], "x-own": "a"}, {"example": [1], "x-own": "a"}),
    ],
)
def test_a_keyword_of_another_kind_says_nothing(schema: Any, expected: Any) -> None:
    assert schema_of(schema) == expected


def test_keys_are_texts_as_json_has_them() -> None:
    document = {200: {True: 1, None: 2, False: [{3: 4}]}}
    assert with_text_keys(document, "a.yaml") == {
        "200": {"true": 1, "null": 2, "false": [{"3": 4}]}
    }


def test_an_anchor_may_repeat_but_not_stand_in_itself() -> None:
    shared = {"a": 1}
    assert with_text_keys([shared, shared], "a.yaml") == [shared, shared]
    shared["self"] = shared  # type: ignore[assignment]
    with pytest.raises(SetupError, match=r"a\.yaml cannot be compared: an anchor stands inside"):
        with_text_keys(shared, "a.yaml")


def test_anchors_that_repeat_anchors_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "_MOST", 10)
    node: Any = ["x"] * 3
    assert with_text_keys([node, node], "a.yaml") == [node, node]
    with pytest.raises(SetupError, match="more than 10 values"):
        with_text_keys([node, node, node], "a.yaml")
