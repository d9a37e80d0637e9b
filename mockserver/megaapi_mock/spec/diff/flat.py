"""A schema without references and allOf: what all of its parts say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .canonical import alike, canonical
from .references import NOWHERE, Json, reference_of, siblings, target_of

# The tighter one counts: the larger of these...
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
# ... and the smaller of these.
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS = ("anyOf", "oneOf")


def flatten(schema: Any, document: Json) -> Json:
    """The schema as one object, and in one spelling: see `canonical`."""
    return canonical(_merge_all(schema, document, set()))


def types(value: Any) -> list[str]:
    """The names of types, whether one or several stand there."""
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]


def _merge_all(schema: Any, document: Json, visited_references: set[str]) -> Json:
    """All parts at once. `seen`: the references whose targets are in it already."""
    if not isinstance(schema, dict):
        return {"not": {}} if schema is False else {}
    reference = reference_of(schema)
    if reference is not None:
        if reference in visited_references:
            return {}
        visited_references.add(reference)
        target = target_of(reference, document)
        result = {} if target is NOWHERE else _merge_all(target, document, visited_references)
        beside = siblings(schema, document)
        return merge(result, _merge_all(beside, document, visited_references)) if beside else result
    result = {key: value for key, value in schema.items() if key != "allOf"}
    older = str(document.get("openapi")).startswith("3.0")
    may_be_null = result.pop("nullable", False) is True and older
    if older:
        _exclusive_numbers(result)
    if may_be_null and "type" in result:
        result["type"] = [*types(result["type"]), "null"]
    for part in schema.get("allOf") or ():
        result = merge(result, _merge_all(part, document, visited_references))
    if may_be_null and "null" not in types(result.get("type")) and "type" in result:
        # By the letter this asks for a type beside it; everybody means it all the same.
        result["type"] = [*types(result["type"]), "null"]
    for keyword in _FORMS:
        result = _with_single_form(keyword, result, document, visited_references)
    return result


def _exclusive_numbers(schema: Json) -> None:
    """As of OpenAPI 3.1: the exclusive bound is a number of its own."""
    for keyword, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(keyword), bool):
            exclusive = schema.pop(keyword)
            if exclusive and bound in schema:
                schema[keyword] = schema.pop(bound)


def _with_single_form(
    keyword: str, schema: Json, document: Json, visited_references: set[str]
) -> Json:
    """One form alone is not a choice, nor are several types, nor one form or null."""
    forms = schema.get(keyword)
    if not forms:
        return schema
    others = {key: value for key, value in schema.items() if key != keyword}
    plain = [one for form in forms for one in _plain_types(form)]
    if all(map(_plain_types, forms)):
        return merge(others, {"type": list(dict.fromkeys(plain))})
    rest: list[Any] = []
    for form in forms:
        if "null" not in _plain_types(form) and form not in rest:
            rest.append(form)
    nulls = plain.count("null")
    if len(rest) != 1 or ("discriminator" in schema and not nulls):
        return schema
    only = _merge_all(rest[0], document, visited_references)
    if nulls:
        only = _or_null(only)
    return merge(others, only)


def _plain_types(form: Any) -> list[str]:
    if isinstance(form, dict) and set(form) <= {"type", "description", "title"}:
        return types(form.get("type"))
    return []


def _or_null(schema: Json) -> Json:
    result = dict(schema)
    if "type" in result:
        result["type"] = [*types(result["type"]), "null"]
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    return result


def merge(one: Json, other: Json) -> Json:
    """Both at once: a value has to fit the one and the other."""
    result = dict(one)
    for key, value in other.items():
        if key not in result or alike(result[key], value):
            result[key] = value
        else:
            result[key] = _MERGED.get(key, _replace)(result[key], value)
    return result


def _replace(_: Any, other: Any) -> Any:
    return other


def _all_of_both(one: Any, other: Any) -> Json:
    """Both schemas, each once: what is put together again and again must not grow."""
    parts: list[Any] = []
    for schema in (one, other):
        nested = schema["allOf"] if isinstance(schema, dict) and set(schema) == {"allOf"} else None
        parts += [part for part in nested or [schema] if part not in parts]
    return {"allOf": parts}


def _union(one: list[Any], other: list[Any]) -> list[Any]:
    return [*one, *(each for each in other if each not in one)]


def _intersection(one: list[Any], other: list[Any]) -> list[Any]:
    return [each for each in one if any(alike(each, value) for value in other)]


def _types(one: Any, other: Any) -> list[str]:
    return [
        name
        for name in types(one)
        if name in types(other) or (name == "integer" and "number" in types(other))
    ] or [name for name in types(other) if name == "integer" and "number" in types(one)]


def _properties(one: Json, other: Json) -> Json:
    shared = {
        name: one[name] if one[name] == other[name] else _all_of_both(one[name], other[name])
        for name in one
        if name in other
    }
    return {**one, **other, **shared}


def _merge_openness(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    return other if one is True else one if other is True else _all_of_both(one, other)


_MERGED: Mapping[str, Callable[[Any, Any], Any]] = {
    "required": _union,
    "type": _types,
    "enum": _intersection,
    "properties": _properties,
    "patternProperties": _properties,
    "additionalProperties": _merge_openness,
    "unevaluatedProperties": _merge_openness,
    "items": _all_of_both,
    "not": lambda one, other: {"anyOf": [one, other]},
    **dict.fromkeys(LOWER_BOUNDS, max),
    **dict.fromkeys(UPPER_BOUNDS, min),
}
