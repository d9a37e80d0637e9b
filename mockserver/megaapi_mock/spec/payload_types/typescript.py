"""The types of webhooks as declarations for TypeScript."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .message_types import Payload, PayloadTypes
from .python_module import wrap_text
from .shapes import AnyOf, ListOf, Literals, MapOf, ObjectShape, Scalar, Shape

WIDTH = 96
_SCALARS = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_HEAD = """/**
 * Every webhook of megaAPI as a type, the way it is on the wire: one for each `messageType`.
 *
 * `switch (webhook.messageType)` narrows a `Webhook`. Fields that some source, or some year, shows
 * without are optional; there may be others, which the contract does not know.
 *
 * Written by `megaapi-mock spec types` from the contract.
 */
"""


def typescript_declarations(types: PayloadTypes) -> str:
    """The text of a `.d.ts` file: types only."""
    names = {payload.record.name: _names(payload) for payload in types.payloads}
    parts = [_HEAD]
    for record in types.records:
        parts.append(_interface(record))
        parts += [_bare_interface(record, name) for name in names.get(record.name, ())[1:]]
    value_lines = "".join(
        f"\n  | {name}" for payload in types.payloads for name in names[payload.record.name]
    )
    parts.append("/** Any webhook; `messageType` tells which. */")
    parts[-1] += f"\nexport type Webhook ={value_lines};\n"
    parts.append(
        "/** What `messageType` may be. */\n"
        'export type MessageType = NonNullable<Webhook["messageType"]>;\n'
    )
    rows = ""
    for event in types.event_names:
        either = " | ".join(name for record in types.types_of(event) for name in names[record])
        rows += f"  {json.dumps(event)}: {either};\n"
    parts.append(
        "/** What each event of the contract (`megaapi-mock events`) may arrive as. */\n"
        f"export interface WebhooksByEvent {{\n{rows}}}\n"
    )
    return "\n".join(parts)


def _names(payload: Payload) -> tuple[str, ...]:
    """The name of the interface, and of the one without a messageType if that may be missing."""
    name = payload.record.name
    return (name, f"Bare{name}") if payload.bare else (name,)


def _interface(record: ObjectShape) -> str:
    extends = f" extends {record.extends}" if record.extends else ""
    lines = [*_comment(record.text, ""), f"export interface {record.name}{extends} {{"]
    for field in record.fields:
        lines += _comment(field.text, "  ")
        mark = "" if field.required else "?"
        lines.append(f"  {_name(field.name)}{mark}: {_type_text(field.shape)};")
    if record.open:
        lines += ["  /** Whatever else there is. */", "  [name: string]: unknown;"]
    return "\n".join([*lines, "}", ""])


def _bare_interface(record: ObjectShape, name: str) -> str:
    return (
        "/** The same without a `messageType`: compare it with `undefined`. */\n"
        f'export interface {name} extends Omit<{record.name}, "messageType"> {{\n'
        "  messageType?: never;\n}\n"
    )


def _comment(text: str, indent: str) -> Iterator[str]:
    lines = [line.replace("*/", "*\\/") for line in wrap_text(text, WIDTH - len(indent))]
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}".rstrip() for line in lines)
        yield f"{indent} */"


def _name(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _type_text(shape: Shape) -> str:
    match shape:
        case ObjectShape():
            return shape.name
        case Scalar():
            return _SCALARS[shape.name]
        case Literals():
            return " | ".join(json.dumps(each, ensure_ascii=False) for each in shape.values)
        case ListOf():
            inner = _type_text(shape.item)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case MapOf():
            return f"{{ [name: string]: {_type_text(shape.value)} }}"
        case AnyOf():
            return " | ".join(_type_text(each) for each in shape.members)
    return "unknown"
