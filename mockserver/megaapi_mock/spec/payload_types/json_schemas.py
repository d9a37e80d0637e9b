"""The types of webhooks as schemas for the one-file form, below one for any webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import SpecError
from .message_types import PayloadTypes
from .shapes import AnyOf, ListOf, Literals, MapOf, ObjectShape, Scalar, Shape

Json = dict[str, Any]
ANY_WEBHOOK = "AnyWebhook"
_PREFIX = "#/components/schemas/"
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_TEXT = (
    "Any webhook that has a `messageType`, which tells its type: one for each, joined from all "
    "events of the contract that arrive as it. Fields that some event, or some year, shows without "
    "are optional. A webhook of a type that is not listed is none of these."
)


def webhook_schemas(types: PayloadTypes, components: Mapping[str, Any]) -> Json:
    """`AnyWebhook` and all it needs that `components`, the contract's own schemas, do not have."""
    if not types.payloads:
        return {}
    return _Writer(types, components).schemas()


class _Writer:
    """Writes the records of a contract that has not all of them among its own schemas."""

    def __init__(self, types: PayloadTypes, components: Mapping[str, Any]) -> None:
        self._types = types
        self._records = {each.name: each for each in types.records}
        # Contract's schemas that say more than the record of their name.
        stricter = [
            name for name in self._records if name in components and not types.is_component(name)
        ]
        self._names = {name: _free_name(name, stricter) for name in self._records}
        for name, own in self._names.items():
            if name != own and (own in components or own in self._records):
                raise SpecError(
                    f"two schemas of the one-file form would be called {own}: rename one"
                )

    def schemas(self) -> Json:
        """The schemas by name, the union first."""
        definitions: Json = {ANY_WEBHOOK: self._union()}
        for name in self._needed_records():
            definitions[self._names[name]] = self._record(self._records[name])
        return definitions

    def _needed_records(self) -> Iterator[str]:
        """The records to write that the union leads to, in the order they are met."""
        waiting = [payload.record.name for payload in self._types.payloads]
        names_met = set(waiting)
        while waiting:
            name = waiting.pop(0)
            if self._types.is_component(name):
                continue
            yield name
            below = [each for each in _names_in(self._records[name]) if each not in names_met]
            names_met.update(below)
            waiting += dict.fromkeys(below)

    def _union(self) -> Json:
        payloads = self._types.payloads
        mapping = {each.message_type: _PREFIX + each.record.name for each in payloads}
        return {
            "description": _TEXT,
            "oneOf": [{"$ref": reference} for reference in mapping.values()],
            "discriminator": {"propertyName": "messageType", "mapping": mapping},
        }

    def _record(self, record: ObjectShape) -> Json:
        own: Json = {"type": "object"}
        required = [each.name for each in record.fields if each.required]
        if required:
            own["required"] = required
        own["properties"] = {each.name: self._field(each) for each in record.fields}
        if record.open:
            own["additionalProperties"] = True
        text = {"description": record.text} if record.text else {}
        if not record.extends:
            return text | own
        return text | {"allOf": [{"$ref": _PREFIX + self._names[record.extends]}, own]}

    def _field(self, field: Any) -> Json:
        schema = self._schema(field.shape)
        # Beside a reference a description is lost, or wrapped, in what is made from it.
        return schema | ({"description": field.text} if field.text and "$ref" not in schema else {})

    def _schema(self, shape: Shape) -> Json:
        match shape:
            case ObjectShape():
                return {"$ref": _PREFIX + self._names[shape.name]}
            case Scalar():
                return {"type": shape.name}
            case Literals():
                return _literals(shape)
            case ListOf():
                return {"type": "array", "items": self._schema(shape.item)}
            case MapOf():
                return {"type": "object", "additionalProperties": self._schema(shape.value)}
            case AnyOf():
                return self._any_of(shape)
        return {}

    def _any_of(self, shape: AnyOf) -> Json:
        scalars = [each.name for each in shape.members if isinstance(each, Scalar)]
        if len(scalars) == len(shape.members):
            return {"type": scalars}
        return {"anyOf": [self._schema(each) for each in shape.members]}


def _free_name(name: str, used_names: Sequence[str]) -> str:
    """A name that is neither one of those taken, nor one that generators give to what is in them.

    They call the object in the member `body` of `ListMessage` `ListMessageBody`.
    """
    clash = any(re.match(rf"{each}([A-Z]|$)", name) for each in used_names)
    return f"Any{name}" if clash else name


def _literals(shape: Literals) -> Json:
    kinds = [*dict.fromkeys(_JSON_TYPES[type(each)] for each in shape.values)]
    schema: Json = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if len(shape.values) == 1:
        return schema | {"const": shape.values[0]}
    return schema | {"enum": [*shape.values]}


def _names_in(shape: Shape) -> Iterator[str]:
    """The names of the records that this one refers to itself."""
    if isinstance(shape, ObjectShape) and shape.extends:
        yield shape.extends
    parts: list[Shape] = [shape]
    if isinstance(shape, ObjectShape):
        parts = [each.shape for each in shape.fields]
    while parts:
        match parts.pop(0):
            case ObjectShape(name=name):
                yield name
            case ListOf(item=inside) | MapOf(value=inside):
                parts.append(inside)
            case AnyOf(members=members):
                parts += members
