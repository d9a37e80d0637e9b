"""Which answers came, and which rules of each request's schema somebody tried to break."""

from __future__ import annotations

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

Broken = frozenset[str]


class Coverage:
    """Hears of every exchange; `operations` holds what was tried, by id. Not thread-safe."""

    def __init__(self, contract: Contract, operations: Iterable[Operation] | None = None) -> None:
        chosen = contract.operations if operations is None else tuple(operations)
        self._rules = {found.id: _Rules(contract, found) for found in chosen}
        self.operations = {
            found.id: OperationCoverage(
                found.id,
                promised=tuple(found.definition["responses"]),
                keywords=tuple(self._rules[found.id].names),
            )
            for found in chosen
        }

    def of(self, operation: str) -> OperationCoverage:
        """What was tried of one of the chosen operations."""
        return self.operations[operation]

    def heard(self, exchange: Exchange) -> None:
        """Count one exchange; others than those of the chosen operations are passed over."""
        covered = self.operations.get(exchange.operation or "")
        if covered is None:
            return
        covered.requests += 1
        covered.answers[exchange.status] = covered.answers.get(exchange.status, 0) + 1
        broken = self._rules[covered.operation].broken_by(exchange)
        covered.broken_keywords |= broken
        if not broken and exchange.ok:
            covered.kept = True


class _Rules:
    """The rules of one operation's requests, each with the place it is about."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._body = contract.compiler.compile(operation.request_schema)
        request = operation.definition.get("requestBody", {})
        self._body_required = bool(request.get("required"))
        self._query = [
            (each, contract.compiler.compile(each.get("schema")))
            for each in resolved_parameters(operation.definition, contract.document)
            if each["in"] == "query"
        ]
        self.names = list(dict.fromkeys(self._named(contract, operation)))
        self._seen: dict[tuple[int, int, str], Broken] = {}

    def broken_by(self, exchange: Exchange) -> Broken:
        """The rules a request breaks; a repeated one is looked up."""
        query = exchange.url.partition("?")[2]
        body = exchange.request_body
        known = (len(body), hash(body), query)
        found = self._seen.get(known)
        if found is None:
            found = frozenset((*self._of_query(query), *self._of_body(body)))
            self._seen[known] = found
        return found

    def _of_query(self, query: str) -> Iterator[str]:
        given = parse_qs(query, keep_blank_values=True)
        for parameter, validator in self._query:
            name = f"?{parameter['name']}"
            if parameter["name"] not in given:
                if parameter.get("required"):
                    yield f"{name}: required"
            elif validator is not None:
                value = given[parameter["name"]][0]
                yield from (rule(error, name) for error in validator.iter_errors(value))

    def _of_body(self, body: bytes) -> Iterator[str]:
        if self._body is None:
            return
        if not body:
            if self._body_required:
                yield NO_BODY
            return
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            yield NOT_JSON
            return
        if not self._body.is_valid(document):
            yield from (rule(error) for error in self._body.iter_errors(document))

    def _named(self, contract: Contract, operation: Operation) -> Iterator[str]:
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
    place: tuple[str, ...],
    document: Mapping[str, Any],
    within: tuple[str, ...] = (),
) -> Iterator[str]:
    """Every rule of a schema; one that contains itself is followed once."""
    reference = schema.get("$ref")
    if reference is not None:
        if reference in within:
            return
        within = (*within, reference)
        yield from _rules(resolve(schema, document), place, document, within)
    yield from (_rule(place, keyword) for keyword in KEYWORDS if keyword in schema)
    yield from (_rule((*place, name), "required") for name in schema.get("required", ()))
    conditional = [schema[part] for part in ("then", "else") if part in schema]
    for part in (*schema.get("allOf", ()), *conditional):
        yield from _rules(part, place, document, within)
    for name, part in schema.get("properties", {}).items():
        yield from _rules(part, (*place, name), document, within)
    if isinstance(schema.get("items"), Mapping):
        yield from _rules(schema["items"], (*place, "*"), document, within)
    if schema.get("additionalProperties") is False:
        yield _rule(place, "additionalProperties")
