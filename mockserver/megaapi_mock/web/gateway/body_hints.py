"""What a client probably meant by a body that does not fit: the sentences behind what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ...errors.names import LENGTH_MOST, plain_name
from ...spec.json_pointer import target_of
from .bodies import is_encoded

# Two spellings of one field, and not two fields: `number` and `numbers`, but not `to` and `text`.
_SAME_FIELD = 0.75
# So many fields of a client's are looked at, and so many are named.
_FIELDS_MOST, _NAMED_MOST = 50, 5
_DIGITS = re.compile(r"[0-9]+")


def body_hints(
    document: Any, schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[str]:
    """What to write otherwise, one sentence for each thing, the outermost first.

    `schemas` are those that references lead to. Nothing is said of what may be as it is.
    """
    yield from _hints(document, schema, {"components": {"schemas": schemas}}, ())


def _hints(
    value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], place: tuple[str, ...]
) -> Iterator[str]:
    schema = _follow_references(schema, root)
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if isinstance(value, dict) and "properties" in schema:
        yield from _field_hints(value, schema, root, place)
        for name, field_schema in schema["properties"].items():
            if name in value:
                yield from _hints(value[name], field_schema, root, (*place, name))
    elif isinstance(value, list) and "array" in kinds:
        for index, item in enumerate(value[:_FIELDS_MOST]):
            item_schema = schema.get("items", {})
            yield from _hints(item, item_schema, root, (*place, str(index)))
    elif (hint := _value_hint(value, kinds, schema)) is not None:
        yield f"{'/'.join(place) or 'body'}: {hint}"


def _field_hints(
    value: Mapping[str, Any],
    schema: Mapping[str, Any],
    root: Mapping[str, Any],
    place: tuple[str, ...],
) -> Iterator[str]:
    """How fields that are missing are called, or where they belong."""
    fields = schema["properties"]
    unknown = [name for name in list(value)[:_FIELDS_MOST] if name not in fields]
    missing = [name for name in schema.get("required", ()) if name not in value]
    if not unknown or not missing:
        return
    where = f"{'/'.join(place) or 'body'}: "
    for name in missing:
        inner_fields = _follow_references(fields.get(name, {}), root).get("properties", {})
        # A point in a name makes no object of it, as it would in some clients.
        inside = [each for each in unknown if each.startswith((f"{name}.", f"{name}["))]
        sent_name = None if inside else _name_sent(name, unknown, value, inner_fields)
        if sent_name is not None:
            unknown.remove(sent_name)
            yield f"{where}{sent_name[:LENGTH_MOST]!r} is called {name!r} here"
        elif inside or (inside := [each for each in unknown if each in inner_fields]):
            unknown = [each for each in unknown if each not in inside]
            yield f"{where}{_names(inside)} must stand inside {name!r}"
    if unknown:
        yield f"{where}unknown fields {_names(unknown)} (known: {', '.join(fields)})"


def _name_sent(
    name: str, unknown: Sequence[str], value: Mapping[str, Any], inner_fields: Mapping[str, Any]
) -> str | None:
    """Under which name a field was sent: nearly its own, or another that holds what it holds."""
    # What has fields of its own was sent as an object, whatever its name.
    fitting = [each for each in unknown if not inner_fields or isinstance(value[each], dict)]
    plain = {plain_name(each): each for each in fitting if len(each) <= LENGTH_MOST}
    plain_wanted = plain_name(name)
    near = get_close_matches(plain_wanted, plain, 1, _SAME_FIELD)
    near += [each for each in plain if len(plain_wanted) > 2 and plain_wanted in each]
    if near:
        return plain[near[0]]
    return next(
        (
            each
            for each in fitting
            if inner_fields and any(key in inner_fields for key in value[each])
        ),
        None,
    )


def _value_hint(value: Any, kinds: Sequence[str], schema: Mapping[str, Any]) -> str | None:
    """How a value of another type or form has to be written; None where nobody can tell."""
    if isinstance(value, str):
        return _text_hint(value, kinds, schema)
    if type(value) in (int, float) and kinds == ("string",):
        return "write the number in quotes"
    # What PHP makes of arrays whose keys are not 0, 1, 2..., and of empty ones.
    if isinstance(value, dict) and "array" in kinds and "object" not in kinds:
        return "write it as a list, [...]"
    if isinstance(value, list) and "object" in kinds:
        return "write it as an object, {...}"
    if isinstance(value, dict) and value.get("type") == "Buffer" and "string" in kinds:
        return 'it is a Buffer of Node.js: write buffer.toString("base64")'
    return None


def _text_hint(text: str, kinds: Sequence[str], schema: Mapping[str, Any]) -> str | None:
    if "string" not in kinds:
        if text in ("true", "false") and "boolean" in kinds:
            return f"write {text} without quotes"
        if _DIGITS.fullmatch(text) and {"integer", "number"} & set(kinds):
            return "write the number without quotes"
        if {"object", "array"} & set(kinds) and is_encoded(text):
            return "it is a string that holds JSON: encode it once"
        if text.startswith("[object "):
            return "it is an object turned into text: encode it as JSON"
        return None
    pattern = schema.get("pattern")
    if pattern and "," in text and len(text) <= LENGTH_MOST and not re.search(pattern, text):
        with_point = text.replace(",", ".", 1)
        return f"write {with_point}" if re.search(pattern, with_point) else None
    return None


def _names(names: Sequence[str]) -> str:
    quoted_names = [repr(name[:LENGTH_MOST]) for name in names[:_NAMED_MOST]]
    return ", ".join([*quoted_names, *(["..."] if len(names) > _NAMED_MOST else [])])


def _follow_references(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = target_of(schema["$ref"], root)
    return schema
