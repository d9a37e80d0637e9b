"""Two schemas compared: which values became possible, which impossible, place by place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .flat import LOWER_BOUNDS, UPPER_BOUNDS, Json, flat, types

_CONDITIONS = (
    "not if then else contains minContains maxContains propertyNames patternProperties "
    "dependentRequired dependentSchemas prefixItems unevaluatedItems unevaluatedProperties "
    "discriminator contentEncoding contentMediaType"
).split()
_ABSENT = object()
# Of a value in a message.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule of `change.SCHEMA_RULES`, the place in the value (dotted), and one sentence."""

    rule: str
    place: str
    message: str


class Schemas:
    """Compares schemas of two documents. Not thread-safe: it remembers where it stands."""

    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new
        self._stable = _stable_components(old, new)
        self._open: set[tuple[str, str]] = set()

    def differences(self, old: Any, new: Any, place: str = "") -> Iterator[Difference]:
        """All of them. A schema inside itself is compared once."""
        if old == new and references(old) <= self._stable:
            return
        pair = (_text(old), _text(new))
        if pair in self._open:
            return
        self._open.add(pair)
        try:
            yield from self._compare(flat(old, self._old), flat(new, self._new), place)
        finally:
            self._open.discard(pair)

    def _compare(self, old: Json, new: Json, place: str) -> Iterator[Difference]:
        of_type = list(_types(old, new, place))
        yield from of_type
        if any(each.rule == "type-changed" for each in of_type):
            # Fields and limits of another type say nothing more.
            return
        yield from _values(old, new, place)
        yield from _bounds(old, new, place)
        yield from _formats(old, new, place)
        yield from _marks(old, new, place)
        yield from self._fields(old, new, place)
        yield from self._other_fields(old, new, place)
        for keyword in ("oneOf", "anyOf"):
            yield from self._alternatives(keyword, old, new, place)
        for keyword in _CONDITIONS:
            if not self._same(old.get(keyword), new.get(keyword)):
                yield Difference("condition-changed", place, f"{keyword} is another")
        if "items" in old or "items" in new:
            yield from self.differences(old.get("items"), new.get("items"), f"{place}[]")

    def _same(self, old: Any, new: Any) -> bool:
        return bool(old == new) and references(old) <= self._stable

    def _fields(self, old: Json, new: Json, place: str) -> Iterator[Difference]:
        before, after = old.get("properties") or {}, new.get("properties") or {}
        needed, needed_now = set(old.get("required") or ()), set(new.get("required") or ())
        refused = new.get("additionalProperties") is False
        for name in before:
            at = _inside(place, name)
            if name in after:
                yield from _necessity(at, name in needed, name in needed_now)
                yield from self.differences(before[name], after[name], at)
            elif name in needed_now:
                # It is described by `required` alone: still there, of any type.
                yield from self.differences(before[name], {}, at)
            else:
                yield _field_removed(at, needed=name in needed, refused=refused)
        for name in [*after, *sorted(needed_now - set(after))]:
            if name not in before:
                yield from self._new_field(old, after.get(name, {}), _inside(place, name), {
                    "needed": name in needed, "needed_now": name in needed_now
                })  # fmt: skip

    def _new_field(
        self, old: Json, schema: Any, at: str, needs: dict[str, bool]
    ) -> Iterator[Difference]:
        if needs["needed"]:
            yield from _necessity(at, True, needs["needed_now"])
            yield from self.differences(old.get("additionalProperties", {}) or {}, schema, at)
        elif needs["needed_now"]:
            yield Difference("required-field-added", at, "a new field that is required")
        else:
            yield Difference("field-added", at, "a new field that is optional")

    def _other_fields(self, old: Json, new: Json, place: str) -> Iterator[Difference]:
        before, after = (each.get("additionalProperties", True) for each in (old, new))
        if before is not False and after is False:
            yield Difference("other-fields-forbidden", place, "other fields are refused now")
        elif before is False and after is not False:
            yield Difference("other-fields-allowed", place, "other fields are allowed now")
        elif before is not False:
            yield from self.differences(before, after, f"{place}{{}}")

    def _alternatives(self, keyword: str, old: Json, new: Json, place: str) -> Iterator[Difference]:
        before, after = list(old.get(keyword) or ()), list(new.get(keyword) or ())
        if bool(before) != bool(after):
            rule = "alternative-removed" if after else "alternative-added"
            yield Difference(rule, place, f"{keyword} is {'new' if after else 'gone'}")
            return
        pairs, gone, added = self._paired(before, after)
        for left, right in pairs:
            yield from self.differences(left, right, place)
        for branch in gone:
            yield Difference("alternative-removed", place, f"no longer {_branch(branch)}")
        for branch in added:
            yield Difference("alternative-added", place, f"or {_branch(branch)}")

    def _paired(
        self, before: list[Any], after: list[Any]
    ) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
        """Branches that belong together: by reference, by what tells them apart, or as the last."""
        pairs: list[tuple[Any, Any]] = []
        left, right = list(before), list(after)
        for key_of in (_text, self._key):
            for branch in list(left):
                partner = next((one for one in right if key_of(one) == key_of(branch)), _ABSENT)
                if partner is not _ABSENT:
                    pairs.append((branch, partner))
                    left.remove(branch)
                    right.remove(partner)
        if len(left) == len(right) == 1:
            return [*pairs, (left[0], right[0])], [], []
        return pairs, left, right

    def _key(self, branch: Any) -> str:
        """What tells a branch from its neighbours: constants, types, required fields."""
        document = self._old if isinstance(branch, dict) and "$ref" in branch else {}
        schema = flat(branch, document)
        constants = {
            name: field["const"]
            for name, field in (schema.get("properties") or {}).items()
            if isinstance(field, dict) and "const" in field
        }
        parts = (schema.get("title"), constants, sorted(types(schema.get("type"))))
        return _text(parts if constants or schema.get("title") else (*parts, schema.get("const")))


def references(node: Any) -> set[str]:
    """Every local `$ref` in it."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(references, node.values()))


def _stable_components(old: Json, new: Json) -> set[str]:
    """References that lead to the same in both documents, whatever they lead to in turn."""
    before, after = _components(old), _components(new)
    stable = {name for name in before if name in after and before[name] == after[name]}
    while True:
        loose = {name for name in stable if not references(before[name]) <= stable}
        if not loose:
            return stable
        stable -= loose


def _components(document: Json) -> dict[str, Any]:
    return {
        f"#/components/{section}/{name}": member
        for section, members in (document.get("components") or {}).items()
        for name, member in members.items()
    }


def _types(old: Json, new: Json, place: str) -> Iterator[Difference]:
    before, after = set(types(old.get("type"))), set(types(new.get("type")))
    if before == after:
        return
    gone = {one for one in before if not _covered(one, after)}
    added = {one for one in after if not _covered(one, before)}
    message = f"{_names(before)} became {_names(after)}"
    if gone and added:
        yield Difference("type-changed", place, message)
    elif gone:
        yield Difference("type-narrowed", place, message)
    elif added:
        yield Difference("type-widened", place, message)
    elif not before or not after:
        yield Difference("type-narrowed" if after else "type-widened", place, message)
    # Otherwise integers stood beside numbers, which they are.


def _covered(name: str, others: set[str]) -> bool:
    return not others or name in others or (name == "integer" and "number" in others)


def _values(old: Json, new: Json, place: str) -> Iterator[Difference]:
    before, after = _enumerated(old), _enumerated(new)
    if before is None and after is not None:
        yield Difference("values-restricted", place, f"only {_listed(after)} now")
    elif before is not None and after is None:
        yield Difference("values-opened", place, f"was only {_listed(before)}")
    elif before is not None and after is not None:
        gone = [value for value in before if value not in after]
        added = [value for value in after if value not in before]
        if gone and added and len(gone) == len(before):
            yield Difference("values-changed", place, f"{_listed(gone)} became {_listed(added)}")
            return
        if gone:
            yield Difference("values-removed", place, f"no longer {_listed(gone)}")
        if added:
            yield Difference("values-added", place, f"or {_listed(added)}")


def _enumerated(schema: Json) -> list[str] | None:
    if "const" in schema:
        return [_text(schema["const"])]
    return [_text(value) for value in schema["enum"]] if "enum" in schema else None


def _bounds(old: Json, new: Json, place: str) -> Iterator[Difference]:
    for keywords, tighter in ((LOWER_BOUNDS, 1), (UPPER_BOUNDS, -1)):
        for keyword in keywords:
            before, after = old.get(keyword), new.get(keyword)
            if before != after:
                tightened = after is not None and (before is None or (after - before) * tighter > 0)
                yield _bound(keyword, before, after, place, tightened=tightened)
    before, after = bool(old.get("uniqueItems")), bool(new.get("uniqueItems"))
    if before != after:
        yield _bound("uniqueItems", before, after, place, tightened=after)
    yield from _steps(old.get("multipleOf"), new.get("multipleOf"), place)


def _steps(before: Any, after: Any, place: str) -> Iterator[Difference]:
    if before == after:
        return
    if before is None or after is None:
        yield _bound("multipleOf", before, after, place, tightened=before is None)
    elif after % before == 0 or before % after == 0:
        yield _bound("multipleOf", before, after, place, tightened=after % before == 0)
    else:
        yield Difference("bound-changed", place, f"multipleOf {before} became {after}")


def _bound(keyword: str, old: Any, new: Any, place: str, *, tightened: bool) -> Difference:
    rule = "bound-tightened" if tightened else "bound-loosened"
    before, after = ("none" if value is None else _text(value) for value in (old, new))
    return Difference(rule, place, f"{keyword} {before} became {after}")


def _formats(old: Json, new: Json, place: str) -> Iterator[Difference]:
    for keyword in ("pattern", "format"):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        if before is None:
            yield Difference(f"{keyword}-added", place, f"{keyword} {_text(after)} is new")
        elif after is None:
            yield Difference(f"{keyword}-removed", place, f"{keyword} {_text(before)} is gone")
        else:
            message = f"{keyword} {_text(before)} became {_text(after)}"
            yield Difference(f"{keyword}-changed", place, message)


def _marks(old: Json, new: Json, place: str) -> Iterator[Difference]:
    if old.get("default", _ABSENT) != new.get("default", _ABSENT):
        before, after = (
            _text(each["default"]) if "default" in each else "none" for each in (old, new)
        )
        yield Difference("default-changed", place, f"default {before} became {after}")
    for keyword in ("readOnly", "writeOnly"):
        if bool(old.get(keyword)) != bool(new.get(keyword)):
            state = "now" if new.get(keyword) else "no longer"
            yield Difference("access-changed", place, f"{state} {keyword}")
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        rule = "field-deprecated" if new.get("deprecated") else "field-no-longer-deprecated"
        yield Difference(rule, place, rule.removeprefix("field-").replace("-", " "))


def _necessity(place: str, before: bool, now: bool) -> Iterator[Difference]:
    if before != now:
        rule = "field-now-required" if now else "field-now-optional"
        yield Difference(rule, place, f"is {'required' if now else 'optional'} now")


def _field_removed(place: str, *, needed: bool, refused: bool) -> Difference:
    if refused:
        return Difference("field-refused", place, "is gone, and unknown fields are refused")
    kind = "required" if needed else "optional"
    rule = "required-field-removed" if needed else "field-removed"
    return Difference(rule, place, f"the {kind} field is gone")


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _branch(branch: Any) -> str:
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    return str(reference).rpartition("/")[2] if reference else _cut(_text(branch))


def _names(names: set[str]) -> str:
    return " or ".join(sorted(names)) or "any type"


def _listed(texts: list[str]) -> str:
    return _cut(", ".join(texts))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
