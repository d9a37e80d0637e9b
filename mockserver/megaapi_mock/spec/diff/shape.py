"""A document as it must be built to be compared: maps where maps belong, lists where lists do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...errors import SetupError
from .located_operations import METHODS

Json = dict[str, Any]
# More than any description has; anchors that repeat anchors have more.
_MOST = 5_000_000
_NAMES = {dict: "a map", list: "a list", str: "a text", bool: "true or false", int: "a number",
          float: "a number"}  # fmt: skip

_CONTENT = {"content": "{media}", "schema": "schema"}
_OPERATION = {
    "parameters": "[parameter]", "requestBody": "body", "responses": "x{answer}",
    "callbacks": "{callback}", "security": "[way]", "servers": "[server]", "x-plans": "[any]",
    "x-provenance": "map", "operationId": "text",
}  # fmt: skip
_SCHEMA = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), "{schema}"),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema]"),
    **dict.fromkeys(
        ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "not",
         "propertyNames", "contains", "if", "then", "else"), "schema"),
    "discriminator": "discriminator", "required": "texts", "enum": "list", "type": "types",
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), "number"),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), "number"),
    **dict.fromkeys(("minProperties", "maxProperties"), "number"),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), "limit"),
    "$ref": "text", "pattern": "text", "format": "text", "title": "text",
}  # fmt: skip
# `name`: one of that kind; `[name]`: a list; `{name}`: a map; `x{name}`: one that may have x-...
_KINDS: Mapping[str, Mapping[str, str]] = {
    "document": {"paths": "x{item}", "webhooks": "x{item}", "components": "components",
                 "servers": "[server]", "security": "[way]"},
    "components": {
        "schemas": "{schema}", "parameters": "{parameter}", "responses": "{answer}",
        "headers": "{parameter}", "requestBodies": "{body}", "pathItems": "{item}",
        "callbacks": "{callback}", "securitySchemes": "{map}",
    },
    "item": {**dict.fromkeys(METHODS, "operation"), "parameters": "[parameter]",
             "servers": "[server]"},
    "operation": _OPERATION,
    "parameter": {**_CONTENT, "name": "text", "in": "text", "style": "text"},
    "body": _CONTENT,
    "media": {"schema": "schema", "encoding": "{map}"},
    "answer": {**_CONTENT, "headers": "{parameter}", "links": "{any}", "x-provenance": "map"},
    "server": {"url": "text", "variables": "{map}"},
    "schema": _SCHEMA,
    "discriminator": {"propertyName": "text", "mapping": "{any}"},
    "map": {},
}  # fmt: skip
_MAPS = {"callback": "x{item}", "way": "{scopes}", "scopes": "[any]"}
# Keywords of a schema: one of another kind says nothing.
_WORDS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "list": lambda value: isinstance(value, list),
    "texts": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "limit": lambda value: isinstance(value, int | float),
    "types": lambda value: (
        isinstance(value, str)
        or (isinstance(value, list) and all(isinstance(each, str) for each in value))
    ),
    "any": lambda value: True,
}
_NOTHING = object()


def checked_document(document: Any, name: str) -> Json:
    """The document, without what is empty; SetupError names the place that is built otherwise."""
    result = _ShapeCheck(name).node(document, "document", "")
    return result if isinstance(result, dict) else {}


def with_text_keys(node: Any, name: str) -> Any:
    """The same as JSON has it: in YAML the status of an answer may be a number."""
    return _Keys(name).node(node)


class _Keys:
    """One run over a document. SetupError where anchors make it endless."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._values_left = _MOST
        self._open: set[int] = set()

    def node(self, node: Any) -> Any:
        """Of one node and all in it."""
        self._values_left -= 1
        if self._values_left < 0:
            raise SetupError(
                f"{self._name} has more than {_MOST:,} values: do anchors repeat them?"
            )
        if not isinstance(node, list | dict):
            return node
        if id(node) in self._open:
            raise SetupError(f"{self._name} cannot be compared: an anchor stands inside of itself")
        self._open.add(id(node))
        result: Any = (
            [self.node(member) for member in node]
            if isinstance(node, list)
            else {_key(key): self.node(value) for key, value in node.items()}
        )
        self._open.discard(id(node))
        return result


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


class _ShapeCheck:
    """One run over a document."""

    def __init__(self, name: str) -> None:
        self._name = name

    def node(self, node: Any, kind: str, place: str) -> Any:
        """What stands at a place; _NOTHING where it says nothing."""
        if kind == "callback" and isinstance(node, dict) and "$ref" in node:
            return node
        kind = _MAPS.get(kind, kind)
        if kind in _WORDS:
            return node if _WORDS[kind](node) else _NOTHING
        if kind == "schema" and (node is None or isinstance(node, bool)):
            return {} if node is None else node
        if node is None:
            return _NOTHING
        if kind.startswith("["):
            return self._list(node, kind[1:-1], place)
        if not isinstance(node, dict):
            self._refuse(node, "a map", place)
        if kind.endswith("}"):
            inner = kind.strip("x{}")
            members = {key: "any" if kind[0] == "x" and key.startswith("x-") else inner
                       for key in node}  # fmt: skip
        else:
            members = {key: _KINDS[kind].get(key, "any") for key in node}
        built = {
            key: self.node(node[key], inner, f"{place}.{key}") for key, inner in members.items()
        }
        return {key: value for key, value in built.items() if value is not _NOTHING}

    def _list(self, node: Any, kind: str, place: str) -> Any:
        if not isinstance(node, list):
            self._refuse(node, "a list", place)
        built = [self.node(each, kind, f"{place}[{index}]") for index, each in enumerate(node)]
        return [each for each in built if each is not _NOTHING]

    def _refuse(self, node: Any, expected: str, place: str) -> None:
        what = _NAMES.get(type(node), "something else")
        raise SetupError(f"{self._name}: {place.lstrip('.')} is {what}, not {expected}")
