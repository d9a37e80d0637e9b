"""The fields of a document that neither its schema nor an example of it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from megaapi_mock.spec.validate import resolve

Path = tuple[str, ...]
ITEM = "*"
# Schemas may refer to themselves, as quoted messages do: nobody looks deeper than this.
DEPTH = 14
# `imageMessage`, `pollCreationMessageV3`.
_CONTENT_NAME = re.compile(r"Message(V\d+)?$")
ANY_NAME = "additionalProperties"
_JOINED = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("if", "then", "else", "not")


class KnownFields:
    """The paths of a schema and its examples, where items of a list are all alike.

    `contents` has what other documents say of the contents of messages, as `content_paths` gives
    it: a picture has the same fields in every event.
    """

    def __init__(
        self,
        schema: Any,
        examples: Iterable[Any],
        contract_document: Mapping[str, Any],
        contents: frozenset[Path] = frozenset(),
    ) -> None:
        self._contents = contents
        self._kinds = {path[0] for path in contents}
        schema_paths = [*_schema_paths(schema, (), contract_document)]
        self._paths: set[Path] = {path for path, _ in schema_paths}
        # Where the schema names fields; elsewhere it leaves them open, whatever examples show.
        self._parents = {path[:-1] for path in self._paths if path[-1] != ITEM}
        # Where any name may stand, each with a value of the same form.
        self._maps = {path[:-1] for path, word in schema_paths if word == ANY_NAME}
        for example in examples:
            self._paths.update(self._all_paths(example, ()))

    def unknown_in(self, document: Any, path: Path = ()) -> Iterator[str]:
        """Each field that is not known, where others beside it are: `messageData/key/extra`.

        What is below an unknown field is not named.
        """
        for name, value in _members(document):
            step = self._step(path, name)
            if step[-1] != ITEM and step not in self._paths and self._is_new(step):
                yield "/".join(step)
            else:
                yield from self.unknown_in(value, step)

    def content_paths(self) -> Iterator[Path]:
        """The paths of contents, each from the kind of content on: `imageMessage/url`."""
        for path in self._paths:
            content_path = _content_path(path)
            if len(content_path) > 1:
                yield content_path

    def _is_new(self, step: Path) -> bool:
        content_path = _content_path(step)
        if len(content_path) > 1:
            return content_path[0] in self._kinds and content_path not in self._contents
        if content_path and _content_path(step[:-1]):
            # Content in content, as a quoted message is: any kind may stand there.
            return False
        return step[:-1] in self._parents

    def _all_paths(self, node: Any, path: Path) -> Iterator[Path]:
        for name, value in _members(node):
            step = self._step(path, name)
            yield step
            yield from self._all_paths(value, step)

    def _step(self, path: Path, name: str) -> Path:
        return (*path, ITEM if path in self._maps else name)


def _content_path(path: Path) -> Path:
    """The end of a path from the innermost kind of content on; empty where there is none."""
    for number in range(len(path) - 1, -1, -1):
        if _CONTENT_NAME.search(path[number]):
            return path[number:]
    return ()


def _members(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        for value in node:
            yield ITEM, value


def _schema_paths(node: Any, path: Path, document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Each path of a schema, with the word that gives the members of this place their names."""
    if not isinstance(node, Mapping) or len(path) > DEPTH:
        return
    schema = resolve(node, document)
    for name, value in schema.get("properties", {}).items():
        yield (*path, name), "properties"
        yield from _schema_paths(value, (*path, name), document)
    for word in ("items", ANY_NAME):
        if isinstance(schema.get(word), Mapping):
            yield (*path, ITEM), word
            yield from _schema_paths(schema[word], (*path, ITEM), document)
    for word in _JOINED:
        for part in schema.get(word, ()):
            yield from _schema_paths(part, path, document)
    for word in _CONDITIONAL:
        yield from _schema_paths(schema.get(word), path, document)
