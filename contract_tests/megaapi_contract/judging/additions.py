"""Widens the contract's schemas: fields and enumerated strings that a host adds are valid too.

What fits here and not the contract itself is a new fact; what fits neither is a broken promise.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

# The name of an event and of an instance's state tell forms apart: they stay as they are.
_DISCRIMINATORS = frozenset({"messageType"})
_EXAMPLES = frozenset({"example", "examples", "default", "value"})


def widen(node: Any, name: str = "") -> Any:
    """The same schemas, but further fields and other strings of an enumeration are valid too."""
    if isinstance(node, Mapping):
        schema = {key: _widen_member(key, value) for key, value in node.items()}
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        if name not in _DISCRIMINATORS and _is_word_list(schema.get("enum")):
            nullable = None in schema.pop("enum")
            schema["type"] = ["string", "null"] if nullable else "string"
        return schema
    if isinstance(node, list):
        return [widen(part) for part in node]
    return node


def _widen_member(key: str, value: Any) -> Any:
    # Examples are values, whatever their members are called.
    return value if key in ("examples", "example", "default", "const") else widen(value, key)


def _is_word_list(values: Any) -> bool:
    """Whether an enumeration has several strings; a single one is like `const`."""
    return (
        isinstance(values, list)
        and len(values) > 1
        and all(value is None or isinstance(value, str) for value in values)
    )


def member_names(node: Any) -> Iterator[str]:
    """Every name that a field has in the schemas of a document, or in an example of it."""
    if isinstance(node, Mapping):
        if isinstance(node.get("properties"), Mapping):
            yield from node["properties"]
        for name, part in node.items():
            yield from _all_names(part) if name in _EXAMPLES else member_names(part)
    elif isinstance(node, list):
        for part in node:
            yield from member_names(part)


def _all_names(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from node
        for part in node.values():
            yield from _all_names(part)
    elif isinstance(node, list):
        for part in node:
            yield from _all_names(part)


def is_same_but_for_additions(one: Any, other: Any, names: Container[str]) -> bool:
    """Whether two contents are the same, whatever either has in fields with none of these names."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(
            name in one
            and name in other
            and is_same_but_for_additions(one[name], other[name], names)
            for name in {*one, *other}
            if name in names or (name in one and name in other)
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            is_same_but_for_additions(part, other_part, names)
            for part, other_part in zip(one, other, strict=True)
        )
    return bool(one == other)
