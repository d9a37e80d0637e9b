"""Forms of a choice of two versions: which belong together, and what picks one."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.forms import (
    SchemaForm,
    discriminator_differences,
    form_of,
    pair_forms,
)

from .seeded import Json
from .small import NUMBER, TEXT, component, fields

DOCUMENT: Json = {
    "openapi": "3.1.0",
    "components": {"schemas": {"Text": TEXT, "Kind": {"const": "x"}}},
}


def form(schema: Any) -> SchemaForm:
    return form_of(schema, DOCUMENT)


def belonging(old: list[Any], new: list[Any]) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Pairs, removed and added forms, as they are written."""
    pairs, removed, added = pair_forms(list(map(form, old)), list(map(form, new)))
    return (
        [(one.written, other.written) for one, other in pairs],
        [each.written for each in removed],
        [each.written for each in added],
    )


def test_forms_that_say_the_same_belong_together_in_any_order() -> None:
    assert belonging([TEXT, NUMBER], [NUMBER, {**TEXT, "description": "d"}]) == (
        [(TEXT, {**TEXT, "description": "d"}), (NUMBER, NUMBER)], [], [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # By its constant field.
        (fields(t={"const": "a"}, x=TEXT), fields(t={"enum": ["a"]}, y=TEXT)),
        (fields(t=component("Kind"), x=TEXT), fields(t={"const": "x"}, y=TEXT)),
        # By its title.
        ({**fields(x=TEXT), "title": "A"}, {**fields(y=TEXT), "title": "A"}),
        # By its type.
        ({**TEXT, "maxLength": 3}, {**TEXT, "maxLength": 5}),
        # By half of its fields.
        (fields(a=TEXT, b=TEXT), fields(b=TEXT, a=NUMBER)),
    ],
)
def test_forms_belong_together_by_what_they_are_called_or_hold(one: Any, other: Any) -> None:
    stranger = fields(t={"const": "z"}, p=TEXT, q=TEXT, r=TEXT)
    further = {**fields(u=TEXT, v=TEXT, w=TEXT), "title": "Z"}
    pairs, removed, added = belonging([one, stranger], [further, other])
    assert pairs == [(one, other)] or (one, other) in pairs
    assert (stranger, further) in pairs or (removed, added) == ([stranger], [further])


def test_a_reference_belongs_to_the_same_reference() -> None:
    document_now = {**DOCUMENT, "components": {"schemas": {"Text": fields(z=TEXT)}}}
    before = [form(component("Text")), form(NUMBER)]
    after = [form_of(NUMBER, document_now), form_of(component("Text"), document_now)]
    pairs, removed, added = pair_forms(before, after)
    assert {(one.name, other.name) for one, other in pairs} >= {("Text", "Text")}
    assert removed == added == []


def test_forms_with_nothing_in_common_are_gone_and_new() -> None:
    one, other = fields(a=TEXT, b=TEXT), fields(t={"const": "z"}, c=TEXT, d=TEXT)
    both, rest = belonging([one, fields(e=TEXT)], [other, fields(g=TEXT), fields(h=TEXT)])[1:]
    assert both == [one, fields(e=TEXT)] and len(rest) == 3


def test_the_most_alike_belong_together_first() -> None:
    one = fields(a=TEXT, b=TEXT, c=TEXT, d=TEXT)
    near, nearer = fields(a=TEXT, b=TEXT), fields(a=TEXT, b=TEXT, c=TEXT)
    pairs, removed, added = belonging([one], [near, nearer])
    assert (pairs, removed, added) == ([(one, nearer)], [], [near])


def test_each_form_belongs_to_one_other_alone() -> None:
    pairs, removed, added = belonging([TEXT, TEXT], [TEXT])
    assert (pairs, removed, added) == ([(TEXT, TEXT)], [TEXT], [])


def test_a_form_is_named_by_its_component_or_its_beginning() -> None:
    assert form(component("Text")).name == "Text"
    assert form({"enum": ["a" * 99]}).name.endswith("...")


def picks(old: Any, new: Any) -> list[str]:
    differences = discriminator_differences(old, new, "f")
    return [f"{each.rule} at {each.place}: {each.message}" for each in differences]


def choice(name: str, *forms: str, **mapping: str) -> Json:
    return {
        "anyOf": [component(each) for each in forms],
        "discriminator": {"propertyName": name, "mapping": mapping},
    }


def test_what_picks_a_form_is_compared() -> None:
    assert picks(choice("t", "A"), choice("t", "A")) == []
    assert picks(choice("t"), {}) == ["condition-changed at f: discriminator is gone"]
    assert picks({}, choice("t")) == ["condition-changed at f: discriminator is new"]
    assert picks(choice("t"), choice("k")) == [
        "discriminator-changed at f: k tells the forms apart, not t"
    ]


def test_discriminating_values_are_those_of_the_mapping_and_the_names() -> None:
    old = choice("t", "A", "B", first="#/components/schemas/A")
    assert picks(old, choice("t", "A", "B", other="#/components/schemas/A")) == [
        'values-removed at f.t: no longer "first"', 'values-added at f.t: or "other"',
    ]  # fmt: skip
    assert picks(old, choice("t", "A", first="#/components/schemas/A")) == [
        'values-removed at f.t: no longer "B"'
    ] or picks(old, choice("t", "A", first="A")) == ['values-removed at f.t: no longer "B"']
