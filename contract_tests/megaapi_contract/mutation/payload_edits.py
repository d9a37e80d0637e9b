"""Small changes of JSON documents, by a dotted path; `*` is every child of a list or an object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

# Takes a document, which it may change, and gives the one to use instead.
Edit = Callable[[Any], Any]


def places(document: Any, path: str) -> Iterator[tuple[Any, Any]]:
    """Where the path leads: each time what holds the value, and its key or index there."""
    *way, last = path.split(".")
    nodes = [document]
    for step in way:
        nodes = [node[key] for node in nodes for key in _keys(node, step)]
    for node in nodes:
        for key in _keys(node, last):
            yield node, key


def _keys(node: Any, step: str) -> list[Any]:
    if isinstance(node, dict):
        return list(node) if step == "*" else [step] if step in node else []
    if isinstance(node, list):
        keys = range(len(node)) if step == "*" else [int(step)] if step.isdecimal() else []
        return [index for index in keys if index < len(node)]
    return []


def edit_at(path: str, change: Callable[[Any], Any]) -> Edit:
    """Another value wherever the path leads."""

    def edit(document: Any) -> Any:
        for node, key in list(places(document, path)):
            node[key] = change(node[key])
        return document

    return edit


def put(path: str, value: Any) -> Edit:
    """This value wherever the path leads."""
    return edit_at(path, lambda _: deepcopy(value))


def remove(path: str) -> Edit:
    """Nothing where the path leads."""

    def edit(document: Any) -> Any:
        for node, key in reversed(list(places(document, path))):
            del node[key]
        return document

    return edit


def rename(path: str, to: str) -> Edit:
    """The same value under another name beside it."""

    def edit(document: Any) -> Any:
        for node, key in list(places(document, path)):
            node[to] = node.pop(key)
        return document

    return edit


def swap_values(path: str, other: str) -> Edit:
    """Two values of one object in each other's place; `other` is a name beside the path's last."""

    def edit(document: Any) -> Any:
        for node, key in list(places(document, path)):
            if other in node:
                node[key], node[other] = node[other], node[key]
        return document

    return edit


def retype(path: str) -> Edit:
    """The value in a type nobody expects, as careless serialisers have it."""
    return edit_at(path, _retype)


def _retype(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return int(value) if value.isdecimal() else [value]
    if isinstance(value, list):
        return {str(index): one for index, one in enumerate(value)}
    return [value]


def in_order(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(document: Any) -> Any:
        for one in edits:
            document = one(document)
        return document

    return edit


def first_value_at(document: Any, path: str) -> Any:
    """The first value the path leads to; None when there is none."""
    return next((node[key] for node, key in places(document, path)), None)
