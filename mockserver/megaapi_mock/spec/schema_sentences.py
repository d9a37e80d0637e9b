"""What a document breaks in its JSON schema: where, what is allowed there, what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from .json_pointer import target_of
from .value_types import TYPE_NAMES

VALUE_SHOWN = 60


def sentences(validator: Any, root: Mapping[str, Any], document: Any) -> Iterator[str]:
    """One sentence for each rule that the document breaks; none where it fits.

    `root` is the schema with the `components` that its references lead to.
    """
    for error in validator.iter_errors(document):
        yield _sentence(_innermost(error), root, document)


def written_place(place: Sequence[str | int]) -> str:
    """`chaos.delay[0]` for chaos, delay, 0; "" for the whole document."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


def format_value(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    try:
        text = orjson.dumps(value, default=repr).decode("utf-8", "replace")
    except orjson.JSONEncodeError:
        text = "a value that JSON cannot hold"
    return text if len(text) <= VALUE_SHOWN else f"{text[: VALUE_SHOWN - 3]}..."


def describe_allowed(schema: Mapping[str, Any], rule: str = "") -> str:
    """What a schema allows, in words; null is left out: it counts as not given.

    `rule` is the keyword that was broken: a value of another type is not told of a pattern.
    """
    if "enum" in schema:
        return _alternatives([str(value) for value in schema["enum"] if value is not None])
    if rule == "pattern":
        return _description(schema)
    if rule == "maxLength":
        return f"a string of at most {schema['maxLength']} characters"
    types = schema.get("type", [])
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    words = " or ".join(TYPE_NAMES[name] for name in names)
    unit = f" of {schema['x-unit']}" if "x-unit" in schema else ""
    return f"{words}{unit}{_bounds(schema)}{_length(schema)}"


def _innermost(error: Any) -> Any:
    """Of a choice of schemas the error of the one that was meant: of the right type, not null."""
    while error.kind.name in ("anyOf", "oneOf") and getattr(error.kind, "context", None):
        branches = [each for each in error.kind.context if each and not _asks_for_null(each)]
        if not branches:
            break
        place = list(error.instance_path)
        candidates = [each for each in branches if not _asks_for_another_type(each, place)]
        error = (candidates or branches)[0][0]
    return error


def _asks_for_another_type(branch: Sequence[Any], place: Sequence[str | int]) -> bool:
    return any(each.kind.name == "type" and list(each.instance_path) == place for each in branch)


def _asks_for_null(branch: Sequence[Any]) -> bool:
    kind = branch[0].kind
    return bool(kind.name == "type" and kind.as_dict()["types"] == ["null"])


def _sentence(error: Any, root: Mapping[str, Any], document: Any) -> str:
    place, rule = list(error.instance_path), error.kind.name
    schema = _schema_of(error, root)
    fields = schema.get("properties", {})
    if rule == "additionalProperties":
        name = error.kind.as_dict()["unexpected"][0]
        return f"{written_place([*place, name])}: no such field; there are {', '.join(fields)}"
    if rule == "required":
        name = error.kind.as_dict()["property"]
        advice = _description(_resolve_references(fields.get(name, {}), root))
        return f"{written_place([*place, name])}: is required{advice and f'; {advice}'}"
    if rule == "minProperties":
        prefix = f"{written_place(place)}: " if place else ""
        return f"{prefix}give at least one of {', '.join(fields)}"
    value = _value(document, place)
    if rule == "maxProperties":
        most = error.kind.as_dict()["limit"]
        prefix = f"{written_place(place)}: " if place else ""
        return f"{prefix}give at most {most} of {', '.join(fields)}, not {' and '.join(value)}"
    is_size = rule in ("maxItems", "minItems", "maxLength")
    actual = f"of {len(value)}" if is_size else format_value(value)
    prefix = written_place(place) or "the body"
    advice = f"; {schema['x-advice']}" if "x-advice" in schema else ""
    return f"{prefix}: must be {describe_allowed(schema, rule)}, not {actual}{advice}"


def _schema_of(error: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that holds the broken rule."""
    node: Any = root
    for step in list(error.schema_path)[:-1]:
        node = node[step]
    schema: Mapping[str, Any] = node
    return {**_resolve_references(schema, root), **schema}


def _resolve_references(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    return _resolve_references(target_of(schema["$ref"], root), root)


def _value(document: Any, place: Sequence[str | int]) -> Any:
    for step in place:
        document = document[step]
    return document


def _description(schema: Mapping[str, Any]) -> str:
    """The first part of a description, as the end of a sentence."""
    text = " ".join(schema.get("description", "").split())
    text = text.split(". ")[0].split(";")[0].rstrip(".")
    return text[:1].lower() + text[1:]


def _alternatives(names: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _bounds(schema: Mapping[str, Any]) -> str:
    most = schema.get("maximum", "")
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']}" + (f", at most {most}" if most else "")
    if "minimum" in schema:
        return f" from {schema['minimum']}" + (f" to {most}" if most else "")
    return f" up to {most}" if most else ""


def _length(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is None:
        return f" of at least {least} values" if least else ""
    if least == 0:
        return f" of at most {most} values"
    return f" of {most} values" if least == most else f" of {least} to {most} values"
