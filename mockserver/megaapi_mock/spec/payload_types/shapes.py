"""What a schema allows, reduced to what a type can say: how it is merged, joined and compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

SCALARS = ("string", "integer", "number", "boolean", "null")


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value of one of the JSON types in `SCALARS`."""

    name: str


@dataclass(frozen=True, slots=True)
class Literals:
    """One of these values."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of these."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with names that are free, and such values."""

    value: Shape


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A value of any of these shapes."""

    members: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an object; `text` is its documentation."""

    name: str
    shape: Shape
    required: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object with known members; `name` is the contract's for it, or empty.

    `open`: the contract says that other members are usual. `extends`: the name of the record
    that has the members which it shares with others.
    """

    fields: tuple[Field, ...]
    name: str = ""
    text: str = ""
    open: bool = False
    extends: str = ""

    def field(self, name: str) -> Field | None:
        """The member of this name."""
        return next((each for each in self.fields if each.name == name), None)


Shape = Anything | Scalar | Literals | ListOf | MapOf | AnyOf | ObjectShape


def outline(shape: Shape) -> Any:
    """What is equal for two shapes that allow the same, however they are named and described."""
    match shape:
        case ObjectShape():
            fields = ((each.name, each.required, outline(each.shape)) for each in shape.fields)
            return ("record", shape.open, frozenset(fields))
        case ListOf():
            return ("list", outline(shape.item))
        case MapOf():
            return ("map", outline(shape.value))
        case AnyOf():
            return ("any", frozenset(outline(each) for each in shape.members))
        case Literals():
            return ("choice", frozenset((type(each).__name__, each) for each in shape.values))
    return shape


def _with_source_name(result: ObjectShape, *sources: ObjectShape) -> ObjectShape:
    """The result under the name of the source that it is the same as."""
    for source in sources:
        if outline(result) == outline(source):
            return replace(result, name=source.name, text=source.text or result.text)
    return replace(result, name="")


def merge(one: Shape, other: Shape) -> Shape:
    """What both allow, as `allOf` means it."""
    match one, other:
        case Anything(), _:
            return other
        case _, Anything():
            return one
        case ObjectShape(), ObjectShape():
            return _merge_records(one, other)
        case Literals(), Literals():
            return Literals(tuple(each for each in one.values if each in other.values))
        case _, Literals():
            return other
        case ListOf(), ListOf():
            return ListOf(merge(one.item, other.item))
        case AnyOf(), _:
            return one if isinstance(other, AnyOf) else other
        case Scalar("number"), Scalar("integer"):
            return other
    return one


def _merge_records(one: ObjectShape, other: ObjectShape) -> ObjectShape:
    fields = []
    for each in one.fields:
        twin = other.field(each.name)
        if twin is None:
            fields.append(each)
            continue
        shape = merge(each.shape, twin.shape)
        fields.append(
            Field(each.name, shape, each.required or twin.required, twin.text or each.text)
        )
    fields += [each for each in other.fields if one.field(each.name) is None]
    text = other.text or one.text
    merged = ObjectShape(tuple(fields), text=text, open=one.open or other.open)
    return _with_source_name(merged, one, other)


def join(one: Shape, other: Shape) -> Shape:
    """What either allows, as one shape: members that one of them lacks become optional."""
    if one is other:
        # Most parts are the same schema of the contract: not to compare them takes seconds off.
        return one
    match one, other:
        case ObjectShape(), ObjectShape():
            return _join_records(one, other)
        case ListOf(), ListOf():
            return ListOf(join(one.item, other.item))
        case MapOf(), MapOf():
            return MapOf(join(one.value, other.value))
    return any_of((one, other))


def _join_records(one: ObjectShape, other: ObjectShape) -> ObjectShape:
    fields = []
    for each in one.fields:
        twin = other.field(each.name)
        if twin is None:
            fields.append(replace(each, required=False))
            continue
        shape = join(each.shape, twin.shape)
        fields.append(
            Field(each.name, shape, each.required and twin.required, each.text or twin.text)
        )
    fields += [replace(each, required=False) for each in other.fields if not one.field(each.name)]
    joined = ObjectShape(tuple(fields), text=one.text or other.text, open=one.open and other.open)
    return _with_source_name(joined, one, other)


def any_of(shapes: Iterable[Shape]) -> Shape:
    """One shape for values of any of these."""
    members: list[Shape] = []
    values: list[Any] = []
    for shape in shapes:
        for each in shape.members if isinstance(shape, AnyOf) else (shape,):
            if isinstance(each, Literals):
                # `True == 1`, but they are two values.
                typed_values = [(type(value), value) for value in values]
                values += [
                    value for value in each.values if (type(value), value) not in typed_values
                ]
            elif outline(each) not in [outline(member) for member in members]:
                members.append(each)
    if Anything() in members:
        return Anything()
    scalars = {each.name for each in members if isinstance(each, Scalar)}
    literals = tuple(value for value in values if _type_of(value) not in scalars)
    if {True, False} == {*literals} and all(isinstance(value, bool) for value in literals):
        members.append(Scalar("boolean"))
    elif literals:
        members.append(Literals(literals))
    return members[0] if len(members) == 1 else AnyOf(tuple(members))


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "integer", float: "number"}.get(type(value), "null")
