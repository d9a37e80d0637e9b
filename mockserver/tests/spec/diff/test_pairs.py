"""Small documents compared: changes and their levels, and what is only written otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.document import compare

from .pairs import DOCUMENTS, SAME_DOCUMENTS, SAME_SCHEMAS, SCHEMAS
from .seeded import Json
from .small import NUMBER, TEXT, answer, component, document, fields, request


def worst(old: Json, new: Json) -> str:
    """`level rule` of the first change; `none` without one."""
    changes = compare(old, new)
    return f"{changes[0].level.value} {changes[0].rule}" if changes else "none"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_classified_on_both_sides(name: str) -> None:
    old, new, sent, received = SCHEMAS[name]
    assert worst(request(fields(f=old)), request(fields(f=new))) == sent
    assert worst(answer(fields(f=old)), answer(fields(f=new))) == received


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_classified(name: str) -> None:
    old, new, expected = DOCUMENTS[name]
    assert worst(old, new) == expected


@pytest.mark.parametrize("name", SAME_SCHEMAS)
def test_a_schema_written_otherwise_is_no_change(name: str) -> None:
    for old, new in (SAME_SCHEMAS[name], SAME_SCHEMAS[name][::-1]):
        for place in (request, answer):
            assert compare(place(old), place(new)) == []
            assert compare(place(fields(f=old)), place(fields(f=new))) == []


@pytest.mark.parametrize("name", SAME_DOCUMENTS)
def test_a_document_written_otherwise_is_no_change(name: str) -> None:
    old, new = SAME_DOCUMENTS[name]
    assert compare(old, new) == compare(new, old) == []


def test_there_are_many_pairs() -> None:
    assert len(SCHEMAS) * 2 + len(DOCUMENTS) >= 80
    assert len(SAME_SCHEMAS) + len(SAME_DOCUMENTS) >= 45


def test_a_reference_that_leads_nowhere_is_named() -> None:
    whole, broken = answer(component("T"), T=TEXT), answer(component("T"))
    for old, new, rule in ((whole, broken, "broken"), (broken, whole, "fixed")):
        (mention,) = [each for each in compare(old, new) if each.rule == f"reference-{rule}"]
        assert "#/components/schemas/T" in mention.message


def test_a_shared_schema_is_compared_once_and_its_other_places_are_named() -> None:
    def order(kind: Json) -> Json:
        return answer(fields(buyer=component("P"), seller=component("P")),
                      P=fields(home=component("H")), H=fields(no=kind))  # fmt: skip

    (only,) = compare(order(TEXT), order(NUMBER))
    assert only.place == "answer 200: buyer.home.no"
    assert only.message == "string became integer (also at seller.home.no)"


def _web(size: int, kind: Any) -> Json:
    """Every schema refers to every other one, and each has an operation."""
    schemas = {
        f"S{row}": fields(**{f"f{column}": component(f"S{column}") for column in range(size)},
                          own=kind if row == 3 else TEXT)
        for row in range(size)
    }  # fmt: skip
    result = document(components={"schemas": schemas})
    for row in range(size):
        result["paths"][f"/p{row}"] = answer(component(f"S{row}"))["paths"]["/a"]
    return result


def test_schemas_that_refer_to_one_another_are_each_compared_once() -> None:
    # Each way from one to another would be one comparison: more than there is time for.
    changes = compare(_web(40, TEXT), _web(40, NUMBER))
    assert len(changes) == 40
    assert {each.rule for each in changes} == {"type-changed"}


def test_references_that_double_at_each_step_end() -> None:
    def chain(last: Json) -> Json:
        steps = {
            f"S{step}": fields(l=component(f"S{step + 1}"), r=component(f"S{step + 1}"))
            for step in range(60)
        }
        return request(component("S0"), **steps, S60=last)

    (only,) = compare(chain(TEXT), chain(NUMBER))
    assert only.place == "request: " + ".".join(["l"] * 60)


@pytest.mark.parametrize("parts", [1, 2])
def test_a_schema_that_is_a_part_of_itself_ends(parts: int) -> None:
    old, new = (
        request(component("A"), A={"allOf": [component("A")] * parts + [fields(a=kind)]})
        for kind in (TEXT, NUMBER)
    )
    assert [each.rule for each in compare(old, new)] == ["type-changed"]


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_schema_of_its_own_fields_ends(keyword: str) -> None:
    old, new = (
        answer(component("A"), A={
            **fields(a=kind), "additionalProperties": {keyword: [component("A")]},
            "patternProperties": {"^x": {keyword: [component("A"), {"type": "null"}]}},
        })
        for kind in (TEXT, NUMBER)
    )  # fmt: skip
    assert {each.rule for each in compare(old, new)} == {"type-changed"}
