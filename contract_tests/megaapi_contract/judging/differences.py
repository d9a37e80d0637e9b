"""Tells the nearest difference between what a breach expected and what came.

Where one of several shapes would do, the one that comes nearest is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from megaapi_mock.spec.operations import JSON

from .contract import Contract
from .results import Breach, Exchange, read_json

MAX_SHOWN = 240
_EXPECTATIONS = {
    "additionalProperties": "no member beside those of the contract",
    "falseSchema": "no such member",
    "oneOf": "exactly one of the shapes of the contract",
    "uniqueItems": "items that differ",
}
# So many members of an answer stand beside the sentence that speaks of them.
MAX_MENTIONED = 4
# Words of ordinary sentences that are names of members too.
_WRAPPERS = frozenset({"message", "error", "data", "key", "instance"})
_FIXED = frozenset({"const", "enum", "falseSchema"})
_WORD = re.compile(r"[A-Za-z_]\w+")


def difference(breach: Breach, contract: Contract) -> tuple[str, str]:
    """What was expected and what came, in words; empty where the message says it all."""
    if breach.webhook is not None and breach.kind == "webhook":
        return _webhook_difference(breach, contract)
    exchange = breach.exchange
    if exchange is None:
        return "", ""
    if breach.kind == "status":
        return _promised_statuses(breach, contract), str(exchange.status)
    if breach.kind == "schema":
        return _schema_difference(breach, exchange, contract)
    if breach.kind == "law":
        return breach.message, _shown_answer(exchange, breach.message)
    return "", ""


def _promised_statuses(breach: Breach, contract: Contract) -> str:
    operation = contract.by_id.get(breach.operation)
    return " or ".join(operation.definition["responses"]) if operation is not None else ""


def _shown_answer(exchange: Exchange, sentence: str) -> str:
    """The status, with the members that the sentence mentions, or else the document."""
    document = read_json(exchange.body)
    if document is None:
        return str(exchange.status)
    members = [f"{path}: {_value(value)}" for path, value in _mentioned_members(document, sentence)]
    if exchange.ok and members:
        return f"{exchange.status} with {', '.join(members[:MAX_MENTIONED])}"
    return f"{exchange.status} {_value(document)}"


def _mentioned_members(document: Any, sentence: str) -> Iterator[tuple[str, Any]]:
    """The members of a document that a sentence mentions, with their paths."""
    words = set(_WORD.findall(sentence)) - _WRAPPERS
    for path, name, value in _all_members("", document):
        if name in words:
            yield path, value


def _all_members(path: str, node: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            member_path = f"{path}/{name}".strip("/")
            yield member_path, name, value
            yield from _all_members(member_path, value)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _all_members(f"{path}/{number}".strip("/"), value)


def _schema_difference(breach: Breach, exchange: Exchange, contract: Contract) -> tuple[str, str]:
    schema = _response_schema(breach, exchange, contract)
    document = read_json(exchange.body)
    validator = contract.compiler.compile(schema)
    if validator is None or document is None:
        return (
            "JSON",
            f"{len(exchange.body)} bytes that are not JSON" if exchange.body else "nothing",
        )
    for error in map(nearest, validator.iter_errors(document)):
        if breach.message.startswith(f"{exchange.status}: {_path(error)}: {error.message}"[:200]):
            return _expected_and_got(error)
    return "", ""


def _response_schema(
    breach: Breach, exchange: Exchange, contract: Contract
) -> Mapping[str, Any] | None:
    operation = contract.by_id.get(breach.operation)
    response = contract.response(operation, exchange.status) if operation is not None else None
    schema = (response or {}).get("content", {}).get(JSON, {}).get("schema")
    return schema if isinstance(schema, Mapping) else None


def _webhook_difference(breach: Breach, contract: Contract) -> tuple[str, str]:
    assert breach.webhook is not None
    event = contract.events.get(breach.operation)
    payload = breach.webhook.json
    if event is None or payload is None:
        return "", ""
    schema = event.definition["requestBody"]["content"][JSON]["schema"]
    validator = contract.compiler.compile(schema)
    for error in validator.iter_errors(payload) if validator is not None else ():
        if breach.rule and breach.rule in _dotted_paths(error):
            return _expected_and_got(nearest(error))
    return "", ""


def _dotted_paths(error: Any) -> set[str]:
    path = [str(step) for step in error.instance_path]
    missing = getattr(error.kind, "property", None)
    return {".".join(each) for each in (path, [*path, str(missing)])}


def nearest(error: Any) -> Any:
    """The error itself, or the worst of the alternative that comes nearest."""
    branches = getattr(error.kind, "context", None)
    if not branches:
        return error
    inner = [[nearest(each) for each in branch] for branch in branches if branch]
    if not inner:
        return error
    closest = min(inner, key=lambda branch: (_distance(branch, error), -max(map(_depth, branch))))
    return max(closest, key=_depth)


def _distance(branch: list[Any], outer: Any) -> int:
    """How far a value is from one alternative: of a place that breaks several rules one counts."""
    by_place: dict[tuple[Any, ...], list[Any]] = {}
    for error in branch:
        place = (*error.instance_path, getattr(error.kind, "property", None))
        by_place.setdefault(place, []).append(error)
    return sum(_weight(errors, _depth(errors[0]) == _depth(outer)) for errors in by_place.values())


def _weight(errors: list[Any], outermost: bool) -> int:
    """How much says that another alternative is meant."""
    rules = {error.kind.name for error in errors}
    if outermost and rules & {"type", *_FIXED}:
        return 10
    if rules & _FIXED and "type" not in rules:
        # A fixed value elsewhere mostly says which of the alternatives is meant.
        return 3
    return 2 if "required" in rules else 1


def _depth(error: Any) -> int:
    return len(error.instance_path)


def _expected_and_got(error: Any) -> tuple[str, str]:
    path = _path(error)
    return f"{path}: {_expectation(error)}", f"{path}: {_value(error.instance)}"


def _path(error: Any) -> str:
    return "/".join(map(str, error.instance_path)) or "body"


def _expectation(error: Any) -> str:
    keyword, value = error.kind.name, getattr(error.kind, "value", None)
    if keyword in _EXPECTATIONS:
        return _EXPECTATIONS[keyword]
    if keyword == "type":
        return " or ".join(value if isinstance(value, list) else [str(value)])
    if keyword == "required":
        return f'a member "{value}"'
    if keyword == "const":
        return json.dumps(value)
    if keyword == "enum":
        return "one of " + ", ".join(map(json.dumps, value or ()))
    if keyword == "pattern":
        return f'a string that matches "{value}"'
    return f"{keyword} {json.dumps(value)}"


def _value(value: Any) -> str:
    """A value as JSON; a long object without its nested values."""
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and len(text) > MAX_SHOWN:
        text = "{" + ", ".join(_members(value)) + "}"
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _members(value: Mapping[str, Any]) -> Iterator[str]:
    for name, inner in value.items():
        plain = not isinstance(inner, (dict, list))
        yield f'"{name}": {json.dumps(inner, ensure_ascii=False)}' if plain else f'"{name}": ...'
