"""Local references: what they lead to, and which lead to the same in both versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from .. import json_pointer

Json = dict[str, Any]
# What stands here is not a description: a `$ref` in it is data.
_VALUES = frozenset({"example", "examples", "default", "const", "enum", "mapping"})
# A field may be called like any of these.
_FIELDS = frozenset({"properties", "patternProperties", "schemas", "headers", "parameters"})
# So many references may follow one another.
_CHAIN = 100


class _Missing:
    """What stands at a place that does not exist."""


NOWHERE = _Missing()


def resolve(node: Any, document: Json) -> Any:
    """What a local `$ref` leads to, with what stands beside it; the node itself without one.

    {} where it leads nowhere, or only to itself.
    """
    for _ in range(_CHAIN):
        reference = reference_of(node)
        if reference is None:
            return node
        target = target_of(reference, document)
        target = {} if isinstance(target, _Missing) else target
        beside = siblings(node, document)
        node = {**target, **beside} if beside and isinstance(target, dict) else target
    return {}


def reference_of(node: Any) -> str | None:
    """The `$ref` of a node that is one."""
    reference = node.get("$ref") if isinstance(node, dict) else None
    return reference if isinstance(reference, str) else None


def siblings(node: Json, document: Json) -> Json:
    """What counts beside a `$ref`: nothing in OpenAPI 3.0."""
    if str(document.get("openapi")).startswith("3.0"):
        return {}
    return {key: value for key, value in node.items() if key != "$ref"}


def target_of(reference: str, document: Json) -> Any:
    """What stands at `#/a/b`; NOWHERE where nothing does."""
    try:
        return json_pointer.target_of(unquote(reference), document)
    except LookupError:
        return NOWHERE


def references(node: Any) -> set[str]:
    """Every `$ref` in it."""
    return set(_each_reference(node))


def _each_reference(node: Any) -> Iterator[str]:
    waiting = [(node, False)]
    while waiting:
        each, names_fields = waiting.pop()
        if isinstance(each, dict):
            reference = reference_of(each)
            if reference is not None:
                yield reference
            waiting += [
                (member, key in _FIELDS and not names_fields)
                for key, member in each.items()
                if names_fields or key not in _VALUES
            ]
        elif isinstance(each, list):
            waiting += [(member, False) for member in each]


def stable_references(old: Json, new: Json) -> set[str]:
    """Those that lead to the same in both documents, whatever that refers to in turn."""
    inside: dict[str, set[str]] = {}
    for reference in references(old) & references(new):
        target = target_of(reference, old)
        if target is not NOWHERE and target == target_of(reference, new):
            inside[reference] = references(target)
    users: dict[str, list[str]] = defaultdict(list)
    for reference, others in inside.items():
        for other in others:
            users[other].append(reference)
    loose = [reference for reference in users if reference not in inside]
    while loose:
        for user in users[loose.pop()]:
            if inside.pop(user, None) is not None:
                loose.append(user)
    return set(inside)


def broken_references(document: Json) -> set[str]:
    """Those that lead nowhere, or only to one another."""
    return {each for each in references(document) if not _arrives(each, document)}


def _arrives(reference: str | None, document: Json) -> bool:
    for _ in range(_CHAIN):
        if reference is None:
            return True
        target = target_of(reference, document)
        if target is NOWHERE:
            return False
        reference = reference_of(target)
    return False
