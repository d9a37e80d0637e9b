"""A schema without references and allOf: what all of its parts say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
# The tighter one counts: the larger of these...
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
# ... and the smaller of these.
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
# Where two parts of an allOf say different things here, all of them are kept in a list.
SEVERAL = "allOf"


def resolve(node: Any, document: Json) -> Any:
    """What a local `$ref` leads to, with what stands beside it; the node itself without one."""
    for _ in range(100):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        target: Any = document
        for step in reference[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            target = target.get(name, {}) if isinstance(target, dict) else {}
        beside = {key: value for key, value in node.items() if key != "$ref"}
        node = merge(target, beside) if beside and isinstance(target, dict) else target
    return node


def flat(schema: Any, document: Json, depth: int = 0) -> Json:
    """The schema as one object: references followed, `allOf` merged, `nullable` as a type."""
    schema = resolve(schema, document)
    if schema is True or schema is None:
        return {}
    if not isinstance(schema, dict):
        return {"not": {}}
    result = {key: value for key, value in schema.items() if key != "allOf"}
    if result.pop("nullable", False) is True and "type" in result:
        result["type"] = [*types(result["type"]), "null"]
    # Parts that contain themselves say nothing new.
    for part in schema.get("allOf", ()) if depth < 50 else ():
        result = merge(result, flat(part, document, depth + 1))
    return result


def types(value: Any) -> list[str]:
    """The names of types, whether one or several stand there."""
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]


def merge(one: Json, other: Json) -> Json:
    """Both at once: a value has to fit the one and the other."""
    result = dict(one)
    for key, value in other.items():
        if key not in result or result[key] == value:
            result[key] = value
        else:
            result[key] = _MERGED.get(key, _replace)(result[key], value)
    return result


def _replace(_: Any, other: Any) -> Any:
    return other


def _both(one: Any, other: Any) -> Json:
    return {SEVERAL: [one, other]}


def _union(one: list[Any], other: list[Any]) -> list[Any]:
    return [*one, *(each for each in other if each not in one)]


def _intersection(one: list[Any], other: list[Any]) -> list[Any]:
    return [each for each in one if each in other]


def _types(one: Any, other: Any) -> list[str]:
    return [
        name
        for name in types(one)
        if name in types(other) or (name == "integer" and "number" in types(other))
    ] or [name for name in types(other) if name == "integer" and "number" in types(one)]


def _properties(one: Json, other: Json) -> Json:
    shared = {name: _both(one[name], other[name]) for name in one if name in other}
    return {**one, **other, **shared}


def _closed(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    return other if one is True else one if other is True else _both(one, other)


_MERGED: Mapping[str, Callable[[Any, Any], Any]] = {
    "required": _union,
    "type": _types,
    "enum": _intersection,
    "properties": _properties,
    "patternProperties": _properties,
    "additionalProperties": _closed,
    "items": _both,
    "not": lambda one, other: {"anyOf": [one, other]},
    **dict.fromkeys(LOWER_BOUNDS, max),
    **dict.fromkeys(UPPER_BOUNDS, min),
}
