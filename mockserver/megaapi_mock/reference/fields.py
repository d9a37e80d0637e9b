"""The fields of a schema as rows of a table: names, types, and how well each is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..spec.validate import resolve

Json = Mapping[str, Any]
_BRANCHES = ("anyOf", "oneOf")
# What holds only sometimes: its fields exist, and none of them is required.
_SOMETIMES = ("then", "else")
# No schema of the contract needs more, once those that contain themselves are listed once.
_DEEPEST = 12
# An object with so many fields called `...Message` holds a message of whatever kind.
_KINDS_LEAST = 8


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One row. `grade` is the field's own, or that of what it stands in (`is_inherited`).

    `others` are kinds of message that may stand there too and have pages of their own.
    """

    path: str
    types: tuple[str, ...]
    is_required: bool
    descriptions: tuple[str, ...]
    values: tuple[str, ...]
    default: str | None
    pattern: str | None
    grade: str
    is_inherited: bool
    others: tuple[str, ...]


@dataclass
class _Shape:
    """What the parts of a schema say together; `parts` has the grade of whatever declares it."""

    types: list[str] = field(default_factory=list)
    properties: dict[str, list[Any]] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: list[Any] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    defaults: list[Any] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    grades: list[str] = field(default_factory=list)
    references: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the payload we are: its path, the examples' values there, the schemas around."""

    path: str
    values: Sequence[Any]
    above: frozenset[str]
    depth: int = 0

    def below(self, name: str, references: Iterable[str] = ()) -> _Place:
        """The place of a field; `[]` is every item of a list."""
        values: list[Any] = []
        for value in self.values:
            if name == "[]" and isinstance(value, list):
                values += value
            elif isinstance(value, Mapping) and name in value:
                values.append(value[name])
        joint = "." if self.path and name != "[]" else ""
        path = f"{self.path}{joint}{name}"
        return _Place(path, values, self.above | set(references), self.depth + 1)


def fields_of(
    schema: Any, document: Json, grade: str, examples: Sequence[Any] = ()
) -> list[FieldRow]:
    """Every field below the schema, outer ones first; none where it is not an object or list.

    `grade` is that of what the schema belongs to. A schema within itself is listed once. Where a
    message of any kind may stand, the kinds that the examples have are listed.
    """
    start = _Place("", examples, frozenset())
    return list(_Fields(document).rows(_shape([schema], document, grade), start, grade))


class _Fields:
    """One table."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def rows(self, shape: _Shape, place: _Place, grade: str) -> Iterator[FieldRow]:
        """The rows of everything below a place."""
        if place.depth > _DEEPEST or shape.references & place.above:
            return
        if shape.items:
            items = _shape(shape.items, self._document, grade)
            yield from self.rows(items, place.below("[]", shape.references), grade)
        others = set(_others(shape, place))
        for name, schemas in shape.properties.items():
            if name in others:
                continue
            outer = shape.parts[name]
            inner = _shape(schemas, self._document, outer)
            own = inner.grades[0] if inner.grades else outer
            here = place.below(name, shape.references)
            is_required = name in shape.required
            yield self._row(inner, here, own, is_required=is_required)
            yield from self.rows(inner, here, own)

    def _row(self, shape: _Shape, place: _Place, grade: str, *, is_required: bool) -> FieldRow:
        return FieldRow(
            path=place.path,
            types=self._types(shape),
            is_required=is_required,
            descriptions=tuple(dict.fromkeys(shape.descriptions)),
            values=tuple(dict.fromkeys(_text(value) for value in shape.values)),
            default=_text(shape.defaults[0]) if shape.defaults else None,
            pattern=shape.patterns[0] if shape.patterns else None,
            grade=grade,
            is_inherited=not shape.grades,
            others=tuple(_others(shape, place)),
        )

    def _types(self, shape: _Shape) -> tuple[str, ...]:
        """Its types, those of a list with what it holds: `array of object`."""
        names = _names(shape)
        if not shape.items:
            return names
        inside = " or ".join(_names(_shape(shape.items, self._document, "")))
        return tuple(f"array of {inside}" if name == "array" else name for name in names)


def _others(shape: _Shape, place: _Place) -> list[str]:
    """Kinds of message that may stand at a place, and that no example has there."""
    if sum(name.endswith("Message") for name in shape.properties) < _KINDS_LEAST:
        return []
    names = {name for value in place.values if isinstance(value, Mapping) for name in value}
    return [name for name in shape.properties if name not in names | shape.required]


def _names(shape: _Shape) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shape.types)) or (("object",) if shape.properties else ("any",))


def _shape(schemas: Sequence[Any], document: Json, grade: str) -> _Shape:
    shape = _Shape()
    for schema in schemas:
        _add(shape, schema, document, grade)
    return shape


def _add(shape: _Shape, schema: Any, document: Json, grade: str) -> None:
    """Put a part's own words in, then those of what it refers to and is combined of."""
    if not isinstance(schema, Mapping):
        return
    grade = schema.get("x-provenance", {}).get("grade", grade)
    _add_own(shape, schema, grade)
    if "$ref" in schema and schema["$ref"] not in shape.references:
        shape.references.add(schema["$ref"])
        _add(shape, resolve({"$ref": schema["$ref"]}, document), document, grade)
    for part in schema.get("allOf", ()):
        _add(shape, part, document, grade)
    for name in _BRANCHES:
        _add_choice(shape, [_shape([branch], document, grade) for branch in schema.get(name, ())])
    for name in _SOMETIMES:
        if name in schema:
            _add_choice(shape, [_shape([schema[name]], document, grade), _Shape()])


def _add_own(shape: _Shape, schema: Json, grade: str) -> None:
    types = schema.get("type", ())
    shape.types += [types] if isinstance(types, str) else types
    for name, value in schema.get("properties", {}).items():
        shape.properties.setdefault(name, []).append(value)
        shape.parts.setdefault(name, grade)
    shape.required.update(schema.get("required", ()))
    shape.values += schema.get("enum", ())
    for words, key in (
        (shape.items, "items"),
        (shape.descriptions, "description"),
        (shape.values, "const"),
        (shape.defaults, "default"),
        (shape.patterns, "pattern"),
    ):
        words += [schema[key]] if key in schema else []
    shape.grades += [grade] if "x-provenance" in schema else []


def _add_choice(shape: _Shape, branches: Sequence[_Shape]) -> None:
    """One of several: all their fields are possible, and required is what each requires."""
    if not branches:
        return
    for branch in branches:
        shape.types += branch.types
        for name, schemas in branch.properties.items():
            forms = shape.properties.setdefault(name, [])
            forms += [schema for schema in schemas if schema not in forms]
            shape.parts.setdefault(name, branch.parts[name])
        shape.items += [item for item in branch.items if item not in shape.items]
        shape.descriptions += branch.descriptions
        shape.references |= branch.references
        shape.patterns += branch.patterns
    if all(branch.values for branch in branches):
        shape.values += [value for branch in branches for value in branch.values]
    shape.required |= set.intersection(*(branch.required for branch in branches))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
