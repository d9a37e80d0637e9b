"""One spelling for what a schema can say in several: bounds, constants, forms, closed objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .references import Json

# A size of at least 0 says nothing.
_SIZES = ("minLength", "minItems", "minProperties")
_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array",
          dict: "object", type(None): "null"}  # fmt: skip


def canonical(schema: Json) -> Json:
    """The same schema in the spelling that is compared."""
    result = dict(schema)
    for keyword in _SIZES:
        if result.get(keyword) == 0:
            del result[keyword]
    _enumeration(result)
    _integer_bounds(result)
    _closed_tuple(result)
    _content(result)
    _one_kind_of_forms(result)
    if "unevaluatedProperties" in result:
        result.setdefault("additionalProperties", result.pop("unevaluatedProperties"))
    return result


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: true is not 1, as Python has it."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


def plain_number(value: Any) -> Any:
    """1.0 as 1: JSON does not tell them apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _enumeration(schema: Json) -> None:
    """A constant is an enumeration of one; what is enumerated has the types of its values."""
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "enum" not in schema:
        return
    values = schema["enum"] = [plain_number(value) for value in schema["enum"]]
    if "type" not in schema:
        schema["type"] = sorted({_NAMES.get(type(value), "string") for value in values})
    type_names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    every: Mapping[str, list[Any]] = {"boolean": [True, False], "null": [None]}
    if set(type_names) <= set(every) and all(
        any(value is each for each in values) for name in type_names for value in every[name]
    ):
        del schema["enum"]


def _integer_bounds(schema: Json) -> None:
    """More than 0 is at least 1, for integers."""
    if schema.get("type") not in ("integer", ["integer"]):
        return
    pairs = (("exclusiveMinimum", "minimum", 1, max), ("exclusiveMaximum", "maximum", -1, min))
    for exclusive, inclusive, step, tighter in pairs:
        bound = plain_number(schema.get(exclusive))
        if isinstance(bound, int) and not isinstance(bound, bool):
            del schema[exclusive]
            schema[inclusive] = tighter(schema.get(inclusive, bound + step), bound + step)


def _closed_tuple(schema: Json) -> None:
    """No further items is a largest number of items."""
    if schema.get("items") is False:
        del schema["items"]
        length = len(schema.get("prefixItems") or ())
        schema["maxItems"] = min(schema.get("maxItems", length), length)


def _content(schema: Json) -> None:
    """Files and base64 as OpenAPI 3.0 writes them."""
    if "format" in schema:
        return
    if schema.get("contentEncoding") == "base64" and "contentMediaType" not in schema:
        schema["format"] = "byte"
        del schema["contentEncoding"]
    elif schema.get("contentMediaType") == "application/octet-stream":
        schema["format"] = "binary"
        del schema["contentMediaType"]


def _one_kind_of_forms(schema: Json) -> None:
    """Forms in anyOf, each once: oneOf differs only where a value fits several."""
    if "oneOf" in schema and "anyOf" not in schema:
        schema["anyOf"] = schema.pop("oneOf")
    if "anyOf" in schema:
        forms: list[Any] = []
        texts: set[str] = set()
        for form in schema["anyOf"]:
            if (text := repr(form)) not in texts:
                texts.add(text)
                forms.append(form)
        schema["anyOf"] = forms
