"""Components that lead back to themselves and hold nothing."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.loops import find_loop


def ref(name: str, section: str = "schemas") -> dict[str, str]:
    return {"$ref": f"#/components/{section}/{name}"}


@pytest.mark.parametrize(
    "around",
    [
        lambda inner: inner,
        lambda inner: {"allOf": [{"type": "object"}, inner]},
        lambda inner: {"anyOf": [inner]},
        lambda inner: {"if": {}, "then": inner},
        lambda inner: {"not": {"oneOf": [inner]}},
        lambda inner: {"dependentSchemas": {"a": inner}},
    ],
)
def test_what_speaks_of_the_same_value_is_a_loop(around: Any) -> None:
    schemas = {"A": around(ref("B")), "B": ref("A"), "C": {}}
    assert find_loop({"schemas": schemas}) == ("schemas/A", "schemas/B")


def test_a_component_may_lead_to_itself_at_once() -> None:
    assert find_loop({"schemas": {"A": ref("A")}}) == ("schemas/A", "schemas/A")


@pytest.mark.parametrize(
    "schemas",
    [
        {"Tree": {"properties": {"child": ref("Tree")}, "items": ref("Tree")}},
        {"A": ref("B"), "B": {"type": "string"}},
        {"A": {"allOf": [ref("B"), ref("B")]}, "B": {}},
        {"A": ref("Gone")},
        {"A": {"$ref": "https://example.test/A"}},
        {"A": True, "B": {"dependentSchemas": None, "not": None}},
    ],
)
def test_a_tree_is_no_loop(schemas: dict[str, Any]) -> None:
    assert find_loop({"schemas": schemas}) is None


def test_sections_are_told_apart() -> None:
    assert find_loop({"schemas": {"A": ref("A", "responses")}, "responses": {"A": {}}}) is None
