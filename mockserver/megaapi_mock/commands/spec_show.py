"""What `megaapi-mock spec show NAME` prints: one operation or webhook, for a person to read."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from ..reference.calls import calls_of, examples_of
from ..reference.code import curl_line
from ..reference.fields import fields_of
from ..spec.operations import JSON, Operation, WebhookEvent
from ..spec.validate import resolve, resolved_parameters

Json = Mapping[str, Any]
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
        f"{operation.controller}; plans {', '.join(operation.plans)}{_profile(operation)}; "
        f"{operation.effect}; needs {needs}",
        *_text(definition.get("description", "")),
        *_evidence(definition, sources),
        f"Written in spec/{operation.spec_file}",
        *_parameters(definition, document),
        *_body(definition, document),
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
    for name, example in examples_of(content, document):
        lines += ["", f"Payload {name}: {example['summary']}", _format_json(example["value"])]
    return "\n".join(lines) + "\n"


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


def _body(definition: Json, document: Json) -> Iterator[str]:
    """The fields of the request, each with how sure it is."""
    content = definition.get("requestBody", {}).get("content", {}).get(JSON, {})
    grade = definition["x-provenance"]["grade"]
    examples = [example["value"] for _, example in examples_of(content, document)]
    fields = fields_of(content["schema"], document, grade, examples) if content else []
    if fields:
        yield from ("", "Body")
    for each in fields:
        need = "required" if each.is_required else "optional"
        words = " ".join(" ".join(each.descriptions).split())
        line = f"{each.path} ({' or '.join(each.types)}, {need}; {each.grade}): {words}"
        yield from textwrap.wrap(
            line.rstrip(": "), WIDTH, initial_indent="  ", subsequent_indent="      ",
            break_on_hyphens=False,
        )  # fmt: skip


def _examples(operation: Operation, document: Json) -> Iterator[str]:
    for call in calls_of(operation, document):
        is_only = call.body is None and call.upload is None
        title = "Example" if is_only else f"Example {call.name}: {call.title}"
        yield from ("", title, f"  {curl_line(call)}")


def _answers(definition: Json, document: Json) -> Iterator[str]:
    yield from ("", "Answers")
    for status, response_or_reference in definition["responses"].items():
        answer = resolve(response_or_reference, document)
        grade = answer.get("x-provenance", {}).get("grade", "")
        description = " ".join(str(answer.get("description", "")).split())
        yield f"  {status} {description}" + (f" ({grade})" if grade else "")
        for _, example in [*examples_of(answer.get("content", {}).get(JSON, {}), document)][:1]:
            yield _format_json(example["value"], "      ")


def _format_json(value: Any, margin: str = "  ") -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if len(text) < WIDTH:
        text = json.dumps(value, ensure_ascii=False)
    return textwrap.indent(text, margin)


def _profile(operation: Operation) -> str:
    """How to have it, where the mock as it starts has not."""
    return "" if "code" in operation.plans else f" (serve --profile {operation.plans[0]})"
