"""One type for each `messageType`, joined from all events that a receiver may get under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

from ...errors import SpecError
from ..bundle import Bundle
from ..operations import WebhookEvent, webhook_events
from .names import item_name, member_name, type_name
from .reading import SchemaReader, evidence_of
from .shapes import AnyOf, Field, ListOf, Literals, MapOf, ObjectShape, Shape, any_of, join, outline

# What every message has besides its type and content is one type, which all others extend.
BASE = "MessageWebhook"
# So is what may stand beside a content.
SIDES = "BesideContent"
_SIDES_TEXT = "What may stand beside the content of a message, whatever that is."
# In payloads of 2023 this stood for some contents: anything may be inside.
ANY_CONTENT = "messageContextInfo"


@dataclass(frozen=True, slots=True)
class Payload:
    """The webhooks of one messageType.

    `bare`: they may come without it. The record has it all the same, because a union narrows by
    nothing else.
    """

    message_type: str
    record: ObjectShape
    events: tuple[str, ...]
    bare: bool = False


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of the contract with its shape and the types it may have."""

    event: WebhookEvent
    shape: ObjectShape

    @property
    def types(self) -> tuple[str, ...]:
        """The messageTypes it arrives under."""
        field = self.shape.field("messageType")
        if field is not None and isinstance(field.shape, Literals):
            return field.shape.values
        return (self.event.message_type,)

    @property
    def content(self) -> ObjectShape | None:
        """What its `message` is; None where it is not a message."""
        field = self.shape.field("message")
        return field.shape if field is not None and isinstance(field.shape, ObjectShape) else None


class PayloadTypes:
    """All types of a contract's webhooks; `records` are in the order they need each other."""

    def __init__(self, bundle: Bundle) -> None:
        reader = SchemaReader(bundle.document)
        self._events = [
            _Event(event, _record(reader.shape(_schema(event)))) for event in webhook_events(bundle)
        ]
        self._components = reader.records
        self._by_outline = {outline(each): each for each in reversed(self._components.values())}
        # Parts of messages of which an echo of one's own may have less than what others send.
        self._weaker: dict[str, ObjectShape] = {}
        self._records: dict[str, ObjectShape] = {}
        # Of each of them, before what is in it had a name.
        self._outlines: dict[str, Any] = {}

    @cached_property
    def payloads(self) -> tuple[Payload, ...]:
        """Every messageType, in the order of the contract's events."""
        kinds = dict.fromkeys(kind for event in self._events for kind in event.types)
        payloads = [self._payload(kind) for kind in kinds]
        if any(each.content for each in self._events):
            for shared in (self._base(), self._sides()):
                self._finish(shared)
        return tuple(replace(each, record=self._finish(each.record)) for each in payloads)

    @property
    def records(self) -> tuple[ObjectShape, ...]:
        """Every named object, those that others are made of first."""
        assert self.payloads
        return tuple(self._records.values())

    @property
    def event_names(self) -> tuple[str, ...]:
        """Every event of the contract."""
        return tuple(each.event.name for each in self._events)

    def is_component(self, name: str) -> bool:
        """Whether the record of this name is the contract's own schema, unchanged."""
        assert self.payloads
        own = self._components.get(name)
        return own is not None and outline(own) == self._outlines[name]

    def types_of(self, event: str) -> tuple[str, ...]:
        """The names of the types that an event arrives as."""
        return tuple(each.record.name for each in self.payloads if event in each.events)

    def _base(self) -> ObjectShape:
        messages = [each.shape for each in self._events if each.content]
        record = reduce(_join, (_without(each, "messageType", "message") for each in messages))
        return replace(record, name=BASE, text=self._components["WebhookMessage"].text)

    def _sides(self) -> ObjectShape:
        contents = [each.content for each in self._events if each.content]
        record = reduce(_join, (_without(each, *self._kinds) for each in contents))
        return replace(record, name=SIDES, text=_SIDES_TEXT)

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        kinds = {kind for event in self._events for kind in event.types}
        return tuple(sorted(kinds - {ANY_CONTENT}))

    def _payload(self, kind: str) -> Payload:
        events = [each for each in self._events if kind in each.types]
        text = _text(each.event for each in events)
        name = type_name(kind)
        names = tuple(each.event.name for each in events)
        contents = [each.content for each in events if each.content]
        if len(contents) == len(events):
            fields = (
                Field("messageType", Literals((kind,)), required=True),
                Field("message", self._content(kind, contents, name + "Message"), required=True),
            )
            return Payload(kind, ObjectShape(fields, name, text, extends=BASE), names)
        whole = reduce(_join, (each.shape for each in events))
        own = whole.field("messageType")
        typed = Field("messageType", Literals((kind,)), required=True, text=own.text if own else "")
        others = _without(whole, typed.name).fields
        record = ObjectShape((typed, *others), name, text, whole.open)
        return Payload(kind, record, names, bare=own is None or not own.required)

    def _content(self, kind: str, contents: list[ObjectShape], name: str) -> ObjectShape:
        # A member that only some events describe is what those say.
        described = [each for each in contents if each.field(kind)] or contents
        joined = reduce(_join, described)
        kinds = self._kinds if kind == ANY_CONTENT else (kind,)
        fields = tuple(
            # The type names the member that is there.
            replace(each, required=each.name == kind)
            for each in joined.fields
            if each.name in kinds
        )
        part = joined.field(kind)
        if part is not None and isinstance(part.shape, ObjectShape) and kind != ANY_CONTENT:
            self._note_weaker(kind, part.shape)
        return ObjectShape(fields, name, extends=SIDES)

    def _note_weaker(self, kind: str, part: ObjectShape) -> None:
        """Keep what the named part of a content is really sure to have."""
        member = self._components["ReceivedContent"].field(kind)
        record = member.shape if member and isinstance(member.shape, ObjectShape) else None
        if record is None or not record.name or outline(part) == outline(record):
            return
        weaker = _join(self._weaker.get(record.name, record), part)
        sure = ", ".join(each.name for each in record.fields if each.required)
        text = f"{record.text}\nAlways there in what others send: {sure}."
        self._weaker[record.name] = replace(weaker, name=record.name, text=text)

    def _finish(self, record: ObjectShape, name: str = "") -> ObjectShape:
        """The record with every object in it named, and noted in `records`."""
        equal = self._by_outline.get(outline(record)) if not record.name else None
        name = record.name or (equal.name if equal else name)
        if name in self._weaker:
            record = self._weaker[name]
        elif self._is_weaker(record):
            record, name = self._weaker[self._is_weaker(record)], self._is_weaker(record)
        if name in self._records:
            if self._outlines[name] != outline(record):
                raise SpecError(f"two types for receivers would be called {name}: rename a schema")
            return self._records[name]
        self._outlines[name] = outline(record)
        fields = tuple(
            replace(each, shape=self._inside(each.shape, member_name(name, each.name)))
            for each in record.fields
        )
        text = record.text or (equal.text if equal else "")
        self._records[name] = replace(record, fields=fields, name=name, text=text)
        return self._records[name]

    def _is_weaker(self, record: ObjectShape) -> str:
        """The name of the weakened part that this record is; empty for others."""
        if record.name:
            return ""
        same = (name for name, each in self._weaker.items() if outline(each) == outline(record))
        return next(same, "")

    def _inside(self, shape: Shape, name: str) -> Shape:
        match shape:
            case ObjectShape():
                return self._finish(shape, name)
            case ListOf():
                return ListOf(self._inside(shape.item, item_name(name)))
            case MapOf():
                return MapOf(self._inside(shape.value, item_name(name)))
            case AnyOf():
                return any_of(self._inside(each, name) for each in shape.members)
        return shape


def _schema(event: WebhookEvent) -> Mapping[str, Any]:
    content = event.definition["requestBody"]["content"]["application/json"]
    schema: Mapping[str, Any] = content["schema"]
    return schema


def _record(shape: Shape) -> ObjectShape:
    assert isinstance(shape, ObjectShape), shape
    return shape


def _join(one: ObjectShape, other: ObjectShape) -> ObjectShape:
    return _record(join(one, other))


def _without(record: ObjectShape, *names: str) -> ObjectShape:
    return replace(record, fields=tuple(each for each in record.fields if each.name not in names))


def _text(events: Iterable[WebhookEvent]) -> str:
    return "\n".join(_lines(events))


def _lines(events: Iterable[WebhookEvent]) -> Iterator[str]:
    yield "Arrives as:"
    for event in events:
        evidence = evidence_of(event.definition.get("x-provenance")).removeprefix("Evidence: ")
        yield f"- {event.name}: {event.summary}; {evidence}"
