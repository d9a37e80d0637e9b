"""Types of JSON values, as schemas and samples have them, and what a value is instead."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]
# How much of a wrong value its sentence repeats.
_SHOWN_MOST = 60
TYPE_NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def types_of(schemas: Iterable[Json], samples: Iterable[Any]) -> set[str]:
    """The JSON types that any of these schemas, which refer to no others, or samples has.

    None at all where a schema leaves the type open.
    """
    types = {type_of(sample) for sample in samples}
    for schema in schemas:
        types |= _declared_types(schema)
    return types


def _declared_types(schema: Json) -> set[str]:
    declared = schema.get("type", ())
    types = {declared} if isinstance(declared, str) else set(declared)
    types |= {type_of(value) for value in schema.get("enum", ())}
    if "const" in schema:
        types.add(type_of(schema["const"]))
    if "properties" in schema:
        types.add("object")
    if "items" in schema:
        types.add("array")
    return types


def type_of(value: Any) -> str:
    """The JSON type of a value; a whole number is an integer however it is written."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case Mapping():
            return "object"
    return "array"


def fits(value: Any, types: set[str]) -> bool:
    """Whether the value has one of these types; any does where there are none."""
    kind = type_of(value)
    return not types or kind in types or (kind == "integer" and "number" in types)


def mismatch(value: Any, types: set[str]) -> str:
    """`must be a string, not 5`."""
    type_names = [words for name, words in TYPE_NAMES.items() if name in types]
    return f"must be {' or '.join(type_names)}, not {_value_text(value)}"


def _value_text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    kind = {"object": "the object ", "array": "the list "}.get(type_of(value), "")
    return kind + (text if len(text) <= _SHOWN_MOST else f"{text[:_SHOWN_MOST]}...")
