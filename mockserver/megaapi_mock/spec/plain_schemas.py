"""Schemas put more plainly, for generators whose code says less, or does not compile, otherwise.

A plain schema takes every value that the contract's takes, and some others.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from .diff.flat import merge

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/"
_CHOICES = ("anyOf", "oneOf")
_NOTHING: Json = {"not": {}}


def simplify_schemas(document: Json) -> Json:
    """The document with every schema as plain as openapi-generator wants it.

    - A field that two parts of an `allOf` describe is described once, by both: it would take what
      the last of them says, and a sent text would have no id.
    - A choice of objects is one object with the fields of all: its Go takes the first that is not
      short of a field, which a failure never is.
    - A choice of lists is one list of what may be in any of them: in its C# they collide.
    - A constant that is true or false is a boolean: its C# does not compile.
    - A required field that is null or one of some words is null or a text: its C# refuses null.
    - An integer has 64 bits: colours do not fit into 32, nor will times in 2038.
    """
    plain = _Simplifier(document["components"]["schemas"])
    simple: Json = plain.of(document)
    simple["components"]["schemas"] |= plain.widened
    return simple


class _Simplifier:
    """`widened`: schemas that stand for a choice of which they were the first."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self.widened: Json = {}

    def of(self, node: Any) -> Any:
        """A part of the document, with all that is in it."""
        if isinstance(node, list):
            return [self.of(each) for each in node]
        if not isinstance(node, Mapping):
            return node
        schema = _of_plain_values(self._without_choice(self._merge(node)))
        return {name: self.of(each) for name, each in schema.items()}

    def _merge(self, schema: Any) -> Any:
        """The schema as one, where parts of its `allOf` describe the same field."""
        parts = [self._merge(self._target(each)) for each in schema.get("allOf", ())]
        names = [name for part in parts for name in part.get("properties", ())]
        return schema if len(set(names)) == len(names) else self._whole(schema, parts)

    def _whole(self, schema: Any, parts: list[Any]) -> Json:
        own = {name: each for name, each in schema.items() if name != "allOf"}
        whole: Json = reduce(merge, [*parts, own])
        fields = whole.get("properties", {})
        if fields:
            whole["properties"] = {name: self._field(each) for name, each in fields.items()}
        return whole

    def _field(self, schema: Any) -> Any:
        """A field; of two descriptions, one of which is a choice, the later."""
        if "allOf" not in schema:
            return schema
        parts = [self._target(each) for each in schema["allOf"]]
        if any(choice in part for part in parts for choice in _CHOICES):
            return schema["allOf"][-1]
        return self._whole(schema, [self._merge(part) for part in parts])

    def _object(self, schema: Any) -> Any:
        """The schema as an object with fields of its own; None where it is none."""
        target = self._target(schema)
        if "allOf" in target:
            target = self._whole(
                target, [self._merge(self._target(each)) for each in target["allOf"]]
            )
        elif "anyOf" in target:
            target = self._without_choice(target)
        return target if "properties" in target else None

    def _without_choice(self, schema: Any) -> Any:
        choice = schema.get("anyOf", ())
        if len(choice) < 2 or not all(isinstance(each, Mapping) for each in choice):
            return schema
        rest = {name: each for name, each in schema.items() if name != "anyOf"}
        lists = [each for each in choice if self._target(each).get("type") == "array"]
        objects = [each for each in choice if self._object(each)]
        others = [each for each in choice if each not in lists and each not in objects]
        if len(objects) > 1:
            one = reduce(self._join, [self._object(each) for each in objects])
            forms = [self._with_name_of_first(one, objects[0]) if lists else one, *others]
        else:
            forms = [*objects, *others]
        if len(lists) > 1:
            items = {"anyOf": [self._target(each)["items"] for each in lists]}
            forms = [{"type": "array", "items": items}, *forms]
        else:
            forms = [*forms, *lists]
        if len(forms) > 1:
            return {**rest, "anyOf": forms}
        # What is inside may be a choice again.
        return self._without_choice({**forms[0], **rest})

    def _with_name_of_first(self, schema: Any, first: Any) -> Any:
        """The schema under the name of the first of the choice, which it is wider than."""
        if "$ref" not in first:
            return schema
        self.widened[first["$ref"].removeprefix(_SCHEMAS)] = self.of(schema)
        return first

    def _join(self, one: Any, other: Any) -> Any:
        """What takes the values of both."""
        if one == other or other == _NOTHING:
            return one
        if one == _NOTHING:
            return other
        left, right = self._object(one), self._object(other)
        if left and right:
            return self._joined_objects(left, right)
        notes = {name: one[name] for name in ("description", "x-provenance") if name in one}
        if one.get("type") == other.get("type") and one.get("type") not in (
            None,
            "object",
            "array",
        ):
            return {"type": one["type"], **notes}
        return {"anyOf": [one, other]}

    def _joined_objects(self, one: Any, other: Any) -> Json:
        required = [name for name in one.get("required", ()) if name in other.get("required", ())]
        fields = {**one["properties"], **other["properties"]}
        for name in one["properties"].keys() & other["properties"].keys():
            fields[name] = self._join(one["properties"][name], other["properties"][name])
        notes = {name: one[name] for name in ("description", "x-provenance") if name in one}
        return {"type": "object", **notes, "required": required, "properties": fields}

    def _target(self, schema: Any) -> Any:
        reference = schema.get("$ref", "")
        if not reference.startswith(_SCHEMAS):
            return schema
        return self._schemas[reference.removeprefix(_SCHEMAS)]


def _of_plain_values(schema: Any) -> Any:
    if schema.get("type") == "integer":
        return {"format": "int64", **schema}
    if schema.get("type") == "boolean":
        return {name: each for name, each in schema.items() if name != "const"}
    if "required" not in schema or "properties" not in schema:
        return schema
    fields = {
        name: _without_words(each) if name in schema["required"] else each
        for name, each in schema["properties"].items()
    }
    return {**schema, "properties": fields}


def _without_words(field: Any) -> Any:
    if None not in field.get("enum", ()):
        return field
    return {name: each for name, each in field.items() if name != "enum"}
