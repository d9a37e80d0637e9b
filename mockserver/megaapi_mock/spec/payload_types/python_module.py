"""The types of webhooks as a Python module of TypedDicts, the way `ruff format` leaves it."""

from __future__ import annotations

import json
import keyword
import textwrap
from collections.abc import Iterator

from .message_types import PayloadTypes
from .shapes import AnyOf, Field, ListOf, Literals, MapOf, ObjectShape, Scalar, Shape

WIDTH = 100
# How lines begin that stand apart from those above.
PARAGRAPHS = ("Evidence: ", "Always there ", "`")
_SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
_HEAD = '''"""Every webhook as a type, the way it is on the wire: one for each `messageType`.

Written by `make generated` from the contract, and held to it by a test. Fields that some source, or
some year, shows without are `NotRequired`; there may be others, which the contract does not know.
"""

# Without `from __future__ import annotations`: TypedDict would take every field for required.
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict
'''


def python_module(types: PayloadTypes) -> str:
    """The source of the module."""
    parts = [_HEAD, *(_class(record) for record in types.records)]
    names = [payload.record.name for payload in types.payloads]
    kinds = [payload.message_type for payload in types.payloads]
    alternatives = "\n    | ".join(names)
    rows = "".join(
        f'    "{payload.message_type}": {payload.record.name},\n' for payload in types.payloads
    )
    tables = (
        f"# Any webhook; `messageType` tells which.\nWebhook = (\n    {alternatives}\n)",
        _literal("MessageType", Literals(tuple(kinds)), "# What `messageType` may be."),
        f"# The type by its `messageType`.\nTYPES: Mapping[str, Any] = {{\n{rows}}}\n",
    )
    return "\n\n\n".join(part.rstrip("\n") for part in parts) + "\n\n\n" + "\n\n".join(tables)


def _literal(name: str, literals: Literals, comment: str) -> str:
    value_lines = "".join(f"    {json.dumps(value)},\n" for value in literals.values)
    return f"{comment}\n{name} = Literal[\n{value_lines}]"


def _class(record: ObjectShape) -> str:
    odd = [field for field in record.fields if not _is_member_name(field.name)]
    bases = [record.extends or "TypedDict"]
    lines = []
    if odd:
        # A class cannot have a field of this name: it is a word of the language, or none at all.
        base = f"_{record.name}Words"
        members = ", ".join(f"{json.dumps(field.name)}: {_type(field)}" for field in odd)
        lines += [f'{base} = TypedDict("{base}", {{{members}}})', "", ""]
        bases = [base]
    lines.append(f"class {record.name}({', '.join(bases)}):")
    body = list(_docstring(_record_text(record, odd)))
    for field in record.fields:
        if field in odd:
            continue
        if body:
            body.append("")
        body.append(f"{field.name}: {_type(field)}")
        body += _docstring(field.text)
    lines += [f"    {line}" if line else "" for line in body or ["pass"]]
    return "\n".join(lines)


def _is_member_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")


def _record_text(record: ObjectShape, odd: list[Field]) -> str:
    words = [f"`{field.name}`: {field.text}" for field in odd if field.text]
    return "\n".join(filter(None, (record.text, *words)))


def _docstring(text: str) -> Iterator[str]:
    # A backslash must not begin an escape, nor a quote end the text.
    lines = wrap_text(text.replace("\\", "\\\\").replace('"', '\\"'), WIDTH - 4 - 6)
    if not lines:
        return
    if len(lines) == 1:
        yield f'"""{lines[0]}"""'
        return
    yield f'"""{lines[0]}'
    yield from lines[1:]
    yield '"""'


def wrap_text(text: str, width: int) -> list[str]:
    """The lines of a documentation, each paragraph and item broken where it is too long."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and line.startswith(PARAGRAPHS):
            lines.append("")
        below = "  " if line.startswith("- ") else ""
        lines += textwrap.wrap(line, width, subsequent_indent=below, break_long_words=False)
    return lines


def _type(field: Field) -> str:
    text = _type_text(field.shape)
    return text if field.required else f"NotRequired[{text}]"


def _type_text(shape: Shape) -> str:
    match shape:
        case ObjectShape():
            return shape.name
        case Scalar():
            return _SCALARS[shape.name]
        case Literals() if all(isinstance(each, str | int | None) for each in shape.values):
            return f"Literal[{', '.join(_value(each) for each in shape.values)}]"
        case ListOf():
            return f"list[{_type_text(shape.item)}]"
        case MapOf():
            return f"dict[str, {_type_text(shape.value)}]"
        case AnyOf():
            return " | ".join(_type_text(each) for each in shape.members)
    return "Any"


def _value(value: object) -> str:
    return repr(value) if isinstance(value, bool | None) else json.dumps(value, ensure_ascii=False)
