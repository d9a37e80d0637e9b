"""Components that lead back to themselves and hold nothing: reading them never ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_PREFIX = "#/components/"
# Keywords whose schemas speak about the same value as the schema that they stand in.
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas")

Components = Mapping[str, Mapping[str, Any]]


def find_loop(components: Components) -> tuple[str, str] | None:
    """The first component that leads back to itself, and the one that it refers to for that.

    Both as `section/Name`. A field of a schema may well be of that schema: a tree is not a loop.
    """
    next_ones = {
        f"{section}/{name}": sorted(set(_beside(part)))
        for section, members in components.items()
        for name, part in members.items()
    }
    for start in next_ones:
        for first in next_ones[start]:
            if start in _reach(first, next_ones):
                return start, first
    return None


def _beside(part: Any) -> Iterator[str]:
    """What is referred to for the same value."""
    if not isinstance(part, Mapping):
        return
    target = part.get("$ref")
    if isinstance(target, str) and target.startswith(_PREFIX):
        yield target.removeprefix(_PREFIX)
    for key in _SAME_VALUE:
        inner = part.get(key)
        if isinstance(inner, list):
            several = inner
        else:
            several = [*inner.values()] if key == "dependentSchemas" and inner else [inner]
        for schema in several:
            yield from _beside(schema)


def _reach(start: str, next_ones: Mapping[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(next_ones.get(name, ()))
    return reached
