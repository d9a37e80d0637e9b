"""The contract as the suite reads it: operations, what each promises, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.operations import KEY, Operation, WebhookEvent, operations, webhook_events
from megaapi_mock.spec.plans import document_of_plan
from megaapi_mock.spec.recognise import FieldMismatch, Recogniser
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.spec.validate import Compiler, resolve

from .additions import member_names, widen
from .alternatives import Alternative, alternatives
from .results import Promise

# What every message and every receipt has, whatever its content.
_SHARED_FILES = frozenset(
    {"components/schemas/WebhookOwner.yaml", "components/schemas/GroupMark.yaml"}
)


class Contract:
    """Read-only. SpecError when the folder holds no valid contract."""

    def __init__(self, spec: Path | None = None, *, plan: str = "code") -> None:
        whole = valid_bundle(spec or root("spec"))
        self.bundle: Bundle = replace(whole, document=document_of_plan(whole.document, plan))
        self.plan = plan
        self.operations: tuple[Operation, ...] = operations(self.bundle)
        self.by_id: Mapping[str, Operation] = {
            operation.id: operation for operation in self.operations
        }
        self.compiler = Compiler(self.document)
        self._alternatives: dict[str, tuple[Alternative, ...]] = {}
        # A path without a key comes first: a word of it is not a key.
        ordered = sorted(self.operations, key=lambda operation: KEY in operation.path)
        self._routes = [(operation, _pattern(operation.path)) for operation in ordered]

    @property
    def document(self) -> Mapping[str, Any]:
        """The whole contract as one document."""
        return self.bundle.document

    @cached_property
    def member_names(self) -> frozenset[str]:
        """The names of all fields it knows; a field with another one is a host's own addition."""
        return frozenset(member_names(self.document))

    def route(self, method: str, path: str, query: str = "") -> tuple[Operation, str] | None:
        """The operation behind a request, and its instance key; None for unknown routes.

        The key is empty where the request names none.
        """
        for operation, pattern in self._routes:
            match = pattern.fullmatch(path)
            if match and operation.method == method:
                if operation.is_key_in_query:
                    return operation, dict(reversed(parse_qsl(query))).get("instance_key", "")
                return operation, match["key"] if KEY in operation.path else ""
        return None

    def response(self, operation: Operation, status: int) -> Mapping[str, Any] | None:
        """The contract's response for a status; None when the contract has none."""
        response = operation.definition["responses"].get(str(status))
        return None if response is None else resolve(response, self.document)

    def links(self, operation: Operation) -> Iterable[str]:
        """The operations that this one's answers lead to."""
        for status in operation.definition["responses"]:
            response = self.response(operation, int(status)) or {}
            for link in response.get("links", {}).values():
                yield str(resolve(link, self.document)["operationId"])

    def alternatives(self, operation_id: str) -> tuple[Alternative, ...]:
        """The answers of an operation that are one of several documented ones."""
        if operation_id not in self._alternatives:
            operation = self.by_id.get(operation_id)
            self._alternatives[operation_id] = (
                alternatives(operation, self.response) if operation else ()
            )
        return self._alternatives[operation_id]

    def promise(self, operation_id: str, status: int | None = None) -> Promise:
        """The promise of an operation, or of one of its answers."""
        operation = self.by_id[operation_id]
        provenance = operation.definition["x-provenance"]
        if status is not None:
            response = self.response(operation, status)
            provenance = (response or {}).get("x-provenance", provenance)
        return _promise(provenance, operation.spec_file)

    def event_promise(self, name: str) -> Promise:
        """The promise of a webhook event."""
        event = self.events[name]
        return _promise(event.definition["x-provenance"], event.spec_file)

    def component_promise(self, name: str, field: str = "") -> Promise | None:
        """The promise behind a schema that many share, or one field of it; None without one."""
        schema = self.document["components"]["schemas"].get(name)
        if schema is None or "x-provenance" not in schema:
            return None
        start = _promise(schema["x-provenance"], f"components/schemas/{name}.yaml")
        return self.nearest_promise(schema, ("properties", field), start) if field else start

    def root_promise(self, event: str, field: str) -> Promise:
        """The promise behind a field that all messages and receipts have, whatever their content.

        That an echo has just this body is a guess; what its `jid` and its `isGroup` say is none.
        """
        promise = self.event_promise(event)
        if promise.sure or not self._is_message(event):
            return promise
        shared = ("GroupMark", "") if field == "isGroup" else ("WebhookOwner", field)
        return self.component_promise(*shared) or promise

    def misfit_promise(self, event: str, misfit: FieldMismatch) -> Promise:
        """The promise behind the rule that a field of an event breaks."""
        is_shared = misfit.spec_file in _SHARED_FILES
        return self.root_promise(event, misfit.field) if is_shared else self.event_promise(event)

    def _is_message(self, event: str) -> bool:
        """Whether it is a message or a receipt: what has a chat says whether that is a group."""
        return _refers_to(self.events[event].definition["requestBody"], "GroupMark", self.document)

    def event_field_promise(self, event: str, schema: str, field: str) -> Promise:
        """The promise behind a field of an event: the less sure one of the two."""
        promise = self.event_promise(event)
        if not promise.sure:
            return promise
        way = ("$ref", "properties", field)
        return self.nearest_promise({"$ref": f"#/components/schemas/{schema}"}, way, promise)

    def nearest_promise(
        self, schema: Mapping[str, Any], path: Iterable[Any], start: Promise
    ) -> Promise:
        """The promise declared nearest to one rule of a schema.

        `path` is the evaluation path of a jsonschema-rs error, references included.
        """
        node: Any = schema
        promise = start
        for step in path:
            if isinstance(node, Mapping) and step == "$ref":
                section, name = str(node["$ref"]).split("/")[-2:]
                node = self.document["components"][section][name]
            elif isinstance(node, Mapping):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                break
            if isinstance(node, Mapping) and isinstance(node.get("x-provenance"), Mapping):
                promise = _promise(node["x-provenance"], start.file)
        return promise

    @cached_property
    def events(self) -> Mapping[str, WebhookEvent]:
        """Every webhook event by name."""
        return {event.name: event for event in webhook_events(self.bundle)}

    @cached_property
    def recogniser(self) -> Recogniser:
        """Recognises the event of a payload and lists where it breaks the contract."""
        return Recogniser(self.bundle)

    @cached_property
    def wide(self) -> Compiler:
        """Compiles widened schemas of the contract."""
        return Compiler(widen(self.document))

    @cached_property
    def wide_recogniser(self) -> Recogniser:
        """The same for the widened contract."""
        return Recogniser(replace(self.bundle, document=widen(self.document)))

    def example(self, operation: Operation, name: str | None = None) -> Any:
        """The body of the first request example, or of the one of that name.

        None for operations without a body.
        """
        content = operation.definition.get("requestBody", {}).get("content", {})
        content = content.get(operation.body_type, {})
        examples = content.get("examples", {})
        if name is not None:
            return examples[name]["value"]
        return next((example["value"] for example in examples.values()), None)

    def query_examples(self, operation: Operation) -> Mapping[str, str]:
        """The example of every query parameter that the operation requires."""
        parameters = [
            resolve(parameter, self.document)
            for parameter in operation.definition.get("parameters", ())
        ]
        return {
            parameter["name"]: str(parameter["example"])
            for parameter in parameters
            if parameter["in"] == "query" and parameter.get("required")
        }

    def answer_example(self, operation: Operation) -> tuple[int, str, Any]:
        """Status, content type and document of the first 2xx example."""
        for status in operation.definition["responses"]:
            response = self.response(operation, int(status))
            if not 200 <= int(status) < 300 or response is None:
                continue
            for media_type, content in response.get("content", {}).items():
                for example in content.get("examples", {}).values():
                    return int(status), media_type, example["value"]
                return int(status), media_type, None
            return int(status), "", None
        raise AssertionError(f"{operation.id} promises no 2xx")


def _pattern(path: str) -> re.Pattern[str]:
    prefix, key, suffix = path.partition(KEY)
    return re.compile(f"{re.escape(prefix)}{'(?P<key>[^/]+)' if key else ''}{re.escape(suffix)}/?")


def _promise(provenance: Mapping[str, Any], file: str) -> Promise:
    return Promise(
        grade=str(provenance["grade"]), file=file, sources=tuple(provenance.get("sources", ()))
    )


def _refers_to(node: Any, name: str, document: Mapping[str, Any]) -> bool:
    """Whether a schema has this one, in one of those it is put together from."""
    if isinstance(node, Mapping):
        parts = [part for key, part in node.items() if key not in ("properties", "examples")]
        if isinstance(reference := node.get("$ref"), str):
            if reference.endswith(f"/{name}"):
                return True
            parts.append(resolve(node, document))
        return any(_refers_to(part, name, document) for part in parts)
    return isinstance(node, list) and any(_refers_to(part, name, document) for part in node)
