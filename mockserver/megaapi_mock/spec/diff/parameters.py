"""Parameters of two versions of an operation, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .change import ContractChange, Side, change
from .flat import flatten, types
from .media import Contents
from .references import Json, resolve

_IN_PATH = re.compile(r"\{([^}]*)\}")
# How a parameter is written where nothing is said, by its place.
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
# Content and security describe them: a parameter of such a name says nothing.
_IGNORED = ("accept", "content-type", "authorization")

Key = tuple[str, str]


def parameter_changes(
    subject: str,
    contents: Contents,
    documents: tuple[Json, Json],
    paths: tuple[str, str],
    inherited: tuple[tuple[Any, ...], tuple[Any, ...]],
) -> Iterator[ContractChange]:
    """Those of path, query, headers and cookies; those of the path by their order in it."""
    before, after = (
        _by_place(path, [resolve(each, document) for each in own])
        for path, own, document in zip(paths, inherited, documents, strict=True)
    )
    for key, parameter in before.items():
        place = f"{key[0]} parameter {parameter.get('name')}"
        if key not in after:
            yield change("parameter-removed", subject, place, "is no longer read")
            continue
        now = after[key]
        yield from _necessity(subject, place, parameter, now)
        if _style_of(parameter, documents[0]) != _style_of(now, documents[1]):
            yield change("parameter-style-changed", subject, place, "is written in another way")
        yield from _marks(subject, place, parameter, now)
        yield from _value(subject, place, contents, parameter, now)
    for key, parameter in after.items():
        if key not in before:
            needed = parameter.get("required") is True
            rule = "required-parameter-added" if needed else "parameter-added"
            place = f"{key[0]} parameter {parameter.get('name')}"
            message = f"is new and {'required' if needed else 'optional'}"
            yield change(rule, subject, place, message)


def _by_place(path: str, parameters: list[Json]) -> dict[Key, Json]:
    """By place and name; those of the path by their number: their names are nobody's business."""
    numbers = {name: str(number) for number, name in enumerate(_IN_PATH.findall(path))}
    keyed: dict[Key, Json] = {}
    for parameter in parameters:
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        name = name.lower() if place == "header" else name
        if place != "header" or name not in _IGNORED:
            keyed[(place, numbers.get(name, name) if place == "path" else name)] = parameter
    return keyed


def _necessity(subject: str, place: str, old: Json, new: Json) -> Iterator[ContractChange]:
    if old.get("name") != new.get("name") and old.get("in") == "path":
        message = f"is called {new.get('name')} now"
        yield change("path-parameter-renamed", subject, place, message)
    if bool(old.get("required")) != bool(new.get("required")):
        needed = new.get("required") is True
        rule = "parameter-now-required" if needed else "parameter-now-optional"
        yield change(rule, subject, place, f"is {'required' if needed else 'optional'} now")


def _style_of(parameter: Json, document: Json) -> tuple[str, bool, bool, bool]:
    """How the value is put into the request."""
    if parameter.get("content"):
        return "content", False, False, False
    style = str(parameter.get("style", _STYLES.get(str(parameter.get("in")), "form")))
    type_names = types(flatten(parameter.get("schema"), document).get("type"))
    several = not type_names or "array" in type_names or "object" in type_names
    explode = several and bool(parameter.get("explode", style == "form"))
    return style, explode, parameter.get("allowReserved") is True, True


def _marks(subject: str, place: str, old: Json, new: Json) -> Iterator[ContractChange]:
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        rule = "deprecated" if new.get("deprecated") else "no-longer-deprecated"
        yield change(f"parameter-{rule}", subject, place, f"is {rule.replace('-', ' ')}")
    if bool(old.get("allowEmptyValue")) != bool(new.get("allowEmptyValue")):
        allowed = new.get("allowEmptyValue") is True
        rule = "empty-parameter-allowed" if allowed else "empty-parameter-refused"
        yield change(rule, subject, place, f"{'may' if allowed else 'must not'} be empty now")


def _value(
    subject: str, place: str, contents: Contents, old: Json, new: Json
) -> Iterator[ContractChange]:
    if bool(old.get("content")) == bool(new.get("content")):
        schemas = (old.get("schema"), new.get("schema"))
        yield from contents.schema(subject, place, Side.CALLER, *schemas)
        yield from contents.content(subject, place, Side.CALLER, old, new)
