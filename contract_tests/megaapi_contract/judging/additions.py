"""Widens the contract's schemas: fields and enumerated strings that a host adds are valid too.

What fits here and not the contract itself is a new fact; what fits neither is a broken promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The name of an event and of an instance's state tell forms apart: they stay as they are.
_DISCRIMINATORS = frozenset({"messageType"})


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
