"""Local references: where they lead, which are broken, which lead to the same in two versions."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.references import (
    NOWHERE,
    broken_references,
    reference_of,
    references,
    resolve,
    siblings,
    stable_references,
    target_of,
)

from .seeded import Json
from .small import NUMBER, TEXT, component


def document(version: str = "3.1.0", **schemas: Any) -> Json:
    return {"openapi": version, "components": {"schemas": schemas}}


DOCUMENT = document(
    A=TEXT, B=component("A"), C={**component("A"), "maxLength": 3}, Round=component("Again"),
    Again=component("Round"), Lost=component("Nobody"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("node", "target"),
    [
        (TEXT, TEXT),
        (component("A"), TEXT),
        (component("B"), TEXT),
        (component("C"), {**TEXT, "maxLength": 3}),
        ({**component("C"), "maxLength": 2}, {**TEXT, "maxLength": 2}),
        (component("Round"), {}),
        (component("Nobody"), {}),
        (component("Lost"), {}),
        (True, True),
        ({"$ref": 1}, {"$ref": 1}),
    ],
)
def test_a_reference_is_followed_to_what_it_says(node: Any, target: Any) -> None:
    assert resolve(node, DOCUMENT) == target


def test_nothing_counts_beside_a_reference_of_openapi_3_0() -> None:
    node = {**component("A"), "maxLength": 2}
    assert resolve(node, document("3.0.3", A=TEXT)) == TEXT
    assert siblings(node, document("3.0.3")) == {}
    assert siblings(node, document()) == {"maxLength": 2}


def test_a_reference_may_be_written_as_an_address_is() -> None:
    odd = {"paths": {"/a/{k}": {"x": 1}}, "a b": 2}
    assert target_of("#/paths/~1a~1%7Bk%7D/x", odd) == 1
    assert target_of("#/a%20b", odd) == 2
    assert target_of("#/nothing", odd) is NOWHERE
    assert target_of("other.yaml#/a", odd) is NOWHERE


def test_what_looks_like_a_reference_within_a_value_is_none() -> None:
    node = {
        "example": component("A"), "default": component("A"), "enum": [component("A")],
        "properties": {"example": component("B"), "properties": component("C")},
        "items": [component("D")],
    }  # fmt: skip
    assert references(node) == {component(name)["$ref"] for name in "BCD"}


def test_a_field_called_like_a_map_of_fields_holds_a_schema() -> None:
    inner = {"properties": {"headers": {"example": component("A"), "items": component("B")}}}
    assert references(inner) == {component("B")["$ref"]}


def test_a_reference_is_a_text_under_its_name() -> None:
    assert reference_of(component("A")) == "#/components/schemas/A"
    assert reference_of({"$ref": {"type": "string"}}) is None
    assert reference_of([component("A")]) is None


def stable(old: Json, new: Json) -> set[str]:
    """The names of stable components, from a document that uses them all."""
    pair = (
        {**each, "used": [component(name) for name in each["components"]["schemas"]]}
        for each in (old, new)
    )
    return {reference.rpartition("/")[2] for reference in stable_references(*pair)}


def test_what_leads_to_the_same_is_stable_and_what_uses_a_change_is_not() -> None:
    old = document(A=TEXT, B=component("A"), C={"items": component("B")}, D=NUMBER)
    new = document(A=NUMBER, B=component("A"), C={"items": component("B")}, D=NUMBER)
    assert stable(old, new) == {"D"}
    assert stable(old, old) == {"A", "B", "C", "D"}


def test_what_is_new_or_leads_nowhere_is_not_stable() -> None:
    assert stable(
        document(A=TEXT, L=component("No")), document(A=TEXT, L=component("No"), N=TEXT)
    ) == {"A"}


def test_schemas_that_refer_to_themselves_may_be_stable() -> None:
    loop = document(A={"items": component("B")}, B={"items": component("A")})
    assert stable(loop, loop) == {"A", "B"}


def test_references_that_lead_nowhere_or_in_a_circle_are_broken() -> None:
    names = {each.rpartition("/")[2] for each in broken_references(DOCUMENT)}
    assert names == {"Nobody", "Round", "Again"}
    assert broken_references(document(A={"items": component("A")})) == set()
