"""Calls made from the examples of the contract, as every language of the pages writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from ..spec.operations import JSON, Operation
from ..spec.plans import ADMIN_TOKEN
from ..spec.validate import resolve, resolved_parameters

Json = Mapping[str, Any]
# A mock as it starts by default, and its first instance.
MOCK, KEY, TOKEN = "http://127.0.0.1:8080", "megacode-TESTKEY0001", "TESTKEY0001"
# The contract's example of a webhook address leads nowhere; tried out, it leads to
# `megaapi-mock listen` and to the receiver of the README.
EXAMPLE_HOOK, LOCAL_HOOK = "https://shop.example.test/hook", "http://127.0.0.1:9000/hook"
_FILES = {"image/png": "png"}


@dataclass(frozen=True, slots=True)
class CallExample:
    """One call. `file` is where its answer goes if that is not text; `name` is the example's.

    `upload` is the part of a form and the file that it carries, in place of a `body`.
    """

    name: str
    title: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None
    file: str | None = None
    provenance: Json = field(default_factory=dict)
    upload: tuple[str, str] | None = None


def calls_of(operation: Operation, document: Json) -> list[CallExample]:
    """A call for each example of the body; one without a body where there is none."""
    definition = operation.definition
    kind = operation.body_type
    content = definition.get("requestBody", {}).get("content", {}).get(kind, {})
    url, file = _url(operation, document), _file(operation, document)
    bodies = list(examples_of(content, document))
    token = ADMIN_TOKEN if operation.is_of_host else TOKEN
    headers = {"Authorization": f"Bearer {token}"}
    if not bodies:
        title = str(definition["summary"])
        return [CallExample("call", title, operation.method, url, headers, file=file)]
    if not operation.takes_file:
        headers["Content-Type"] = JSON
    return [
        CallExample(
            name=name,
            title=str(example.get("summary", name)),
            method=operation.method,
            url=url,
            headers=headers,
            body=None if operation.takes_file else _local(example["value"]),
            upload=next(iter(example["value"].items())) if operation.takes_file else None,
            file=file,
            provenance=example.get("x-provenance", {}),
        )
        for name, example in bodies
    ]


def control_call(name: str, path: str, body: Any) -> CallExample:
    """A POST to the control API, which asks for no token on this machine."""
    return CallExample(name, "", "POST", f"{MOCK}{path}", {"Content-Type": JSON}, body)


def examples_of(content: Json, document: Json) -> Iterator[tuple[str, Json]]:
    """The named examples of a body that have a value, references followed."""
    for name, example_or_reference in content.get("examples", {}).items():
        example = resolve(example_or_reference, document)
        if "value" in example:
            yield name, example


def _url(operation: Operation, document: Json) -> str:
    query = {
        each["name"]: str(each["example"])
        for each in resolved_parameters(operation.definition, document)
        if each["in"] == "query" and "example" in each
    }
    path = operation.path.replace("{instance_key}", KEY)
    return f"{MOCK}{path}" + (f"?{urlencode(query, safe='@')}" if query else "")


def _file(operation: Operation, document: Json) -> str | None:
    response = resolve(operation.definition["responses"].get("200", {}), document)
    endings = [_FILES[kind] for kind in response.get("content", {}) if kind in _FILES]
    return f"{operation.id}.{endings[0]}" if endings else None


def _local(value: Any) -> Any:
    """The value with the address of a receiver on this machine."""
    if isinstance(value, Mapping):
        return {name: _local(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_local(inner) for inner in value]
    return LOCAL_HOOK if value == EXAMPLE_HOOK else value
