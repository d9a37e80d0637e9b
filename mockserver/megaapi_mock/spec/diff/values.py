"""What single values may be, compared: types, enumerations, bounds, patterns, formats, marks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .canonical import alike, plain_number
from .flat import types
from .references import Json

_ABSENT = object()
# Of a value in a message.
_SHOWN = 60
_SIZES = (
    ("minLength", 1), ("minItems", 1), ("minProperties", 1),
    ("maxLength", -1), ("maxItems", -1), ("maxProperties", -1),
)  # fmt: skip
_NUMBERS = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule of `change.SCHEMA_RULES`, the place in the value (dotted), and one sentence."""

    rule: str
    place: str
    message: str


def value_differences(old: Json, new: Json, place: str) -> Iterator[Difference]:
    """All but the types: of two schemas in the spelling of `flat`."""
    yield from _values(old, new, place)
    yield from _bounds(old, new, place)
    yield from _formats(old, new, place)
    yield from _marks(old, new, place)


def type_differences(old: Json, new: Json, place: str) -> Iterator[Difference]:
    """Types that are gone, new, or all others."""
    before, after = set(types(old.get("type"))), set(types(new.get("type")))
    if before == after:
        return
    removed_types = {one for one in before if not _is_covered(one, after)}
    added = {one for one in after if not _is_covered(one, before)}
    message = f"{_names(before)} became {_names(after)}"
    if removed_types and added:
        yield Difference("type-changed", place, message)
    elif removed_types:
        yield Difference("type-narrowed", place, message)
    elif added:
        yield Difference("type-widened", place, message)
    elif not before or not after:
        yield Difference("type-narrowed" if after else "type-widened", place, message)
    # Otherwise integers stood beside numbers, which they are.


def necessity(place: str, before: bool, now: bool) -> Iterator[Difference]:
    """A field that must be there now, or need not any more."""
    if before != now:
        rule = "field-now-required" if now else "field-now-optional"
        yield Difference(rule, place, f"is {'required' if now else 'optional'} now")


def inside(place: str, name: str) -> str:
    """A field at a place."""
    return f"{place}.{name}" if place else name


def shorten(text: str) -> str:
    """As much of it as fits into a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def as_text(value: Any) -> str:
    """As JSON; equal values have equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _is_covered(name: str, others: set[str]) -> bool:
    return not others or name in others or (name == "integer" and "number" in others)


def _names(names: set[str]) -> str:
    return " or ".join(sorted(names)) or "any type"


def _values(old: Json, new: Json, place: str) -> Iterator[Difference]:
    before, after = (_enum_values(each) for each in (old, new))
    if before is None and after is not None:
        yield Difference("values-restricted", place, f"only {_join_names(after)} now")
    elif before is not None and after is None:
        yield Difference("values-opened", place, f"was only {_join_names(before)}")
    elif before is not None and after is not None:
        yield from enumeration_differences(before, after, place)


def enumeration_differences(
    before: dict[str, None], after: dict[str, None], place: str
) -> Iterator[Difference]:
    """Values that are gone, and new ones."""
    removed_values = [value for value in before if value not in after]
    added = [value for value in after if value not in before]
    if removed_values and added and len(removed_values) == len(before):
        yield Difference(
            "values-changed", place, f"{_join_names(removed_values)} became {_join_names(added)}"
        )
        return
    if removed_values:
        yield Difference("values-removed", place, f"no longer {_join_names(removed_values)}")
    if added:
        yield Difference("values-added", place, f"or {_join_names(added)}")


def _enum_values(schema: Json) -> dict[str, None] | None:
    return dict.fromkeys(map(as_text, schema["enum"])) if "enum" in schema else None


def _join_names(texts: Any) -> str:
    return shorten(", ".join(texts))


def _bounds(old: Json, new: Json, place: str) -> Iterator[Difference]:
    for inclusive, exclusive, sign in _NUMBERS:
        before, after = (_limit(each, inclusive, exclusive, sign) for each in (old, new))
        yield from _limits(before, after, place, inclusive)
    for keyword, sign in _SIZES:
        before, after = (_limit(each, keyword, "", sign) for each in (old, new))
        yield from _limits(before, after, place, keyword)
    unique, unique_now = bool(old.get("uniqueItems")), bool(new.get("uniqueItems"))
    if unique != unique_now:
        rule = "bound-tightened" if unique_now else "bound-loosened"
        yield Difference(rule, place, f"items must {'' if unique_now else 'no longer '}be unique")
    yield from _steps(old.get("multipleOf"), new.get("multipleOf"), place)


# How tight it is, and the keyword and value that say it.
_Limit = tuple[tuple[float, bool], str, float]


def _limit(schema: Json, inclusive: str, exclusive: str, sign: int) -> _Limit | None:
    limits: list[_Limit] = [
        ((plain_number(schema[keyword]) * sign, keyword == exclusive), keyword, schema[keyword])
        for keyword in (inclusive, exclusive)
        if keyword in schema
    ]
    return max(limits) if limits else None


def _limits(
    old: _Limit | None, new: _Limit | None, place: str, keyword: str
) -> Iterator[Difference]:
    if (old and old[0]) == (new and new[0]):
        return
    tightened = new is not None and (old is None or new[0] > old[0])
    rule = "bound-tightened" if tightened else "bound-loosened"
    before = f"{old[1]} {as_text(old[2])}" if old else f"{new[1] if new else keyword} none"
    after = "none" if not new else as_text(new[2])
    if old and new and old[1] != new[1]:
        after = f"{new[1]} {after}"
    yield Difference(rule, place, f"{before} became {after}")


def _steps(before: Any, after: Any, place: str) -> Iterator[Difference]:
    if before == after:
        return
    message = f"multipleOf {before or 'none'} became {after or 'none'}"
    if not before or not after:
        yield Difference("bound-loosened" if before else "bound-tightened", place, message)
    elif _divides(before, after) or _divides(after, before):
        tightened = _divides(before, after)
        yield Difference("bound-tightened" if tightened else "bound-loosened", place, message)
    else:
        yield Difference("bound-changed", place, message)


def _divides(step: float, number: float) -> bool:
    # 0.3 is three times 0.1, which floats do not say exactly.
    return abs(number / step - round(number / step)) < 1e-9 and round(number / step) > 0


def _formats(old: Json, new: Json, place: str) -> Iterator[Difference]:
    for keyword in ("pattern", "format"):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        if before is None:
            yield Difference(f"{keyword}-added", place, f"{keyword} {as_text(after)} is new")
        elif after is None:
            yield Difference(f"{keyword}-removed", place, f"{keyword} {as_text(before)} is gone")
        else:
            message = f"{keyword} {as_text(before)} became {as_text(after)}"
            yield Difference(f"{keyword}-changed", place, message)


def _marks(old: Json, new: Json, place: str) -> Iterator[Difference]:
    if not alike(old.get("default", _ABSENT), new.get("default", _ABSENT)):
        before, after = (
            shorten(as_text(each["default"])) if "default" in each else "none"
            for each in (old, new)
        )
        yield Difference("default-changed", place, f"default {before} became {after}")
    for keyword in ("readOnly", "writeOnly"):
        if bool(old.get(keyword)) != bool(new.get(keyword)):
            state = "now" if new.get(keyword) else "no longer"
            yield Difference("access-changed", place, f"{state} {keyword}")
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        rule = "field-deprecated" if new.get("deprecated") else "field-no-longer-deprecated"
        yield Difference(rule, place, rule.removeprefix("field-").replace("-", " "))
