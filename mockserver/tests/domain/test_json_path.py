"""Dotted paths: what they read, write and refuse."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.codec import JSON_DEPTH
from megaapi_mock.domain.json_path import put_at, require_path, value_at, value_on_path
from megaapi_mock.errors import Invalid

DOCUMENT: dict[str, Any] = {"message": {"rows": [{"id": 1}, {"id": 2}]}, "empty": None}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", DOCUMENT),
        ("message.rows.1.id", 2),
        ("message.rows.2", None),
        ("message.rows.-1", None),
        ("message.rows.\N{ARABIC-INDIC DIGIT ONE}", None),
        ("message.rows.x", None),
        ("empty.below", None),
        ("message.rows.0.id.below", None),
    ],
)
def test_a_path_gives_the_value_or_none(path: str, value: Any) -> None:
    assert value_on_path(DOCUMENT, path) == value


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        ((), DOCUMENT),
        (("message", "rows", 1, "id"), 2),
        (("message", "rows", 2, "id"), None),
        (("message", "rows", -1), None),
        (("message", "rows", "1"), None),
        (("empty", "below"), None),
        (("message", "rows", 0, "id", "below"), None),
    ],
)
def test_steps_give_the_value_or_none(steps: tuple[str | int, ...], value: Any) -> None:
    assert value_at(DOCUMENT, *steps) == value


def test_a_step_may_hold_dots() -> None:
    document = {"5511900000002@s.whatsapp.net": {"id": "a"}}
    assert value_at(document, "5511900000002@s.whatsapp.net", "id") == "a"


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("a.b", {"a": {"b": 5}, "list": [1, {"c": 2}]}),
        ("list.0", {"a": {}, "list": [5, {"c": 2}]}),
        ("list.1.d.e", {"a": {}, "list": [1, {"c": 2, "d": {"e": 5}}]}),
        ("new", {"a": {}, "list": [1, {"c": 2}], "new": 5}),
    ],
)
def test_a_value_is_put_where_the_path_leads(path: str, after: Any) -> None:
    document: dict[str, Any] = {"a": {}, "list": [1, {"c": 2}]}
    put_at(document, path, 5)
    assert document == after
    assert value_on_path(document, path) == 5


@pytest.mark.parametrize("path", ["list.2", "list.2.a", "list.x", "list.0.a", "list.1.c.d"])
def test_a_path_through_what_holds_no_fields_is_refused(path: str) -> None:
    document: dict[str, Any] = {"list": [1, {"c": 2}]}
    with pytest.raises(Invalid, match="holds no fields"):
        put_at(document, path, 5)
    assert document == {"list": [1, {"c": 2}]}


@pytest.mark.parametrize("path", ["", ".", "a..b", "a.", ".".join("a" * (JSON_DEPTH + 1))])
def test_a_path_of_no_names_or_too_many_is_refused(path: str) -> None:
    with pytest.raises(Invalid, match="names joined by dots"):
        require_path(path)
    require_path(".".join("a" * JSON_DEPTH))
