"""The contract's forms, for documents whose values are placeholders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from megaapi_mock.domain.json_path import value_at
from megaapi_mock.spec.validate import Compiler

from ..judging.additions import widen
from ..judging.contract import Contract
from ..judging.differences import nearest
from ..judging.results import Promise

# Of one document; the rest would mostly say the same.
MOST_OF_ONE = 8
_NUMBER = re.compile(r"<(int|float) \d+>")
_PLACEHOLDER = re.compile(r"<[a-z][a-z ]*(?: \d+)?(?:, [a-z ]+)?>")
# What a schema asks of the letters of a text: a placeholder has others.
_ABOUT_LETTERS = frozenset({"pattern", "format", "minLength", "maxLength"})
# Values; and the condition of another schema, which mostly asks for the server of an address: that
# is written down.
_AS_IT_IS = frozenset({"example", "examples", "default", "const", "if"})
_KIND_OF_KEYWORD = {
    "required": "missing field",
    "additionalProperties": "new field",
    "unevaluatedProperties": "new field",
    "falseSchema": "new field",
    "enum": "other value",
    "const": "other value",
}


@dataclass(frozen=True, slots=True)
class FormDrift:
    """Where a document is not as the contract has it. `path` leads to the place: `key/id`."""

    kind: str
    path: str
    sentence: str
    promise: Promise


class Forms:
    """Compares redacted documents with the contract: fields, types and fixed values."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        relaxed_document = relax(contract.document)
        self._strict = Compiler(relaxed_document)
        self._wide = Compiler(widen(relaxed_document))

    def drifts(self, schema: Any, redacted: Any, promise: Promise) -> Iterator[FormDrift]:
        """Every place where it is not as its schema has it, MOST_OF_ONE at most."""
        relaxed_schema = relax(schema)
        document = with_numbers(redacted)
        strict = self._strict.compile(relaxed_schema)
        if strict is None or strict.is_valid(document):
            return
        wide = self._wide.compile(widen(relaxed_schema))
        errors = list(islice(wide.iter_errors(document), MOST_OF_ONE))
        if not errors:
            errors = list(islice(strict.iter_errors(document), MOST_OF_ONE))
        errors.sort(key=lambda error: error.kind.name in ("enum", "const"))
        paths: set[str] = set()
        for error in errors:
            place = self._contract.nearest_promise(schema, error.evaluation_path, promise)
            for drift in _drifts_of_error(nearest(error), place, redacted):
                # Of what is wrong with one place the first thing is enough.
                if drift.path not in paths:
                    paths.add(drift.path)
                    yield drift


def _drifts_of_error(error: Any, promise: Promise, redacted: Any) -> Iterator[FormDrift]:
    path = "/".join(map(str, error.instance_path))
    keyword = error.kind.name
    kind = _KIND_OF_KEYWORD.get(keyword, "different form")
    if keyword == "required":
        name = str(error.kind.property)
        yield FormDrift(kind, _join_path(path, name), "it is not there", promise)
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for name in error.kind.unexpected:
            yield FormDrift(
                kind, _join_path(path, str(name)), "the contract does not have it", promise
            )
    else:
        yield FormDrift(kind, path or "body", _sentence(error, redacted), promise)


def _sentence(error: Any, redacted: Any) -> str:
    """What is wrong with a value: a number that was not written down is called one."""
    message: str = error.message
    value = value_at(redacted, *error.instance_path)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return f"a number{message.removeprefix(json.dumps(error.instance))}"
    return message


def _join_path(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def relax(node: Any) -> Any:
    """The same schemas without what they ask of letters; one of several forms is enough."""
    if isinstance(node, Mapping):
        relaxed = {
            key: value if key in _AS_IT_IS else relax(value)
            for key, value in node.items()
            # A member of this name is a schema, and no word of one.
            if key not in _ABOUT_LETTERS or isinstance(value, Mapping)
        }
        if isinstance(relaxed.get("oneOf"), list) and "anyOf" not in relaxed:
            relaxed["anyOf"] = relaxed.pop("oneOf")
        return relaxed
    if isinstance(node, list):
        return [relax(part) for part in node]
    return node


def with_numbers(node: Any) -> Any:
    """The document with numbers where placeholders stand for numbers."""
    if isinstance(node, str):
        number = _NUMBER.fullmatch(node)
        return node if number is None else (10**9 if number[1] == "int" else 1.5)
    if isinstance(node, dict):
        return {name: with_numbers(value) for name, value in node.items()}
    return [with_numbers(value) for value in node] if isinstance(node, list) else node


def is_placeholder(text: str) -> bool:
    """Whether a text stands for a value that was not written down."""
    return _PLACEHOLDER.fullmatch(text) is not None
