"""What `megaapi-mock spec show NAME` prints: one operation or webhook, for a person to read."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from ..spec.operations import Operation, WebhookEvent
from ..spec.validate import resolve, resolved_parameters

Json = Mapping[str, Any]
JSON = "application/json"
# A mock as it starts by default, and its first instance.
MOCK, KEY, TOKEN = "http://127.0.0.1:8080", "megacode-TESTKEY0001", "TESTKEY0001"
WIDTH = 100
_SENT: Mapping[str, str] = {
    "on": "sent unasked", "on-demand": "sent when a test asks", "off": "sent if a switch says so",
}  # fmt: skip


def operation_text(operation: Operation, document: Json, sources: Json) -> str:
    """An operation: what it does, how that is known, a call with curl, the answers."""
    definition = operation.definition
    needs = "a linked phone" if operation.needs_connection else "no linked phone"
    lines = [
        f"{operation.method} {operation.path}",
        *_title(operation.id, definition),
        f"{operation.controller}; plans {', '.join(operation.plans)}; "
        f"{operation.effect}; needs {needs}",
        *_text(definition.get("description", "")),
        *_evidence(definition, sources),
        f"Written in spec/{operation.spec_file}",
        *_parameters(definition, document),
        *_examples(operation, document),
        *_answers(definition, document),
    ]
    return "\n".join(lines) + "\n"


def event_text(event: WebhookEvent, document: Json, sources: Json) -> str:
    """A webhook event: what it tells, how that is known, a payload."""
    definition = event.definition
    lines = [
        f"webhook {event.name}, messageType {event.message_type}",
        *_title(event.name, definition),
        f"category {event.category}; {_SENT[event.default]}; sure to come: {event.arrival}",
        *_text(definition.get("description", "")),
        *_evidence(definition, sources),
        f"Written in spec/{event.spec_file}",
    ]
    content = definition["requestBody"]["content"][JSON]
    for name, value, summary in _examples_of(content, document):
        lines += ["", f"Payload {name}: {summary}", _format_json(value)]
    return "\n".join(lines) + "\n"


def curl(operation: Operation, document: Json, body: Any = None) -> str:
    """The call as a command for a shell, against a mock as it starts by default."""
    query = {
        each["name"]: str(each["example"])
        for each in resolved_parameters(operation.definition, document)
        if each["in"] == "query" and "example" in each
    }
    path = operation.path.replace("{instance_key}", KEY)
    url = f"{MOCK}{path}" + (f"?{urlencode(query, safe='@')}" if query else "")
    words = ["curl", *(("-X", operation.method) if operation.method != "GET" else ())]
    words += [url, "-H", f"Authorization: Bearer {TOKEN}"]
    if body is not None:
        words += ["-H", f"Content-Type: {JSON}", "-d", json.dumps(body, ensure_ascii=False)]
    return shlex.join(words)


def _title(name: str, definition: Json) -> list[str]:
    titles = [str(definition[key]) for key in ("summary", "x-summary-pt") if key in definition]
    return [f"{name}: {' / '.join(titles)}", ""]


def _text(text: str) -> list[str]:
    if not text:
        return []
    paragraphs = text.strip().split("\n\n")
    return ["", *"\n\n".join(textwrap.fill(one, WIDTH) for one in paragraphs).split("\n")]


def _evidence(definition: Json, sources: Json) -> Iterator[str]:
    for key, what in (("x-provenance", "Known from"), ("x-path-provenance", "Its path")):
        if key in definition:
            provenance = definition[key]
            yield ""
            yield f"{what}: {provenance['grade']}"
            for source in provenance["sources"]:
                yield f"  {source}: {sources[source]['title']}"


def _parameters(definition: Json, document: Json) -> Iterator[str]:
    parameters = resolved_parameters(definition, document)
    if parameters:
        yield from ("", "Parameters")
    for each in parameters:
        need = "required" if each.get("required") else "optional"
        description = " ".join(str(each.get("description", "")).split())
        yield f"  {each['name']} ({each['in']}, {need}): {description}"


def _examples(operation: Operation, document: Json) -> Iterator[str]:
    content = operation.definition.get("requestBody", {}).get("content", {}).get(JSON, {})
    bodies = [*_examples_of(content, document)]
    if not bodies:
        yield from ("", "Example", f"  {curl(operation, document)}")
    for name, value, summary in bodies:
        yield from ("", f"Example {name}: {summary}", f"  {curl(operation, document, value)}")


def _answers(definition: Json, document: Json) -> Iterator[str]:
    yield from ("", "Answers")
    for status, response_or_reference in definition["responses"].items():
        answer = resolve(response_or_reference, document)
        grade = answer.get("x-provenance", {}).get("grade", "")
        description = " ".join(str(answer.get("description", "")).split())
        yield f"  {status} {description}" + (f" ({grade})" if grade else "")
        examples = [*_examples_of(answer.get("content", {}).get(JSON, {}), document)][:1]
        for _, value, _ in examples:
            yield _format_json(value, "      ")


def _examples_of(content: Json, document: Json) -> Iterator[tuple[str, Any, str]]:
    for name, example_or_reference in content.get("examples", {}).items():
        example = resolve(example_or_reference, document)
        if "value" in example:
            yield name, example["value"], str(example.get("summary", name))


def _format_json(value: Any, margin: str = "  ") -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if len(text) < WIDTH:
        text = json.dumps(value, ensure_ascii=False)
    return textwrap.indent(text, margin)
