"""Parameters, bodies, answers and payloads of one call or webhook, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .change import SCHEMA_RULES, Change, Side, change
from .flat import Json, resolve
from .schemas import Schemas

_TEXTS = ("summary", "description", "x-summary-pt", "tags", "externalDocs")
_IN_PATH = re.compile(r"\{([^}]*)\}")
# How a parameter is written where nothing is said, by its place.
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


@dataclass(frozen=True, slots=True)
class _Words:
    """The rules for media types, by whether the caller or the gateway sends them."""

    side: Side
    media_type_added: str


_REQUEST = _Words(Side.CALLER, "request-media-type-added")
_ANSWER = _Words(Side.GATEWAY, "answer-media-type-added")


class Calls:
    """Compares the parts of calls of two documents. Not thread-safe."""

    def __init__(self, old: Json, new: Json) -> None:
        self.documents = (old, new)
        self._schemas = Schemas(old, new)

    def parameters(
        self, subject: str, paths: tuple[str, str], old: tuple[Any, ...], new: tuple[Any, ...]
    ) -> Iterator[Change]:
        """Those of path, query, headers and cookies; those of the path by their order in it."""
        before, after = (
            _by_place(path, [resolve(each, document) for each in listed])
            for path, listed, document in zip(paths, (old, new), self.documents, strict=True)
        )
        for key, parameter in before.items():
            place = f"{key[0]} parameter {parameter.get('name')}"
            if key in after:
                yield from self._parameter(subject, place, parameter, after[key])
            else:
                yield change("parameter-removed", subject, place, "is no longer read")
        for key, parameter in after.items():
            if key not in before:
                needed = parameter.get("required") is True
                rule = "required-parameter-added" if needed else "parameter-added"
                place = f"{key[0]} parameter {parameter.get('name')}"
                message = f"is new and {'required' if needed else 'optional'}"
                yield change(rule, subject, place, message)

    def _parameter(self, subject: str, place: str, old: Json, new: Json) -> Iterator[Change]:
        if old.get("name") != new.get("name") and old.get("in") == "path":
            message = f"is called {new.get('name')} now"
            yield change("path-parameter-renamed", subject, place, message)
        if bool(old.get("required")) != bool(new.get("required")):
            needed = new.get("required") is True
            rule = "parameter-now-required" if needed else "parameter-now-optional"
            yield change(rule, subject, place, f"is {'required' if needed else 'optional'} now")
        if _style(old) != _style(new):
            yield change("parameter-style-changed", subject, place, "is written in another way")
        yield from self._schema(subject, place, _REQUEST, old.get("schema"), new.get("schema"))
        yield from self._content(subject, place, _REQUEST, old, new)

    def request(self, subject: str, old: Any, new: Any) -> Iterator[Change]:
        """The body that a caller sends."""
        before, after = (
            resolve(each, document)
            for each, document in zip((old, new), self.documents, strict=True)
        )
        place = "request"
        if before is None and after is not None:
            needed = after.get("required") is True
            rule = "required-body-added" if needed else "body-added"
            message = f"a body {'must' if needed else 'may'} be sent"
            yield change(rule, subject, place, message)
        elif before is not None and after is None:
            yield change("body-removed", subject, place, "the body is no longer read")
        elif before is not None:
            if bool(before.get("required")) != bool(after.get("required")):
                needed = after.get("required") is True
                rule = "body-now-required" if needed else "body-now-optional"
                message = f"the body is {'required' if needed else 'optional'} now"
                yield change(rule, subject, place, message)
            yield from self._content(subject, place, _REQUEST, before, after)

    def payload(self, subject: str, old: Any, new: Any) -> Iterator[Change]:
        """The body of a webhook, which the gateway sends."""
        before, after = (body or {} for body in self._resolved(old, new))
        yield from self._content(subject, "payload", _ANSWER, before, after)

    def answers(self, subject: str, old: Any, new: Any) -> Iterator[Change]:
        """What the gateway answers, status by status."""
        before, after = old or {}, new or {}
        for status in before:
            kind = "success" if str(status).startswith("2") else "refusal"
            if status in after:
                yield from self._answer(subject, str(status), before[status], after[status])
            else:
                yield change(f"{kind}-removed", subject, f"answer {status}", "is gone")
        for status in after:
            if status not in before:
                kind = "success" if str(status).startswith("2") else "refusal"
                yield change(f"{kind}-added", subject, f"answer {status}", "is new")

    def receipts(self, subject: str, old: Any, new: Any) -> Iterator[Change]:
        """What a receiver of webhooks may answer."""
        before, after = old or {}, new or {}
        for status in before:
            if status not in after:
                message = "receivers may not answer so any more"
                yield change("receiver-status-removed", subject, f"answer {status}", message)
        for status in after:
            if status not in before:
                message = "receivers may answer so too"
                yield change("receiver-status-added", subject, f"answer {status}", message)

    def _resolved(self, old: Any, new: Any) -> tuple[Any, Any]:
        return resolve(old, self.documents[0]), resolve(new, self.documents[1])

    def _answer(self, subject: str, status: str, old: Any, new: Any) -> Iterator[Change]:
        before, after = (
            resolve(each, document)
            for each, document in zip((old, new), self.documents, strict=True)
        )
        place = f"answer {status}"
        yield from self._headers(subject, place, before, after)
        yield from self._content(subject, place, _ANSWER, before, after)
        yield from texts(subject, before, after, place)
        if before.get("x-provenance") != after.get("x-provenance"):
            yield change("evidence-changed", subject, place, "is known in another way")

    def _headers(self, subject: str, place: str, old: Json, new: Json) -> Iterator[Change]:
        before, after = (
            {
                name.lower(): resolve(each, document)
                for name, each in (part.get("headers") or {}).items()
            }
            for part, document in zip((old, new), self.documents, strict=True)
        )
        for name, header in before.items():
            at, needed = f"{place} header {name}", header.get("required") is True
            if name not in after:
                rule = "required-header-removed" if needed else "header-removed"
                yield change(rule, subject, at, "is gone")
                continue
            if needed != (after[name].get("required") is True):
                rule = "header-now-optional" if needed else "header-now-required"
                yield change(rule, subject, at, "may be missing" if needed else "is always there")
            now = after[name].get("schema")
            yield from self._schema(subject, at, _ANSWER, header.get("schema"), now)
        for name in after:
            if name not in before:
                yield change("header-added", subject, f"{place} header {name}", "is new")

    def _content(
        self, subject: str, place: str, words: _Words, old: Json, new: Json
    ) -> Iterator[Change]:
        before, after = (each.get("content") or {} for each in (old, new))
        for name, media in before.items():
            if name not in after:
                yield change("media-type-removed", subject, place, f"{name} is gone")
                continue
            at = place if len(before) == 1 else f"{place} {name}"
            now = after[name]
            yield from self._schema(subject, at, words, media.get("schema"), now.get("schema"))
            if any(media.get(key) != now.get(key) for key in ("example", "examples")):
                yield change("text-changed", subject, at, "its examples are others")
        for name in after:
            if name not in before:
                yield change(words.media_type_added, subject, place, f"{name} is new")

    def _schema(
        self, subject: str, place: str, words: _Words, old: Any, new: Any
    ) -> Iterator[Change]:
        for each in self._schemas.differences(old, new):
            level = SCHEMA_RULES[each.rule].level(words.side)
            at = f"{place}: {each.place}" if each.place else place
            yield Change(level, each.rule, subject, at, each.message)


def texts(
    subject: str, old: Mapping[str, Any], new: Mapping[str, Any], place: str = ""
) -> Iterator[Change]:
    """Titles and descriptions, as one change."""
    names = [name for name in _TEXTS if old.get(name) != new.get(name)]
    if names:
        yield change("text-changed", subject, place, f"{', '.join(names)} reads otherwise")


def _by_place(path: str, parameters: list[Json]) -> dict[tuple[str, str], Json]:
    """By place and name; those of the path by their number: their names are nobody's business."""
    numbers = {name: str(number) for number, name in enumerate(_IN_PATH.findall(path))}
    keyed: dict[tuple[str, str], Json] = {}
    for parameter in parameters:
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        name = name.lower() if place == "header" else name
        keyed[(place, numbers.get(name, name) if place == "path" else name)] = parameter
    return keyed


def _style(parameter: Json) -> tuple[str, bool, bool]:
    style = parameter.get("style", _STYLES.get(str(parameter.get("in")), "form"))
    explode = parameter.get("explode", style == "form")
    return str(style), bool(explode), bool(parameter.get("allowReserved"))
