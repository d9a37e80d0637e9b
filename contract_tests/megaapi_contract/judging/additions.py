"""The contract with room for what a host may add: fields beside the declared ones, other words.

What fits here and not the contract itself is a new fact; what fits neither is a broken promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The name of an event and of an instance's state tell forms apart: they stay as they are.
_TELLING = frozenset({"messageType"})


def widened(node: Any, name: str = "") -> Any:
    """The same schemas, open to further fields and to other words of an enumeration."""
    if isinstance(node, Mapping):
        made = {key: _kept(key, value) for key, value in node.items()}
        if made.get("additionalProperties") is False:
            del made["additionalProperties"]
        if name not in _TELLING and _are_words(made.get("enum")):
            empty = None in made.pop("enum")
            made["type"] = ["string", "null"] if empty else "string"
        return made
    if isinstance(node, list):
        return [widened(part) for part in node]
    return node


def _kept(key: str, value: Any) -> Any:
    # Examples are values, whatever their members are called.
    return value if key in ("examples", "example", "default", "const") else widened(value, key)


def _are_words(values: Any) -> bool:
    """Whether an enumeration is of several words: one alone is a mark, as `const` is."""
    return (
        isinstance(values, list)
        and len(values) > 1
        and all(value is None or isinstance(value, str) for value in values)
    )
