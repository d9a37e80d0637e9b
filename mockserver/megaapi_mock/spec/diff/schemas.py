"""Two schemas compared: which values became possible, which impossible, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .canonical import alike
from .change import Side
from .flat import flatten
from .forms import SchemaForm, discriminator_differences, form_of, pair_forms
from .graph import Graph, SchemaLink
from .references import Json, references, resolve, stable_references
from .values import Difference, inside, necessity, type_differences, value_differences

_CONDITIONS = (
    "not if then else contains minContains maxContains dependentRequired dependentSchemas "
    "unevaluatedItems contentEncoding contentMediaType"
).split()
# What a schema may say beside a choice of forms, and in each of them as well.
_BESIDE = {"properties", "required"}
# Schemas with such a key may lead back to themselves: they are compared once, wherever they stand.
_APART = {"$ref", "allOf", "anyOf", "oneOf"}
# What does not travel that way: fields that only the other side writes.
_HIDDEN = {Side.CALLER: "readOnly", Side.GATEWAY: "writeOnly"}


class Schemas:
    """Compares schemas that one side writes. Not thread-safe: it remembers what it compared."""

    def __init__(self, old: Json, new: Json, side: Side, stable: set[str] | None = None) -> None:
        self._old, self._new, self._hidden = old, new, _HIDDEN[side]
        self._stable = stable_references(old, new) if stable is None else stable
        self._graph = Graph(self._compare_flat)

    def differences(self, old: Any, new: Any) -> Iterator[Difference]:
        """All of them. A schema that is used in several places is compared at the nearest."""
        if not self._same(old, new):
            yield from self._graph.differences(self._graph.node(old, new))

    def _compare_flat(self, old: Any, new: Any) -> Iterator[Difference | SchemaLink]:
        return self._compare(flatten(old, self._old), flatten(new, self._new), "")

    def _inner(self, old: Any, new: Any, place: str) -> Iterator[Difference | SchemaLink]:
        """Of schemas inside of others: those of references are compared apart."""
        if self._same(old, new):
            return
        if any(isinstance(each, dict) and _APART & each.keys() for each in (old, new)):
            yield SchemaLink(place, self._graph.node(old, new))
        else:
            yield from self._compare(flatten(old, self._old), flatten(new, self._new), place)

    def _compare(self, old: Json, new: Json, place: str) -> Iterator[Difference | SchemaLink]:
        if _choice_and_rest(old) != _choice_and_rest(new):
            whole = list(self._with_choice(old, new, place))
            if whole:
                yield from whole
                return
        of_type = list(type_differences(old, new, place))
        yield from of_type
        if any(each.rule == "type-changed" for each in of_type):
            # Fields and limits of another type say nothing more.
            return
        yield from value_differences(old, new, place)
        yield from self._fields(old, new, place)
        yield from self._other_fields(old, new, place)
        yield from self._items(old, new, place)
        for keyword in ("anyOf", "oneOf"):
            yield from self._forms(keyword, old, new, place)
        yield from discriminator_differences(old, new, place)
        for keyword in _CONDITIONS:
            if not self._same(old.get(keyword), new.get(keyword)):
                yield Difference("condition-changed", place, f"{keyword} is another")

    def _same(self, old: Any, new: Any) -> bool:
        return old == new and alike(old, new) and references(old) <= self._stable

    def _fields(self, old: Json, new: Json, place: str) -> Iterator[Difference | SchemaLink]:
        before, after = old.get("properties") or {}, new.get("properties") or {}
        hidden = {name for name, each in before.items() if self._hides(each, self._old)}
        hidden_now = {name for name, each in after.items() if self._hides(each, self._new)}
        needed = set(old.get("required") or ()) - hidden
        needed_now = set(new.get("required") or ()) - hidden_now
        for name in before:
            field_place = inside(place, name)
            if name in hidden and (name in hidden_now or name not in after):
                continue
            if name in after and after[name] is not False:
                yield from necessity(field_place, name in needed, name in needed_now)
                yield from self._inner(before[name], after[name], field_place)
            elif name in needed_now and name not in after:
                # It is described by `required` alone: still there, of any type.
                yield from self._inner(before[name], {}, field_place)
            elif before[name] is not False:
                refused = name in after or new.get("additionalProperties") is False
                yield _field_removed(field_place, needed=name in needed, refused=refused)
        for name in [*after, *sorted(needed_now - set(after))]:
            if name not in before and name not in hidden_now and after.get(name) is not False:
                yield from self._new_field(old, after.get(name, {}), inside(place, name), {
                    "needed": name in needed, "needed_now": name in needed_now
                })  # fmt: skip

        for name in sorted(needed - needed_now - set(before) - set(after)):
            # Neither version describes it, but for that it was required.
            yield from necessity(inside(place, name), True, False)

    def _hides(self, schema: Any, document: Json) -> bool:
        target = resolve(schema, document)
        if not isinstance(target, dict):
            return False
        parts = [target, *(resolve(part, document) for part in target.get("allOf") or ())]
        return any(isinstance(part, dict) and part.get(self._hidden) is True for part in parts)

    def _new_field(
        self, old: Json, schema: Any, place: str, needs: dict[str, bool]
    ) -> Iterator[Difference | SchemaLink]:
        if needs["needed"]:
            yield from necessity(place, True, needs["needed_now"])
            yield from self._inner(old.get("additionalProperties", {}) or {}, schema, place)
        elif needs["needed_now"]:
            yield Difference("required-field-added", place, "a new field that is required")
        else:
            yield Difference("field-added", place, "a new field that is optional")

    def _other_fields(self, old: Json, new: Json, place: str) -> Iterator[Difference | SchemaLink]:
        before, after = (each.get("additionalProperties", True) for each in (old, new))
        if before is not False and after is False:
            yield Difference("other-fields-forbidden", place, "other fields are refused now")
        elif before is False and after is not False:
            yield Difference("other-fields-allowed", place, "other fields are allowed now")
        elif before is not False:
            yield from self._inner(before, after, f"{place}{{}}")
        yield from self._inner(
            old.get("propertyNames"), new.get("propertyNames"), inside(place, "(names of fields)")
        )
        patterns, patterns_now = (each.get("patternProperties") or {} for each in (old, new))
        for pattern in patterns:
            if pattern in patterns_now:
                pattern_place = f"{place}{{{pattern}}}"
                yield from self._inner(patterns[pattern], patterns_now[pattern], pattern_place)
        for pattern in sorted(set(patterns) ^ set(patterns_now)):
            state = "gone" if pattern in patterns else "new"
            message = f"the rule for fields called {pattern} is {state}"
            yield Difference("condition-changed", place, message)

    def _items(self, old: Json, new: Json, place: str) -> Iterator[Difference | SchemaLink]:
        before, after = (list(each.get("prefixItems") or ()) for each in (old, new))
        rest, rest_now = old.get("items"), new.get("items")
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else rest
            other = after[index] if index < len(after) else rest_now
            yield from self._inner(one, other, f"{place}[{index}]")
        yield from self._inner(rest, rest_now, f"{place}[]")

    def _forms(
        self, keyword: str, old: Json, new: Json, place: str
    ) -> Iterator[Difference | SchemaLink]:
        before, after = list(old.get(keyword) or ()), list(new.get(keyword) or ())
        if self._same(before, after):
            return
        if bool(before) != bool(after):
            rule = "alternative-removed" if after else "alternative-added"
            yield Difference(rule, place, f"a choice of forms is {'new' if after else 'gone'}")
            return
        yield from self._choice(
            [form_of(form, self._old) for form in before],
            [form_of(form, self._new) for form in after],
            place,
        )

    def _choice(
        self, before: list[SchemaForm], after: list[SchemaForm], place: str
    ) -> Iterator[Difference | SchemaLink]:
        pairs, removed, added = pair_forms(before, after)
        for one, other in pairs:
            yield from self._inner(one.schema, other.schema, place)
        for form in removed:
            yield Difference("alternative-removed", place, f"no longer {form.name}")
        for form in added:
            yield Difference("alternative-added", place, f"or {form.name}")

    def _with_choice(self, old: Json, new: Json, place: str) -> Iterator[Difference | SchemaLink]:
        """One form became several, or several one: nothing where none of them is alike."""
        before, after = (
            _distribute(each, document) for each, document in ((old, self._old), (new, self._new))
        )
        pairs, _, _ = pair_forms(before, after)
        if pairs:
            yield from self._choice(before, after, place)


def _choice_and_rest(schema: Json) -> tuple[bool, bool]:
    """Whether it has a choice of forms, and whether more is said beside the choice."""
    has_choice = bool(schema.get("anyOf"))
    return has_choice, has_choice and bool(_BESIDE & schema.keys())


def _distribute(schema: Json, document: Json) -> list[SchemaForm]:
    """Each form of a choice with what stands beside the choice; a schema without one alone."""
    forms = schema.get("anyOf")
    if not forms:
        return [SchemaForm(schema, schema, document, schema)]
    beside = {key: each for key, each in schema.items() if key not in ("anyOf", "discriminator")}
    if not beside:
        return [form_of(form, document) for form in forms]
    wholes = [{"allOf": [beside, form]} for form in forms]
    return [
        SchemaForm(whole, flatten(whole, document), document, form)
        for whole, form in zip(wholes, forms, strict=True)
    ]


def _field_removed(place: str, *, needed: bool, refused: bool) -> Difference:
    if refused:
        return Difference("field-refused", place, "is gone, and unknown fields are refused")
    kind = "required" if needed else "optional"
    rule = "required-field-removed" if needed else "field-removed"
    return Difference(rule, place, f"the {kind} field is gone")
