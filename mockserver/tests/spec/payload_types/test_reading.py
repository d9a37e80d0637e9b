"""Schemas of a contract as shapes, with their words and grades."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec.payload_types.reading import SchemaReader, documentation, evidence_of
from megaapi_mock.spec.payload_types.shapes import (
    AnyOf,
    Anything,
    Field,
    ListOf,
    Literals,
    MapOf,
    ObjectShape,
    Scalar,
    Shape,
)

from .contracts import document

STRING, INTEGER = Scalar("string"), Scalar("integer")
TEXT = {"type": "string"}


def read(schema: Any, **schemas: Any) -> Shape:
    return SchemaReader(document(**schemas)).shape(schema)


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        (True, Anything()),
        ({}, Anything()),
        ({"description": "d"}, Anything()),
        (TEXT, STRING),
        ({"const": 1}, Literals((1,))),
        ({"type": "string", "enum": ["a", "b"]}, Literals(("a", "b"))),
        ({"type": ["string", "integer"]}, AnyOf((STRING, INTEGER))),
        ({"type": "array", "items": TEXT}, ListOf(STRING)),
        ({"type": "array"}, ListOf(Anything())),
        ({"type": "object", "additionalProperties": TEXT}, MapOf(STRING)),
        ({"type": "object", "additionalProperties": True}, ObjectShape((), open=True)),
        ({"properties": {}}, ObjectShape(())),
        ({"anyOf": [TEXT, {"type": "integer"}]}, AnyOf((STRING, INTEGER))),
        ({"oneOf": [TEXT, {}]}, STRING),
        ({"anyOf": [{"required": ["a"]}]}, Anything()),
        ({"allOf": [TEXT, {"const": "a"}]}, Literals(("a",))),
    ],
)
def test_a_schema_is_read_as_what_a_type_can_say(schema: Any, shape: Shape) -> None:
    assert read(schema) == shape


def test_an_object_has_its_fields_with_their_words() -> None:
    schema = {
        "required": ["a"],
        "properties": {"a": {**TEXT, "description": "Words."}, "b": {"type": "integer"}},
    }
    assert read(schema) == ObjectShape(
        (Field("a", STRING, True, "Words."), Field("b", INTEGER, False))
    )


def test_a_named_object_keeps_its_name_and_is_noted() -> None:
    key = {"type": "object", "description": "A key.", "properties": {"id": TEXT}}
    reader = SchemaReader(document(Key=key, Id=TEXT))
    shape = reader.shape({"properties": {"key": {"$ref": "#/components/schemas/Key"}}})
    assert isinstance(shape, ObjectShape)
    named = ObjectShape((Field("id", STRING, False),), "Key", "A key.")
    assert shape.fields[0].shape == named and reader.records == {"Key": named}


def test_a_named_text_lends_its_words_to_a_field_without_any() -> None:
    jid = {**TEXT, "description": "An address."}
    reference = {"$ref": "#/components/schemas/Jid"}
    schema = {"properties": {"a": reference, "b": {**reference, "description": "Own."}}}
    shape = read(schema, Jid=jid)
    assert isinstance(shape, ObjectShape)
    assert [(field.shape, field.text) for field in shape.fields] == [
        (STRING, "An address."), (STRING, "Own."),
    ]  # fmt: skip


def test_schema_that_leads_back_to_itself_is_refused_with_a_sentence() -> None:
    inside = {"$ref": "#/components/schemas/Tree"}
    reader = SchemaReader(document(Tree={"type": "object", "properties": {"below": inside}}))
    with pytest.raises(SpecError, match="the schema Tree leads back to itself"):
        reader.shape(inside)


def test_words_and_grade_stand_below_one_another() -> None:
    provenance = {"grade": "observed", "sources": ["a", "b"]}
    schema = {"description": "  Two\n lines. ", "x-provenance": provenance}
    assert documentation(schema) == "Two lines.\nEvidence: observed (a, b)."
    assert documentation({"x-provenance": {"grade": "inferred"}}) == "Evidence: inferred."
    assert documentation({}) == evidence_of(None) == ""
