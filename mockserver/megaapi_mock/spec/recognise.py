"""Foreign webhook traffic: which event is this, and where does it leave the contract?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

import orjson

from ..errors.names import LENGTH_MOST
from .bundle import Bundle
from .operations import WebhookEvent, webhook_events
from .validate import Compiler, resolve

# Messages hold the value they complain of, which may be the whole payload.
MESSAGE_MOST = 160
# A large body can break a rule in every line; so many tell enough.
MISFITS_MOST = 50
_WRITTEN_VALUE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})|true|false")


@dataclass(frozen=True, slots=True)
class FieldMismatch:
    """One place that does not fit: which field, what is wrong, and the file with the rule.

    `spec_file` is relative to spec/; None where no file says more.
    """

    field: str
    message: str
    spec_file: str | None = None

    def __str__(self) -> str:
        file = f" (spec/{self.spec_file})" if self.spec_file else ""
        return f"{self.field}: {self.message}{file}"


@dataclass(frozen=True, slots=True)
class RecognisedEvent:
    """The event it is or comes nearest to; no event at all when its messageType is unknown."""

    event: WebhookEvent | None
    misfits: tuple[FieldMismatch, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the payload keeps the contract."""
        return self.event is not None and not self.misfits


@dataclass(frozen=True, slots=True)
class _Candidate:
    event: WebhookEvent
    validator: Any


class Recogniser:
    """Thread-safe. A receiver sees messageType only, so every event of that type is tried."""

    def __init__(self, bundle: Bundle) -> None:
        compiler = Compiler(bundle.document)
        self._by_type: dict[str, list[_Candidate]] = {}
        # Events that may carry content of several kinds: what the owner writes, lists, channels.
        self._any_content: dict[str, list[_Candidate]] = {}
        for event in webhook_events(bundle):
            schema = _schema(event)
            candidate = _Candidate(event, compiler.compile(schema))
            # Some payloads of 2023 went by another messageType, which their schema allows.
            own = {event.message_type, *_types(schema, bundle.document)}
            for kind in own:
                self._by_type.setdefault(kind, []).append(candidate)
            for kind in set(_types(schema, bundle.document, is_common=True)) - own:
                self._any_content.setdefault(kind, []).append(candidate)

    def recognise(self, payload: Any) -> RecognisedEvent:
        """The first event that fits, else the one with the fewest places that do not.

        Where several have as few, the one that would fit best if each number, and each true or
        false, that is written as a text were none.
        """
        if not isinstance(payload, dict):
            return RecognisedEvent(None, (FieldMismatch("body", "is not a JSON object"),))
        kind = payload.get("messageType")
        candidates = self._by_type.get(kind, []) if isinstance(kind, str) else []
        if not isinstance(kind, str) or not candidates:
            return RecognisedEvent(None, (self._unknown(payload),))
        for candidate in (*candidates, *self._any_content.get(kind, ())):
            if candidate.validator.is_valid(payload):
                return RecognisedEvent(candidate.event)
        counts = [_place_count(candidate, payload) for candidate in candidates]
        nearest = [each for each, count in zip(candidates, counts, strict=True)
                   if count == min(counts)]  # fmt: skip
        if len(nearest) > 1:
            nearest.sort(key=lambda each: _left_unwritten(each, payload))
        return RecognisedEvent(nearest[0].event, tuple(_misfits(nearest[0], payload)))

    def _unknown(self, payload: Mapping[str, Any]) -> FieldMismatch:
        if "messageType" not in payload:
            return FieldMismatch("messageType", "is missing, so that no event can be named")
        kind = payload["messageType"]
        near = get_close_matches(str(kind)[:LENGTH_MOST], self._by_type, n=3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        return FieldMismatch("messageType", _short(f"{kind!r} is that of no known event{hint}"))


def _schema(event: WebhookEvent) -> Mapping[str, Any]:
    content = event.definition["requestBody"]["content"]["application/json"]
    schema: Mapping[str, Any] = content["schema"]
    return schema


def _types(
    schema: Mapping[str, Any], document: Mapping[str, Any], *, is_common: bool = False
) -> Iterator[str]:
    """Every messageType the schema names; `shared`: those of a schema of its own for them too."""
    schema_itself = resolve(schema, document)
    type_schema = schema_itself.get("properties", {}).get("messageType", {})
    if is_common:
        type_schema = resolve(type_schema, document)
    yield from type_schema.get("enum", ())
    if "const" in type_schema:
        yield type_schema["const"]
    for part in schema_itself.get("allOf", ()):
        yield from _types(part, document, is_common=is_common)


def _place_count(candidate: _Candidate, payload: Any) -> int:
    """How many places do not fit: one that breaks several rules, and each missing field, is one."""
    return len(
        {
            (*error.instance_path, getattr(error.kind, "property", None))
            for error in islice(candidate.validator.iter_errors(payload), MISFITS_MOST)
        }
    )


def _left_unwritten(candidate: _Candidate, payload: Mapping[str, Any]) -> int:
    """How many misfits are left where texts that are out of place become the values they say."""
    copy = orjson.loads(orjson.dumps(payload))
    for error in islice(candidate.validator.iter_errors(payload), MISFITS_MOST):
        if isinstance(error.instance, str) and _WRITTEN_VALUE.fullmatch(error.instance):
            *way, last = error.instance_path
            place = copy
            for step in way:
                place = place[step]
            place[last] = orjson.loads(error.instance)
    return sum(1 for _ in islice(candidate.validator.iter_errors(copy), MISFITS_MOST))


def _misfits(candidate: _Candidate, payload: Any) -> Iterator[FieldMismatch]:
    for error in islice(candidate.validator.iter_errors(payload), MISFITS_MOST):
        yield FieldMismatch(
            field=".".join(map(str, error.instance_path)) or "body",
            message=_short(error.message),
            spec_file=_file(error.schema_path, candidate.event.spec_file),
        )


def _file(path: Sequence[str | int], event_file: str) -> str:
    """The file of the rule: bundled components keep their folder and name in their place."""
    if len(path) > 2 and path[0] == "components":
        return f"components/{path[1]}/{path[2]}.yaml"
    return event_file


def _short(text: str) -> str:
    return text if len(text) <= MESSAGE_MOST else f"{text[: MESSAGE_MOST - 3]}..."
