"""What refers to a component of a bundled document, and the document without what nothing needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .operations import METHODS

Json = dict[str, Any]
_PREFIX = "#/components/"


def references(node: Any, section: str | None = None) -> Iterator[str]:
    """Every `$ref` below, or only the names of those into one section of the components."""
    prefix = f"{_PREFIX}{section}/" if section else ""
    if isinstance(node, Mapping):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(prefix):
            yield target.removeprefix(prefix)
        for value in node.values():
            yield from references(value, section)
    elif isinstance(node, list):
        for value in node:
            yield from references(value, section)


def calls(paths: Mapping[str, Any]) -> Iterator[Json]:
    """Every operation of `paths`, `webhooks` or a callback, and of the callbacks of these."""
    for item in paths.values():
        for definition in (item[method] for method in METHODS if method in item):
            yield definition
            for callback in definition.get("callbacks", {}).values():
                yield from calls(callback)


def without_unused_parts(document: Mapping[str, Any]) -> Json:
    """The same without components that nothing leads to, and without tags of no operation."""
    components: Json = document["components"]
    needed: set[str] = set()
    waiting: list[Any] = [{name: part for name, part in document.items() if name != "components"}]
    while waiting:
        targets = {each for each in references(waiting.pop()) if each.startswith(_PREFIX)}
        for reference in targets - needed:
            needed.add(reference)
            section, _, name = reference.removeprefix(_PREFIX).partition("/")
            waiting.append(components[section][name])
    sections = {
        section: {
            name: part
            for name, part in members.items()
            if section == "securitySchemes" or f"{_PREFIX}{section}/{name}" in needed
        }
        for section, members in components.items()
    }
    every = (*calls(document["paths"]), *calls(document.get("webhooks", {})))
    used_tags = {tag for call in every for tag in call["tags"]}
    return {
        **document,
        "tags": [tag for tag in document["tags"] if tag["name"] in used_tags],
        "components": {section: members for section, members in sections.items() if members},
    }
