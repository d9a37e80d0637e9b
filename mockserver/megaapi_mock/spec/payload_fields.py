"""Which fields a webhook's payload may have, so that a typo in what is set can be named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors.names import did_you_mean
from .json_pointer import target_of
from .value_types import fits, mismatch, types_of

Json = Mapping[str, Any]
_COMBINED = ("allOf", "anyOf", "oneOf")
# Fields that hold a message of whatever kind.
_MESSAGES = ("message", "editedMessage")
# A copy of any message of before, and names with dots in them: nothing below is checked.
_UNCHECKED = ("quotedMessage", "presences")
# Deeper than any payload of the contract; schemas may contain themselves.
_DEEPEST = 12
# As many items of a list are looked at.
_LISTED_MOST = 50


@dataclass(frozen=True, slots=True)
class _Place:
    """The schemas and the values of samples at one path."""

    schemas: list[Json]
    values: list[Any]


class PayloadFields:
    """The fields of every webhook event, by the contract's document and by the samples."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def mistake(self, event: str, path: str, value: Any, sample: Json) -> str | None:
        """Why a dotted path, or a name inside an object set there, is not a field of the event,
        or its value has a type that the field never has.

        A sentence with the name that was probably meant, or the type; None when the contract, or
        the sample, knows it.
        """
        for steps, below in _paths(path, value):
            mistake = self._mistake(event, steps, below, sample)
            if mistake is not None:
                return mistake
        return None

    def is_text(self, event: str, path: str, sample: Json) -> bool:
        """Whether the field at this path is always a string."""
        place = self._place(event, tuple(path.split(".")), sample)
        return isinstance(place, _Place) and self._types(place) == {"string"}

    def _mistake(self, event: str, steps: tuple[str, ...], value: Any, sample: Json) -> str | None:
        place = self._place(event, steps, sample)
        if not isinstance(place, _Place):
            return place
        types = self._types(place)
        if fits(value, types):
            return None
        return f"{'.'.join(steps)} {mismatch(value, types)}"

    def _types(self, place: _Place) -> set[str]:
        return types_of(self._flat(place.schemas), place.values)

    def _place(self, event: str, steps: tuple[str, ...], sample: Json) -> _Place | str | None:
        """What the contract and the sample have at a path; a sentence where they have nothing.

        None where nothing is checked.
        """
        schemas, values = [self._schema(event)], [sample]
        for position, step in enumerate(steps):
            names = {*_names(values), *self._properties(schemas)}
            index = _is_index(step) and any(isinstance(each, list) for each in values)
            # A kind of message of which nothing is written but what all have is free.
            if index or not names - {"contextInfo"}:
                names.add(step)
            if step not in names and not self._open(schemas):
                return _sentence(event, steps, position, names)
            if step in _UNCHECKED:
                return None
            inside = position < len(steps) - 1
            if step in _MESSAGES and inside:
                schemas = self._messages
            else:
                schemas = self._below(schemas, step)
            values = [below for each in values for below in _below(each, step)]
        return _Place(schemas, values)

    def _schema(self, event: str) -> Json:
        operation = self._document["webhooks"][event]["post"]
        schema: Json = operation["requestBody"]["content"]["application/json"]["schema"]
        return schema

    @cached_property
    def _messages(self) -> list[Json]:
        """What any message may be: one may be set, quoted or wrapped that is of another kind."""
        every = self._document["webhooks"]
        return [each for name in every for each in self._below([self._schema(name)], "message")]

    def _flat(self, schemas: Iterable[Json], depth: int = 0) -> Iterator[Json]:
        """The schemas with everything they refer to or are combined of."""
        for schema in schemas:
            if depth > _DEEPEST or not isinstance(schema, Mapping):
                continue
            yield schema
            if "$ref" in schema:
                yield from self._flat([target_of(schema["$ref"], self._document)], depth + 1)
            for name in _COMBINED:
                yield from self._flat(schema.get(name, ()), depth + 1)

    def _properties(self, schemas: Iterable[Json]) -> set[str]:
        return {name for each in self._flat(schemas) for name in each.get("properties", ())}

    def _open(self, schemas: Iterable[Json]) -> bool:
        """Whether names are free there: a map of names to values, or a list."""
        flat = list(self._flat(schemas))
        return any(
            isinstance(each.get("additionalProperties"), Mapping)
            or "patternProperties" in each
            or "items" in each
            for each in flat
        )

    def _below(self, schemas: Iterable[Json], step: str) -> list[Json]:
        inner_schemas: list[Json] = []
        for each in self._flat(schemas):
            if step in each.get("properties", ()):
                inner_schemas.append(each["properties"][step])
            for name in ("items", "additionalProperties"):
                if isinstance(each.get(name), Mapping):
                    inner_schemas.append(each[name])
        return inner_schemas


def _paths(path: str, value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The path with its value, and those of everything in an object or list that is set there."""
    steps = tuple(path.split("."))
    yield steps, value
    yield from _inside(steps, value)


def _inside(steps: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if len(steps) >= _DEEPEST:
        return
    for name, below in _items(value):
        yield (*steps, name), below
        yield from _inside((*steps, name), below)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """What is inside of an object, or of the beginning of a list."""
    if isinstance(value, Mapping):
        yield from ((str(name), below) for name, below in value.items())
    elif isinstance(value, list):
        yield from ((str(number), below) for number, below in enumerate(value[:_LISTED_MOST]))


def _names(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping):
            yield from value


def _below(value: Any, step: str) -> list[Any]:
    if isinstance(value, Mapping):
        return [value[step]] if step in value else []
    return list(value) if isinstance(value, list) else []


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit()


def _sentence(event: str, steps: tuple[str, ...], position: int, names: set[str]) -> str:
    place = ".".join(steps[: position + 1])
    near = did_you_mean(steps[position], names, most=2).strip()
    above = ".".join(steps[:position])
    if near and above:
        near = near.replace("did you mean ", f"did you mean {above}.").replace(
            " or ", f" or {above}."
        )
    suggestion = near or f"there are {', '.join(sorted(names)[:12])}"
    return f"{place} is not a field of {event}: {suggestion}"
