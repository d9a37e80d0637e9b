"""Two schemas compared place by place, for the side that writes their values."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.change import Side
from megaapi_mock.spec.diff.schemas import Schemas

from .seeded import Json
from .small import NUMBER, TEXT, component, fields, listed

NOTHING: Json = {"openapi": "3.1.0"}


def told(
    old: Any, new: Any, side: Side = Side.CALLER, documents: tuple[Json, Json] = (NOTHING, NOTHING)
) -> list[str]:
    differences = Schemas(*documents, side).differences(old, new)
    return [f"{each.rule} at {each.place}".removesuffix(" at ") for each in differences]


def with_other(schema: Any, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "additionalProperties": schema}


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        (fields(a=TEXT), fields(a=TEXT), []),
        (fields(a=TEXT), fields(a=NUMBER), ["type-changed at a"]),
        (fields(), fields(a=TEXT), ["field-added at a"]),
        (fields(), fields("a", a=TEXT), ["required-field-added at a"]),
        (fields(), fields("a"), ["required-field-added at a"]),
        (fields(a=TEXT), fields(), ["field-removed at a"]),
        (fields("a", a=TEXT), fields(), ["required-field-removed at a"]),
        (fields("a", a=TEXT), fields(a=TEXT), ["field-now-optional at a"]),
        (fields("a"), fields(), ["field-now-optional at a"]),
        (fields("a", a=TEXT), fields("a"), ["type-widened at a"]),
        (fields("a"), fields("a", a=TEXT), ["type-narrowed at a"]),
        (fields(a=TEXT), with_other(False), ["field-refused at a", "other-fields-forbidden"]),
        (fields(a=TEXT), fields(a=False), ["field-refused at a"]),
        (fields(a=False), fields(), []),
        (fields(), fields(a=False), []),
        (with_other(False), with_other(True), ["other-fields-allowed"]),
        (with_other(TEXT), with_other(NUMBER), ["type-changed at {}"]),
        (with_other(TEXT), fields("a", a=TEXT),
         ["required-field-added at a", "type-widened at {}"]),
        (listed(TEXT), listed(NUMBER), ["type-changed at []"]),
        ({"prefixItems": [TEXT]}, {"prefixItems": [NUMBER]}, ["type-changed at [0]"]),
        ({"prefixItems": [TEXT], "items": NUMBER}, {"items": NUMBER}, ["type-changed at [0]"]),
        ({"patternProperties": {"^a": TEXT}}, {"patternProperties": {"^a": NUMBER}},
         ["type-changed at {^a}"]),
        ({"patternProperties": {"^a": TEXT}}, {}, ["condition-changed"]),
        ({"propertyNames": {"maxLength": 3}}, {"propertyNames": {"maxLength": 2}},
         ["bound-tightened at (names of fields)"]),
        ({"not": TEXT}, {"not": NUMBER}, ["condition-changed"]),
        ({"contains": TEXT, "minContains": 1}, {"contains": TEXT}, ["condition-changed"]),
        ({"const": 1}, {"const": True}, ["type-changed"]),
        # Fields and limits of another type say nothing more.
        (fields(a=TEXT), {**TEXT, "maxLength": 3}, ["type-changed"]),
    ],
)  # fmt: skip
def test_a_difference_has_its_rule_and_its_place(
    old: Any, new: Any, differences: list[str]
) -> None:
    assert told(old, new) == differences


A, B = fields("t", t={"const": "a"}, x=TEXT), fields("t", t={"const": "b"}, y=TEXT)


@pytest.mark.parametrize(
    ("old", "new", "differences"),
    [
        ({"anyOf": [A, B]}, {"anyOf": [B, A]}, []),
        ({"anyOf": [A, B]}, {"oneOf": [A, B]}, []),
        ({"anyOf": [A, B]}, {"anyOf": [A, fields("t", t={"const": "b"}, y=NUMBER)]},
         ["type-changed at y"]),
        ({"anyOf": [A, B]}, {"anyOf": [A, B, fields("z", z=TEXT)]}, ["alternative-added"]),
        (A, {"anyOf": [A, B]}, ["alternative-added"]),
        ({"anyOf": [A, B]}, A, ["alternative-removed"]),
        ({**fields(k=TEXT), "anyOf": [A, B]}, {**fields(k=NUMBER), "anyOf": [A, B]},
         ["type-changed at k"]),
        ({"anyOf": [A, B]}, NUMBER,
         ["type-narrowed", "alternative-added"]),
    ],
)  # fmt: skip
def test_a_choice_is_compared_form_by_form(old: Any, new: Any, differences: list[str]) -> None:
    assert told(old, new) == differences


@pytest.mark.parametrize(("mark", "side"), [("readOnly", Side.CALLER), ("writeOnly", Side.GATEWAY)])
def test_a_field_that_the_other_side_writes_need_not_be_sent(mark: str, side: Side) -> None:
    hidden = {**TEXT, mark: True}
    other = Side.GATEWAY if side is Side.CALLER else Side.CALLER
    old, new = fields(a=hidden), fields("a", a=hidden)
    assert told(old, new, side) == []
    assert told(old, new, other) == ["field-now-required at a"]
    assert told(fields(a=hidden), fields(), side) == []
    part = {"allOf": [hidden]}
    assert told(fields(a=part), fields("a", a=part), side) == []


def documents(old: Json, new: Json) -> tuple[Json, Json]:
    return (
        {**NOTHING, "components": {"schemas": old}},
        {**NOTHING, "components": {"schemas": new}},
    )


def test_a_shared_schema_is_compared_once_at_its_nearest_place() -> None:
    pair = documents({"S": TEXT, "D": fields(a=component("S"))},
                     {"S": NUMBER, "D": fields(a=component("S"))})  # fmt: skip
    schema = fields(deep=component("D"), near=component("S"))
    differences = list(Schemas(*pair, Side.CALLER).differences(schema, schema))
    assert [each.place for each in differences] == ["near"]
    assert differences[0].message.endswith("(also at deep.a)")


def test_a_schema_that_refers_to_itself_is_compared_to_its_end() -> None:
    old = {"N": fields(next=component("N"), v=TEXT)}
    new = {"N": fields(next=component("N"), v=NUMBER)}
    pair = documents(old, new)
    assert told(component("N"), component("N"), documents=pair) == ["type-changed at v"]
    assert told(component("N"), component("N"), documents=documents(old, old)) == []


def test_a_reference_and_what_it_stands_for_are_the_same() -> None:
    pair = documents({"S": TEXT}, {})
    assert told(fields(a=component("S")), fields(a=TEXT), documents=pair) == []
