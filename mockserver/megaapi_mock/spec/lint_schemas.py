"""Lint: schemas that promise something, name what they require, and fit their examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .lint_nodes import LintedContract, Node
from .lint_rules import LintFinding
from .validate import resolve

Schema = Mapping[str, Any]

FORBIDDEN = {
    "nullable": "is OpenAPI 3.0: add 'null' to the type",
    "format": "is checked by some tools only: use a pattern",
    "discriminator": "is not followed by every tool: use anyOf with const",
    "example": "is deprecated in schemas: use examples",
}
# A schema with one of these says something about the value.
TELLING = frozenset(
    "type const enum $ref allOf anyOf oneOf not if properties required pattern items".split()
)
CLOSERS = frozenset("properties patternProperties const enum $ref allOf anyOf oneOf".split())
CONDITIONS = frozenset({"if", "not"})
LOOKAROUND = re.compile(r"\(\?<?[=!]")


def find_forbidden(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Keywords that tools read differently, or not at all."""
    for keyword, reason in FORBIDDEN.items():
        # Clients are generated with a file there only where the schema says this.
        is_file = keyword == "format" and node.value.get("format") == "binary"
        if keyword in node.value and not is_file:
            yield node.finding("forbidden-keyword", f"{keyword} {reason}")


def patterns(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Patterns that match in the middle, or that generators cannot read."""
    own = node.value.get("pattern")
    keys = node.value.get("patternProperties") or {}
    for pattern in (*([own] if isinstance(own, str) else []), *keys):
        if LOOKAROUND.search(pattern):
            yield node.finding("pattern-lookaround", f"{pattern} looks ahead or behind")
        if not _is_anchored(pattern):
            yield node.finding("pattern-unanchored", f"{pattern}: write ^...$ around all of it")


def _is_anchored(pattern: str) -> bool:
    """Whether ^ and $ hold for the whole, not for one side of an alternative."""
    bare = re.sub(r"\\.", "_", pattern)
    bare = re.sub(r"\[[^]]*\]", "_", bare)
    while (inner := re.sub(r"\([^()]*\)", "_", bare)) != bare:
        bare = inner
    return bare.startswith("^") and bare.endswith("$") and "|" not in bare


def openness(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """What the gateway sends has named fields; x-open: true with a description excuses it."""
    if "x-open" in node.value:
        if node.value["x-open"] is not True or not node.value.get("description"):
            yield node.finding("open-unexplained", "x-open is true, beside a description")
        return
    if not node.is_promised or _in_condition(node):
        return
    if "object" in _types(node.value) and not _has_fields(node.value):
        yield node.finding("object-bare", "an object without properties promises nothing")
    elif not TELLING & set(node.value) and _is_whole(node):
        yield node.finding("schema-empty", "the schema promises nothing: give it a type")
    elif "array" in _types(node.value) and not {"items", "prefixItems"} & set(node.value):
        yield node.finding("array-bare", "an array without items promises nothing")


def _types(schema: Schema) -> Sequence[str]:
    types = schema.get("type", ())
    return [types] if isinstance(types, str) else types


def _has_fields(schema: Schema) -> bool:
    if CLOSERS & set(schema):
        return True
    further = schema.get("additionalProperties")
    return further is False or bool(isinstance(further, Mapping) and further)


def _in_condition(node: Node) -> bool:
    return bool(CONDITIONS & set(node.place.split("/")))


def _is_whole(node: Node) -> bool:
    """Not a branch of a combination, whose siblings may say the rest."""
    steps = node.place.split("/")
    return not {"allOf", "then", "else"} & set(steps[-2:])


def find_undeclared(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Names in `required` that no `properties` declares, siblings in allOf considered.

    Looks at whole schemas from outside: only there the siblings of each part are in sight.
    """
    if node.within != "schema":
        yield from _undeclared_names(node, node.value, node.place, (), contract.document)


def _undeclared_names(
    node: Node, schema: Schema, place: str, beside: Sequence[Schema], document: Schema
) -> Iterator[LintFinding]:
    """`beside`: other schemas that hold for the same value and may declare the name."""
    group = [*_parts(schema, document), *beside]
    property_names = {name for part in group for name in part.get("properties", ())}
    for name in schema.get("required", ()):
        if name not in property_names:
            rule, message = "required-undeclared", f"{name!r} is required but not in properties"
            yield LintFinding(node.file, place, rule, message)
    for step, inner, others in _inside(schema, group, document):
        yield from _undeclared_names(node, inner, f"{place}/{step}".strip("/"), others, document)


def _inside(
    schema: Schema, group: list[Schema], document: Schema
) -> Iterator[tuple[str, Schema, list[Schema]]]:
    """Each schema inside, with those that hold for the same value as it does."""
    for step, inner in _branches(schema):
        yield step, inner, group
    for name, inner in (schema.get("properties") or {}).items():
        if isinstance(inner, Mapping):
            same = (part.get("properties", {}).get(name) for part in group)
            others = [other for other in same if isinstance(other, Mapping) and other is not inner]
            deep = [part for other in others for part in _parts(other, document)]
            yield f"properties/{name}", inner, deep
    for step in ("items", "contains", "additionalProperties"):
        if isinstance(schema.get(step), Mapping):
            yield step, schema[step], []


def _branches(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Schemas inside that speak about the same value."""
    for key in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(schema.get(key, ())):
            if isinstance(branch, Mapping):
                yield f"{key}/{index}", branch
    for key in ("if", "then", "else", "not"):
        if isinstance(schema.get(key), Mapping):
            yield key, schema[key]


def _parts(schema: Schema, document: Schema, *, sure: bool = False) -> list[Schema]:
    """The schema, what it refers to and what it combines, flat; `sure`: what always holds."""
    parts: list[Schema] = []
    waiting: list[Schema] = [schema]
    while waiting:
        part = waiting.pop()
        if any(part is part_seen for part_seen in parts):
            continue
        parts.append(part)
        if "$ref" in part:
            waiting.append(resolve({"$ref": part["$ref"]}, document))
        waiting.extend(
            branch for step, branch in _branches(part) if not sure or step.startswith("allOf")
        )
    return parts


_LIMITS = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minimum", "maximum"),
)


def possible_values(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Limits that leave no value, and a value that stands twice in an enumeration."""
    for low, high in _LIMITS:
        if low in node.value and high in node.value and node.value[low] > node.value[high]:
            message = f"{low} is above {high}: no value fits"
            yield node.finding("bounds-crossed", message)
    values = [json.dumps(value, sort_keys=True) for value in node.value.get("enum") or ()]
    if len(set(values)) < len(values):
        yield node.finding("enum-values", "enum has a value twice")
    types = _types(node.value)
    for value in node.value.get("enum") or () if types else ():
        if not contract.compiler.compile({"type": list(types)}).is_valid(value):
            message = f"enum has {json.dumps(value)}, which is not of type {' or '.join(types)}"
            yield node.finding("enum-values", message)


def step_into(schema: Schema, name: str, document: Schema) -> Schema | None:
    """The schema of a property that is required; None where it is optional or unknown."""
    parts = _parts(schema, document, sure=True)
    if not any(name in part.get("required", ()) for part in parts):
        return None
    return next(
        (part["properties"][name] for part in parts if name in part.get("properties", ())), None
    )


def own_values(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A schema's default and examples that it would itself refuse."""
    values = [("default", node.value["default"])] if "default" in node.value else []
    values += [(f"examples/{i}", value) for i, value in enumerate(node.value.get("examples", ()))]
    for place, value in values:
        yield from misfits(node, node.value, place, value, contract)


def examples(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Examples of a parameter, header, request or reply that do not fit the schema beside them."""
    schema = node.value.get("schema")
    if not isinstance(schema, Mapping) or node.is_reference:
        return
    examples_by_name = node.value.get("examples") or {}
    values = [
        (f"examples/{name}", resolve(example, contract.document).get("value"))
        for name, example in examples_by_name.items()
    ]
    if "example" in node.value:
        values.append(("example", node.value["example"]))
    for place, value in values:
        yield from misfits(node, schema, place, value, contract)


def misfits(
    node: Node, schema: Schema, place: str, value: Any, contract: LintedContract
) -> Iterator[LintFinding]:
    """At most one finding per value: where it breaks the schema first."""
    error = next(contract.compiler.compile(schema).iter_errors(value), None)
    if error is not None:
        position = "/".join(map(str, error.instance_path)) or "the value"
        yield node.finding("example-misfit", f"{place}: {position}: {error.message[:200]}")
