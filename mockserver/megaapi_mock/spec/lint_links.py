"""Lint: links that lead somewhere, with values that are there, in a form the target takes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .json_pointer import resolve_pointer
from .lint_nodes import LintedContract, Node
from .lint_rules import LintFinding
from .operations import METHODS
from .validate import resolve

JSON = "application/json"
Object = Mapping[str, Any]
# A file, and where in it.
_Place = tuple[str, str]

_EXPRESSION = re.compile(r"^\$[^\s{}]+$")
_EMBEDDED = re.compile(r"\{(\$[^{}]+)\}")
_PARAMETER = re.compile(r"^\$request\.(path|query|header)\.(.+)$")
_BODY = re.compile(r"^\$(request|response)\.body(?:#(.*))?$")
_BARE = ("$url", "$method", "$statusCode")


class _Nowhere(Exception):
    """An expression points at nothing."""


@dataclass(frozen=True)
class _Source:
    """What an expression can point at: the examples and parameters around one response."""

    operation: Object
    response: Object
    document: Object

    def value(self, expression: str) -> Any:
        """What stands there in the first examples."""
        parameter, body = _PARAMETER.match(expression), _BODY.match(expression)
        if expression in _BARE:
            return expression
        if parameter:
            return self._parameter(*parameter.groups())
        if body and body[1] == "request":
            return _pointed_value(self._example(self.operation.get("requestBody") or {}), body[2])
        if body:
            return _pointed_value(self._example(self.response), body[2])
        if expression.startswith("$response.header."):
            name = expression.removeprefix("$response.header.")
            if name in (self.response.get("headers") or {}):
                return name
        raise _Nowhere

    def _parameter(self, place: str, name: str) -> Any:
        for declared_parameter in self.operation.get("parameters") or ():
            parameter = resolve(declared_parameter, self.document)
            if (parameter.get("in"), parameter.get("name")) == (place, name):
                return parameter.get("example")
        raise _Nowhere

    def _example(self, carrier: Object) -> Any:
        content = resolve(carrier, self.document).get("content") or {}
        for example in (content.get(JSON, {}).get("examples") or {}).values():
            return resolve(example, self.document).get("value")
        raise _Nowhere


def find_link_faults(nodes: Iterable[Node], contract: LintedContract) -> Iterator[LintFinding]:
    """Every link of an answer, held to the examples and to its target.

    What is wrong wherever a shared link is used is wrong in its own file, once.
    """
    uses: Counter[str] = Counter()
    faults: dict[tuple[str, str, str], list[_Place]] = defaultdict(list)
    targets = _targets(contract)
    for node in nodes:
        if node.kind != "operation":
            continue
        for here, written_link, source in _links(node, contract):
            shared = _file_of(written_link, contract)
            uses[shared] += 1
            link = resolve(written_link, contract.document)
            for rule, problem in dict.fromkeys(_faults(link, targets, source, contract)):
                faults[(shared, rule, problem)].append(here)
    for (shared, rule, problem), places in faults.items():
        if shared and len(places) == uses[shared]:
            yield LintFinding(shared, "", rule, problem)
        else:
            yield from (LintFinding(*place, rule, problem) for place in places)


def _targets(contract: LintedContract) -> Mapping[str, Object]:
    return {
        str(item[method].get("operationId")): item[method]
        for item in contract.document.get("paths", {}).values()
        for method in METHODS
        if method in item
    }


def _links(node: Node, contract: LintedContract) -> Iterator[tuple[_Place, Object, _Source]]:
    for status, declared_response in (node.value.get("responses") or {}).items():
        response = resolve(declared_response, contract.document)
        source = _Source(node.value, response, contract.document)
        for name, written_link in (response.get("links") or {}).items():
            yield (node.file, f"{node.place}/responses/{status}/links/{name}"), written_link, source


def _file_of(link: Object, contract: LintedContract) -> str:
    """The file of a shared link; empty where it stands in its answer."""
    file = f"{str(link.get('$ref', '')).removeprefix('#/')}.yaml"
    return file if (contract.root / file).is_file() else ""


def _faults(
    link: Object, targets: Mapping[str, Object], source: _Source, contract: LintedContract
) -> Iterator[tuple[str, str]]:
    """Rule and sentence of each thing wrong with a link under these examples."""
    target = targets.get(str(link.get("operationId")))
    if target is None:
        yield "link-unknown", f"operationId {link.get('operationId')!r} is that of no operation"
        return
    parameters = link.get("parameters") or {}
    for problem in _parameter_faults(parameters, target, contract):
        yield "link-parameter", f"parameters: {problem}"
    for expression in _expressions([parameters, link.get("requestBody")]):
        try:
            source.value(expression)
        except _Nowhere:
            yield "link-expression", f"{expression} points at nothing in the first example"
            return
    if "requestBody" in link:
        yield from _body_faults(link["requestBody"], target, source, contract)


def _parameter_faults(
    parameters: Object, target: Object, contract: LintedContract
) -> Iterator[str]:
    parameters_of_target = [
        resolve(one, contract.document) for one in target.get("parameters") or ()
    ]
    names = {str(one["name"]) for one in parameters_of_target}
    names |= {f"{one['in']}.{one['name']}" for one in parameters_of_target}
    for name in parameters:
        if name not in names:
            yield f"{target['operationId']} has no parameter {name}"
    for one in parameters_of_target:
        if one.get("required") and not {one["name"], f"{one['in']}.{one['name']}"} & set(
            parameters
        ):
            yield f"{target['operationId']} needs {one['name']}"


def _body_faults(
    body: Any, target: Object, source: _Source, contract: LintedContract
) -> Iterator[tuple[str, str]]:
    body_schema = resolve(target.get("requestBody") or {}, contract.document)
    schema = body_schema.get("content", {}).get(JSON, {}).get("schema")
    if schema is None:
        yield "link-body", f"{target['operationId']} takes no body"
        return
    value = _evaluate(body, source)
    error = next(contract.compiler.compile(schema).iter_errors(value), None)
    if error is not None:
        place = "/".join(map(str, error.instance_path)) or "the body"
        yield "link-body", f"{place}: {error.message[:200]}"


def _expressions(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        if _EXPRESSION.match(node):
            yield node
        else:
            yield from _EMBEDDED.findall(node)
    elif isinstance(node, Mapping):
        for inner in node.values():
            yield from _expressions(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _expressions(inner)


def _evaluate(node: Any, source: _Source) -> Any:
    if isinstance(node, Mapping):
        return {name: _evaluate(inner, source) for name, inner in node.items()}
    if isinstance(node, list):
        return [_evaluate(inner, source) for inner in node]
    if isinstance(node, str) and _EXPRESSION.match(node):
        return source.value(node)
    if isinstance(node, str):
        return _EMBEDDED.sub(lambda match: str(source.value(match[1])), node)
    return node


def _pointed_value(document: Any, pointer: str | None) -> Any:
    try:
        return resolve_pointer(document, pointer or "")
    except LookupError:
        raise _Nowhere from None
