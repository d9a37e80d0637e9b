"""Every call there is, with a good body: the gateway's from fixtures/examples, the control API's
from the examples in spec/control.yaml.

Keys, numbers and ids in them are those of the default world; who makes a call puts others in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle

GATEWAY, CONTROL = "gateway", "control"
_METHODS = ("get", "post", "put", "delete")


@dataclass(frozen=True)
class Call:
    """`name` is the operation's id; `path` has values in it already."""

    api: str
    name: str
    method: str
    path: str
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Path and query as they go over the wire, whatever signs are in them."""
        path = quote(self.path, safe="/@:;,=", errors="surrogatepass")
        query = urlencode(self.query, errors="surrogatepass")
        return f"{path}?{query}" if query else path

    @property
    def raw(self) -> bytes:
        """The body's bytes; none when there is no body."""
        return b"" if self.body is None else json.dumps(self.body).encode()


def gateway_calls() -> list[Call]:
    """One for each example under fixtures/examples."""
    by_id = {operation.id: operation for operation in operations(valid_bundle(root("spec")))}
    calls = []
    for path in sorted((root("fixtures") / "examples").glob("*/*/*.json")):
        request = json.loads(path.read_text(encoding="utf-8"))["request"]
        operation = by_id[path.parent.name]
        where = operation.path.format(**request["path"])
        query = {name: str(value) for name, value in (request.get("query") or {}).items()}
        body = request.get("body")
        calls.append(Call(GATEWAY, operation.id, operation.method, where, body, query))
    return calls


def control_calls() -> list[Call]:
    """One for each example of a request; one for each operation that takes no body."""
    document = read_yaml(root("spec") / "control.yaml")
    return [
        call
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
        for call in _control(document, path, item, method)
    ]


def _control(document: Any, path: str, item: Any, method: str) -> Iterator[Call]:
    operation = item[method]
    given = [*item.get("parameters", ()), *operation.get("parameters", ())]
    parameters = [_resolved(document, parameter) for parameter in given]
    values = {one["name"]: str(one.get("example", "1")) for one in parameters}
    where = path.format(**{name: value for name, value in values.items()})
    content = operation.get("requestBody", {}).get("content", {})
    examples = content.get("application/json", {}).get("examples", {})
    bodies = [example["value"] for example in examples.values()] or [None]
    for body in bodies:
        yield Call(CONTROL, operation["operationId"], method.upper(), where, body)


def _resolved(document: Any, node: Any) -> Any:
    for step in node.get("$ref", "").removeprefix("#/").split("/") if "$ref" in node else ():
        document = document[step]
        node = document
    return node
