"""Counts the answers of each operation, and which rules of its requests were broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from megaapi_mock.spec.operations import Operation
from megaapi_mock.spec.validate import resolve, resolved_parameters

from .contract import Contract
from .results import Exchange, OperationCoverage

# Rules about one value; what is inside of `anyOf` and the like counts as one rule.
KEYWORDS = (
    "type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "anyOf", "oneOf", "not",
)  # fmt: skip
NO_BODY, NOT_JSON = "body: required", "body: JSON"
# A file in the part that uploads take.
_FILE = re.compile(rb'form-data;[^\r\n]*\bname="?file"?[;\s][^\r\n]*filename')

BrokenRules = frozenset[str]


class Coverage:
    """Counts exchanges; `operations` holds the coverage by operation id. Not thread-safe."""

    def __init__(self, contract: Contract, operations: Iterable[Operation] | None = None) -> None:
        selection = contract.operations if operations is None else tuple(operations)
        self._rules = {operation.id: _RequestRules(contract, operation) for operation in selection}
        self.operations = {
            operation.id: OperationCoverage(
                operation.id,
                promised=tuple(operation.definition["responses"]),
                keywords=tuple(self._rules[operation.id].names),
            )
            for operation in selection
        }

    def of_operation(self, operation: str) -> OperationCoverage:
        """The coverage of one operation."""
        return self.operations[operation]

    def record(self, exchange: Exchange) -> None:
        """Count one exchange; exchanges of other operations are ignored."""
        operation = self.operations.get(exchange.operation or "")
        if operation is None:
            return
        operation.requests += 1
        operation.answers[exchange.status] = operation.answers.get(exchange.status, 0) + 1
        broken_rules = self._rules[operation.operation].broken_by(exchange)
        operation.broken_keywords |= broken_rules
        if not broken_rules and exchange.ok:
            operation.accepted = True


class _RequestRules:
    """The rules of one operation's requests, each with the place it is about."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._body = contract.compiler.compile(operation.request_schema)
        request = operation.definition.get("requestBody", {})
        self._body_required = bool(request.get("required"))
        self._takes_file = operation.takes_file
        self._query = [
            (each, contract.compiler.compile(each.get("schema")))
            for each in resolved_parameters(operation.definition, contract.document)
            if each["in"] == "query"
        ]
        self.names = list(dict.fromkeys(self._rule_names(contract, operation)))
        self._broken_rules_cache: dict[tuple[int, int, str], BrokenRules] = {}

    def broken_by(self, exchange: Exchange) -> BrokenRules:
        """The rules that a request breaks; results are cached."""
        query = exchange.url.partition("?")[2]
        body = exchange.request_body
        cache_key = (len(body), hash(body), query)
        broken_rules = self._broken_rules_cache.get(cache_key)
        if broken_rules is None:
            broken_rules = frozenset((*self._broken_in_query(query), *self._broken_in_body(body)))
            self._broken_rules_cache[cache_key] = broken_rules
        return broken_rules

    def _broken_in_query(self, query: str) -> Iterator[str]:
        values = parse_qs(query, keep_blank_values=True)
        for parameter, validator in self._query:
            name = f"?{parameter['name']}"
            if parameter["name"] not in values:
                if parameter.get("required"):
                    yield f"{name}: required"
            elif validator is not None:
                value = values[parameter["name"]][0]
                yield from (rule(error, name) for error in validator.iter_errors(value))

    def _broken_in_body(self, body: bytes) -> Iterator[str]:
        if self._body is None:
            return
        if not body:
            if self._body_required:
                yield NO_BODY
            return
        try:
            document = self._document(body)
        except orjson.JSONDecodeError:
            yield NOT_JSON
            return
        if not self._body.is_valid(document):
            yield from (rule(error) for error in self._body.iter_errors(document))

    def _document(self, body: bytes) -> Any:
        """A form as the contract has it: the name of a file in place of the file."""
        if self._takes_file:
            return {"file": "file"} if _FILE.search(body) else {}
        return orjson.loads(body)

    def _rule_names(self, contract: Contract, operation: Operation) -> Iterator[str]:
        for parameter, _ in self._query:
            name = f"?{parameter['name']}"
            if parameter.get("required"):
                yield f"{name}: required"
            # Every query parameter is a text before anybody reads it.
            yield from (
                each
                for each in _rules(parameter.get("schema", {}), (name,), contract.document)
                if not each.endswith(": type")
            )
        if self._body is not None and operation.request_schema is not None:
            if self._body_required:
                yield NO_BODY
            if not self._takes_file:
                yield NOT_JSON
            yield from _rules(operation.request_schema, (), contract.document)


def rule(error: Any, root: str = "") -> str:
    """`messageData/to: type` of one jsonschema-rs error; places in lists are `*`."""
    steps = [root] if root else []
    steps += ["*" if isinstance(step, int) else str(step) for step in error.instance_path]
    keyword = str(error.evaluation_path[-1])
    if keyword == "required":
        steps.append(str(error.kind.property))
    return _rule(steps, keyword)


def _rule(steps: Iterable[str], keyword: str) -> str:
    return f"{'/'.join(steps) or 'body'}: {keyword}"


def _rules(
    schema: Mapping[str, Any],
    path: tuple[str, ...],
    document: Mapping[str, Any],
    references: tuple[str, ...] = (),
) -> Iterator[str]:
    """Every rule of a schema; one that contains itself is followed once."""
    reference = schema.get("$ref")
    if reference is not None:
        if reference in references:
            return
        references = (*references, reference)
        yield from _rules(resolve(schema, document), path, document, references)
    yield from (_rule(path, keyword) for keyword in KEYWORDS if keyword in schema)
    yield from (_rule((*path, name), "required") for name in schema.get("required", ()))
    conditional = [schema[part] for part in ("then", "else") if part in schema]
    for part in (*schema.get("allOf", ()), *conditional):
        yield from _rules(part, path, document, references)
    for name, part in schema.get("properties", {}).items():
        yield from _rules(part, (*path, name), document, references)
    if isinstance(schema.get("items"), Mapping):
        yield from _rules(schema["items"], (*path, "*"), document, references)
    if schema.get("additionalProperties") is False:
        yield _rule(path, "additionalProperties")
