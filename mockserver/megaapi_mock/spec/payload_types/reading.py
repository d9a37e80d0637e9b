"""Schemas of the contract as shapes, with their descriptions and grades as documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from ...errors import SpecError
from .shapes import (
    AnyOf,
    Anything,
    Field,
    ListOf,
    Literals,
    MapOf,
    ObjectShape,
    Scalar,
    Shape,
    any_of,
    merge,
)

Json = Mapping[str, Any]
_PREFIX = "#/components/schemas/"


class SchemaReader:
    """The shapes of one document's schemas."""

    def __init__(self, document: Json) -> None:
        self._schemas: Json = document["components"]["schemas"]
        self._shapes_by_name: dict[str, Shape] = {}
        self._open: list[str] = []

    @property
    def records(self) -> dict[str, ObjectShape]:
        """The named objects that were met so far."""
        return {
            name: each
            for name, each in self._shapes_by_name.items()
            if isinstance(each, ObjectShape)
        }

    def shape(self, schema: Json) -> Shape:
        """What the schema allows; conditions (`if`, `required` alone) are left out."""
        if not isinstance(schema, Mapping):
            return Anything()
        if "$ref" in schema:
            return self._of_name(schema["$ref"].removeprefix(_PREFIX))
        own = self._own(schema)
        parts = [self.shape(each) for each in schema.get("allOf", ())]
        return reduce(merge, [*parts, own]) if parts else own

    def _of_name(self, name: str) -> Shape:
        if name not in self._shapes_by_name:
            if name in self._open:
                raise SpecError(
                    f"the schema {name} leads back to itself: types for receivers are written from "
                    "the inside out, which has no end there"
                )
            self._open.append(name)
            shape = self.shape(self._schemas[name])
            self._open.pop()
            if isinstance(shape, ObjectShape):
                text = documentation(self._schemas[name])
                shape = replace(shape, name=name, text=text or shape.text)
            self._shapes_by_name[name] = shape
        return self._shapes_by_name[name]

    def _own(self, schema: Json) -> Shape:
        if "const" in schema:
            return Literals((schema["const"],))
        if "enum" in schema:
            return Literals(tuple(schema["enum"]))
        types = schema.get("type", ())
        if isinstance(types, list):
            return any_of(self._of_type({**schema, "type": each}) for each in types)
        if not types and "properties" not in schema:
            return self._of_combination(schema)
        return self._of_type(schema)

    def _of_combination(self, schema: Json) -> Shape:
        members = [self.shape(each) for key in ("anyOf", "oneOf") for each in schema.get(key, ())]
        shapes = [each for each in members if not isinstance(each, Anything)]
        return any_of(shapes) if shapes else Anything()

    def _of_type(self, schema: Json) -> Shape:
        kind = schema.get("type", "object")
        if kind == "array":
            return ListOf(self.shape(schema.get("items", {})))
        if kind != "object":
            return Scalar(kind)
        if isinstance(schema.get("additionalProperties"), Mapping):
            return MapOf(self.shape(schema["additionalProperties"]))
        fields = tuple(
            Field(name, self.shape(each), name in schema.get("required", ()), self._text(each))
            for name, each in schema.get("properties", {}).items()
        )
        is_open = schema.get("additionalProperties") is True
        return ObjectShape(fields, text=documentation(schema), open=is_open)

    def _text(self, schema: Json) -> str:
        """The field's own words, or those of the named string it is."""
        if not isinstance(schema, Mapping):
            return ""
        own = documentation(schema)
        target = schema.get("$ref", "").removeprefix(_PREFIX)
        if own or not target or isinstance(self._of_name(target), ObjectShape | AnyOf):
            return own
        return documentation(self._schemas[target])


def documentation(schema: Json) -> str:
    """The description, and below it the grade with its sources."""
    description = " ".join(str(schema.get("description", "")).split())
    evidence = evidence_of(schema.get("x-provenance"))
    return "\n".join(filter(None, (description, evidence)))


def evidence_of(provenance: Json | None) -> str:
    """`Evidence: observed (n8n-capture, bot-remar).`; empty where nothing is stated."""
    if not provenance:
        return ""
    sources = ", ".join(provenance.get("sources", ()))
    return f"Evidence: {provenance['grade']}" + (f" ({sources})." if sources else ".")
