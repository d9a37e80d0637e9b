"""Which fields of a document neither a schema nor its examples have."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.judging.known_fields import DEPTH, ITEM, KnownFields

DOCUMENT = {
    "components": {
        "schemas": {
            "Key": {"properties": {"id": {"type": "string"}, "fromMe": {"type": "boolean"}}},
            "Chain": {"properties": {"next": {"$ref": "#/components/schemas/Chain"}}},
        }
    }
}
KEY = {"$ref": "#/components/schemas/Key"}


def unknown(schema: Any, document: Any, *examples: Any, **more: Any) -> list[str]:
    return [*KnownFields(schema, examples, DOCUMENT, **more).unknown_in(document)]


def test_a_field_of_the_schema_is_known_and_another_is_not() -> None:
    schema = {"properties": {"key": KEY}}
    assert unknown(schema, {"key": {"id": "1", "fromMe": True}}) == []
    assert unknown(schema, {"key": {"id": "1", "extra": 1}, "more": {"below": 1}}) == [
        "key/extra",
        "more",
    ]


def test_a_field_of_an_example_is_known() -> None:
    schema = {"properties": {"key": KEY}}
    assert unknown(schema, {"key": {"extra": 1}}, {"key": {"extra": 2}}) == []


def test_where_the_schema_names_no_fields_any_may_stand() -> None:
    assert unknown({"properties": {"data": {"type": "object"}}}, {"data": {"any": 1}}) == []


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf"])
def test_fields_of_joined_schemas_are_known(word: str) -> None:
    schema = {word: [KEY, {"properties": {"more": {}}}]}
    assert unknown(schema, {"id": "1", "more": 1, "extra": 1}) == ["extra"]


@pytest.mark.parametrize("word", ["if", "then", "else", "not"])
def test_fields_of_a_condition_are_known(word: str) -> None:
    schema = {"properties": {"id": {}}, word: {"properties": {"more": {}}}}
    assert unknown(schema, {"id": "1", "more": 1, "extra": 1}) == ["extra"]


def test_items_of_a_list_are_all_alike() -> None:
    schema = {"properties": {"keys": {"items": KEY}}}
    document = {"keys": [{"id": "1"}, {"id": "2", "extra": 1}]}
    assert unknown(schema, document) == [f"keys/{ITEM}/extra"]


def test_where_any_name_may_stand_the_fields_below_it_are_held() -> None:
    schema = {"properties": {"people": {"additionalProperties": KEY}}}
    document = {"people": {"5511900000001": {"id": "1", "extra": 1}}}
    assert unknown(schema, document) == [f"people/{ITEM}/extra"]


def test_a_schema_that_refers_to_itself_ends() -> None:
    document: Any = {"extra": 1}
    for _ in range(DEPTH - 1):
        document = {"next": document}
    assert unknown({"$ref": "#/components/schemas/Chain"}, document) == [
        "/".join(["next"] * (DEPTH - 1) + ["extra"])
    ]


def test_what_other_documents_say_of_a_content_is_known_too() -> None:
    image = {"properties": {"imageMessage": {"properties": {"url": {}}}}}
    known = KnownFields(image, [{"imageMessage": {"height": 1}}], DOCUMENT)
    contents = frozenset(known.content_paths())
    assert contents == {("imageMessage", "url"), ("imageMessage", "height")}
    schema = {"properties": {"message": image}}
    document = {"message": {"imageMessage": {"height": 1, "extra": 1}}}
    assert unknown(schema, document, contents=contents) == ["message/imageMessage/extra"]


def test_the_name_of_a_content_alone_is_no_path_of_one() -> None:
    image = {"properties": {"imageMessage": {"properties": {"url": {}}}}}
    known = KnownFields(image, [], DOCUMENT)
    assert [*known.content_paths()] == [("imageMessage", "url")]
    # A kind of content that nobody has described stands beside those that are.
    assert unknown(image, {"videoMessage": {"url": "u"}}) == ["videoMessage"]


def test_a_content_within_a_content_may_be_any() -> None:
    inner = {"properties": {"quoted": {"properties": {"id": {}}}}}
    schema = {"properties": {"textMessage": inner}}
    contents = frozenset({("textMessage", "quoted")})
    document = {"textMessage": {"quoted": {"id": "1"}, "videoMessage": {"url": "u"}}}
    assert unknown(schema, document, contents=contents) == []


def test_a_list_in_place_of_an_object_gives_its_members_no_names() -> None:
    schema = {"anyOf": [{"type": "array", "items": KEY}, KEY]}
    assert unknown(schema, {"id": "1", "extra": 1}) == ["extra"]
    assert unknown(schema, [{"id": "1", "extra": 1}]) == ["*/extra"]
