"""What single values may be, compared: types, values, limits, formats and marks."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.values import (
    as_text,
    enumeration_differences,
    inside,
    necessity,
    shorten,
    type_differences,
    value_differences,
)

from .seeded import Json


def told(old: Json, new: Json) -> list[str]:
    return [f"{each.rule}: {each.message}" for each in value_differences(old, new, "a")]


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("string", ["string"], []),
        (None, "string", ["type-narrowed: any type became string"]),
        ("string", None, ["type-widened: string became any type"]),
        ("string", ["string", "null"], ["type-widened: string became null or string"]),
        (["string", "null"], "string", ["type-narrowed: null or string became string"]),
        ("string", "integer", ["type-changed: string became integer"]),
        ("integer", "number", ["type-widened: integer became number"]),
        ("number", "integer", ["type-narrowed: number became integer"]),
        (["integer", "number"], "number", []),
        (["string", "null"], ["integer", "null"],
         ["type-changed: null or string became integer or null"]),
    ],
)  # fmt: skip
def test_types_are_compared_as_what_they_allow(old: Any, new: Any, rules: list[str]) -> None:
    pair = ({} if each is None else {"type": each} for each in (old, new))
    differences = list(type_differences(*pair, "a"))
    assert [f"{each.rule}: {each.message}" for each in differences] == rules
    assert {each.place for each in differences} <= {"a"}


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ({}, {"enum": ["a"]}, ['values-restricted: only "a" now']),
        ({"enum": ["a", 1]}, {}, ['values-opened: was only "a", 1']),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, []),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, ['values-removed: no longer "b"']),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, ['values-added: or "b"']),
        ({"enum": ["a", "b"]}, {"enum": ["a", "c"]},
         ['values-removed: no longer "b"', 'values-added: or "c"']),
        ({"enum": ["a"]}, {"enum": ["b"]}, ['values-changed: "a" became "b"']),
        ({"enum": [1]}, {"enum": ["1"]}, ['values-changed: 1 became "1"']),
    ],
)  # fmt: skip
def test_enumerations_are_compared_value_by_value(old: Json, new: Json, rules: list[str]) -> None:
    assert told(old, new) == rules


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ({"minimum": 1}, {"minimum": 1.0}, []),
        ({}, {"minimum": 1}, ["bound-tightened: minimum none became 1"]),
        ({"minimum": 1}, {}, ["bound-loosened: minimum 1 became none"]),
        ({"minimum": 1}, {"minimum": 2}, ["bound-tightened: minimum 1 became 2"]),
        ({"maximum": 1}, {"maximum": 2}, ["bound-loosened: maximum 1 became 2"]),
        ({"minimum": 1}, {"exclusiveMinimum": 1},
         ["bound-tightened: minimum 1 became exclusiveMinimum 1"]),
        ({"exclusiveMaximum": 5}, {"maximum": 5},
         ["bound-loosened: exclusiveMaximum 5 became maximum 5"]),
        ({"minimum": 1, "exclusiveMinimum": 5}, {"exclusiveMinimum": 5}, []),
        ({"minLength": 1}, {"minLength": 2}, ["bound-tightened: minLength 1 became 2"]),
        ({"maxItems": 2}, {"maxItems": 1}, ["bound-tightened: maxItems 2 became 1"]),
        ({"maxProperties": 2}, {}, ["bound-loosened: maxProperties 2 became none"]),
        ({}, {"uniqueItems": True}, ["bound-tightened: items must be unique"]),
        ({"uniqueItems": True}, {"uniqueItems": False},
         ["bound-loosened: items must no longer be unique"]),
        ({}, {"multipleOf": 2}, ["bound-tightened: multipleOf none became 2"]),
        ({"multipleOf": 2}, {}, ["bound-loosened: multipleOf 2 became none"]),
        ({"multipleOf": 0.1}, {"multipleOf": 0.3}, ["bound-tightened: multipleOf 0.1 became 0.3"]),
        ({"multipleOf": 4}, {"multipleOf": 2}, ["bound-loosened: multipleOf 4 became 2"]),
        ({"multipleOf": 2}, {"multipleOf": 3}, ["bound-changed: multipleOf 2 became 3"]),
    ],
)  # fmt: skip
def test_limits_are_compared_as_what_they_leave(old: Json, new: Json, rules: list[str]) -> None:
    assert told(old, new) == rules


@pytest.mark.parametrize("keyword", ["pattern", "format"])
def test_a_pattern_or_format_is_new_gone_or_another(keyword: str) -> None:
    assert told({}, {keyword: "x"}) == [f'{keyword}-added: {keyword} "x" is new']
    assert told({keyword: "x"}, {}) == [f'{keyword}-removed: {keyword} "x" is gone']
    assert told({keyword: "x"}, {keyword: "y"}) == [f'{keyword}-changed: {keyword} "x" became "y"']
    assert told({keyword: "x"}, {keyword: "x"}) == []


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ({}, {"default": None}, ["default-changed: default none became null"]),
        ({"default": 1}, {"default": True}, ["default-changed: default 1 became true"]),
        ({"default": 1}, {"default": 1.0}, []),
        ({"readOnly": False}, {}, []),
        ({}, {"readOnly": True}, ["access-changed: now readOnly"]),
        ({"writeOnly": True}, {}, ["access-changed: no longer writeOnly"]),
        ({}, {"deprecated": True}, ["field-deprecated: deprecated"]),
        ({"deprecated": True}, {}, ["field-no-longer-deprecated: no longer deprecated"]),
    ],
)
def test_marks_are_compared(old: Json, new: Json, rules: list[str]) -> None:
    assert told(old, new) == rules


def test_a_field_is_required_or_not_any_more() -> None:
    rules = [
        [each.rule for each in necessity("a", before, now)]
        for before, now in ((True, True), (False, True), (True, False), (False, False))
    ]
    assert rules == [[], ["field-now-required"], ["field-now-optional"], []]


def test_values_that_are_all_gone_without_new_ones_are_removed() -> None:
    before, after = {'"a"': None}, dict[str, None]()
    assert [each.rule for each in enumeration_differences(before, after, "a")] == ["values-removed"]


def test_places_and_values_are_written_for_a_reader() -> None:
    assert (inside("", "a"), inside("a", "b")) == ("a", "a.b")
    assert (shorten("a" * 60), shorten("a" * 61)) == ("a" * 60, f"{'a' * 60}...")
    assert as_text({"b": "ã", "a": 1}) == '{"a": 1, "b": "ã"}'
