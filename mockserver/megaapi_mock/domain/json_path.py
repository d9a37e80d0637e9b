"""Paths into JSON documents: as steps one by one, or as names joined by dots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..codec import JSON_DEPTH
from ..errors import Invalid
from ..errors.names import quoted


def require_path(path: str) -> None:
    """Refuse what no payload can hold: steps without a name, and nesting beyond JSON's bounds."""
    steps = path.split(".")
    if not all(steps) or len(steps) > JSON_DEPTH:
        raise Invalid(f"set: {path[:80]!r} must be names joined by dots, at most {JSON_DEPTH}")


def value_at(document: Any, *steps: str | int) -> Any:
    """The value the steps lead to: names in objects, numbers in lists; None where nothing is."""
    for step in steps:
        if isinstance(document, Mapping) and isinstance(step, str):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and 0 <= step < len(document):
            document = document[step]
        else:
            return None
    return document


def value_on_path(document: Any, path: str) -> Any:
    """The value at a dotted path, the document itself at an empty one; None where nothing is."""
    for step in filter(None, path.split(".")):
        in_list = isinstance(document, list) and _is_index(step)
        document = value_at(document, int(step) if in_list else step)
    return document


def put_at(document: Any, path: str, value: Any) -> None:
    """Set the value at a dotted path, making objects on the way; numbers index lists.

    Raises Invalid when the path leads through something that is neither.
    """
    *way, last = path.split(".")
    place = document
    for index, step in enumerate(way):
        place = _step(place, step, ".".join(way[: index + 1]))
    if isinstance(place, list) and _is_index(last) and int(last) < len(place):
        place[int(last)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise Invalid(f"set: {quoted(path)} leads through a value that holds no fields")


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 10


def _step(place: Any, step: str, path: str) -> Any:
    if isinstance(place, list) and _is_index(step) and int(step) < len(place):
        return place[int(step)]
    if isinstance(place, dict):
        return place.setdefault(step, {})
    raise Invalid(f"set: {quoted(path)} leads through a value that holds no fields")
