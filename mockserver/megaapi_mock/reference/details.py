"""What the page of one operation or event says, as plain values for its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..spec.operations import JSON, Operation, WebhookEvent
from ..spec.validate import resolve, resolved_parameters
from .calls import calls_of, examples_of
from .causes import BEFORE, OWNER, cause, emit_command, gateway_way
from .contract import Contract, MenuEntry
from .fields import FieldRow, fields_of
from .payloads import Generations, format_json
from .words import Words

Json = Mapping[str, Any]


def operation_details(operation: Operation, contract: Contract) -> dict[str, Any]:
    """Parameters, calls, body and answers of an operation."""
    definition, document = operation.definition, contract.document
    grade = definition["x-provenance"]["grade"]
    request = definition.get("requestBody", {}).get("content", {}).get(operation.body_type, {})
    answers = list(_answers(definition, document, grade))
    return {
        "operation": operation,
        "parameters": list(_parameters(definition, document, grade)),
        "calls": calls_of(operation, document),
        "body": _fields(request, document, grade),
        "answers": answers,
        "sources": _sources([definition, *_resolved_answers(definition, document)], contract),
    }


def event_details(
    event: WebhookEvent, contract: Contract, generations: Generations, words: Words
) -> dict[str, Any]:
    """Payloads, causes and fields of a webhook event."""
    document = contract.document
    content = event.definition["requestBody"]["content"][JSON]
    call = cause(event.name)
    return {
        "event": event,
        "payloads": list(_examples(content, document)),
        "generations": [
            (", ".join(years), text) for years, text in generations.of(event.name, event.generation)
        ],
        "cause": call,
        "by_owner": call is not None and call.body["from"] == OWNER,
        "before": _before(event.name, contract),
        "way": "" if call else words.way(event.name, gateway_way(event.name)),
        "emit": emit_command(event.name),
        "fields": _fields(content, document, event.grade),
        "sources": _sources([event.definition], contract),
    }


def _before(event: str, contract: Contract) -> tuple[MenuEntry, str, str] | None:
    """What must have come before: its page, the place on it, and the title of that example."""
    name, _, example = BEFORE.get(event, "").partition("/")
    entries = [entry for group in contract.menu().values() for entry in group if not entry.alias]
    paths = {f"operations/{name}.html", f"events/{name}.html"}
    cause = next((entry for entry in entries if entry.path in paths), None)
    if cause is None:
        return None
    calls = [
        call.title
        for operation in contract.operations
        if operation.id == name
        for call in calls_of(operation, contract.document)
        if call.name == example
    ]
    return cause, f"#example-{example}" if calls else "", "".join(calls)


def _parameters(definition: Json, document: Json, grade: str) -> Iterator[dict[str, Any]]:
    for each in resolved_parameters(definition, document):
        own = each.get("x-provenance", {}).get("grade")
        types = each.get("schema", {}).get("type", "string")
        yield {
            "name": each["name"],
            "place": each["in"],
            "type": types if isinstance(types, str) else " | ".join(types),
            "required": bool(each.get("required")),
            "description": str(each.get("description", "")),
            "example": str(each.get("example", "")),
            "grade": own or grade,
            "is_inherited": own is None,
        }


def _answers(definition: Json, document: Json, grade: str) -> Iterator[dict[str, Any]]:
    for status, response_or_reference in definition["responses"].items():
        response = resolve(response_or_reference, document)
        own = response.get("x-provenance", {}).get("grade", grade)
        contents = response.get("content", {})
        yield {
            "status": status,
            "description": str(response.get("description", "")),
            "grade": own,
            "examples": [each for one in contents.values() for each in _examples(one, document)],
            "fields": [
                (kind, rows)
                for kind, one in contents.items()
                if (rows := _fields(one, document, own))
            ],
        }


def _resolved_answers(definition: Json, document: Json) -> list[Json]:
    return [resolve(each, document) for each in definition["responses"].values()]


def _fields(content: Json, document: Json, grade: str) -> list[FieldRow]:
    if "schema" not in content:
        return []
    examples = [example["value"] for _, example in examples_of(content, document)]
    return fields_of(content["schema"], document, grade, examples)


def _examples(content: Json, document: Json) -> Iterator[dict[str, Any]]:
    for name, example in examples_of(content, document):
        value = example["value"]
        yield {
            "name": name,
            "title": str(example.get("summary", name)),
            "grade": example.get("x-provenance", {}).get("grade"),
            "text": value if isinstance(value, str) else format_json(value),
        }


def _sources(nodes: list[Json], contract: Contract) -> list[tuple[str, str]]:
    """The sources that the definitions name, each with its title."""
    names = dict.fromkeys(name for node in nodes for name in _source_names(node))
    sources = contract.sources
    return [(name, str(sources[name]["title"])) for name in names if name in sources]


def _source_names(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _source_names(item)
    elif isinstance(node, Mapping):
        yield from node.get("x-provenance", {}).get("sources", ())
        yield from node.get("x-path-provenance", {}).get("sources", ())
        for name, value in node.items():
            # A value of an example is data of somebody else.
            if name not in ("value", "x-provenance", "x-path-provenance"):
                yield from _source_names(value)
