"""Edits of JSON documents by dotted paths: where a path leads, and what is left alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from megaapi_contract.mutation.payload_edits import (
    edit_at,
    first_value_at,
    in_order,
    places,
    put,
    remove,
    rename,
    retype,
    swap_values,
)

GROUP: dict[str, Any] = {
    "id": "120363000000000001@g.us",
    "participants": [{"id": "a", "admin": None}, {"id": "b", "admin": "admin"}],
    "size": 2,
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("size", [2]),
        ("participants.*.id", ["a", "b"]),
        ("participants.1.id", ["b"]),
        ("participants.2.id", []),
        ("participants.-1.id", []),
        ("participants.id", []),
        ("size.deeper", []),
        ("missing", []),
        ("*.0.id", ["a"]),
    ],
)
def test_path_leads_to_every_value_that_fits(path: str, values: list[Any]) -> None:
    assert [node[key] for node, key in places(GROUP, path)] == values
    assert first_value_at(GROUP, path) == (values[0] if values else None)


def test_star_leads_to_every_child_of_an_object_and_a_list() -> None:
    assert [key for _, key in places(GROUP, "*")] == ["id", "participants", "size"]
    assert [key for _, key in places(GROUP, "participants.*")] == [0, 1]


def test_put_value_is_a_copy_in_each_place() -> None:
    admins: list[str] = []
    document = put("participants.*.admin", admins)(deepcopy(GROUP))
    document["participants"][0]["admin"].append("changed")
    assert document["participants"][1]["admin"] == [] and admins == []


def test_edit_where_nothing_fits_changes_nothing() -> None:
    for edit in (
        put("none.here", 1),
        remove("none"),
        rename("none", "new"),
        retype("a.b"),
    ):
        assert edit(deepcopy(GROUP)) == GROUP


def test_without_removes_every_item_of_a_list() -> None:
    assert remove("participants.*")(deepcopy(GROUP))["participants"] == []
    assert "size" not in remove("size")(deepcopy(GROUP))


def test_rename_keeps_the_value_under_the_new_name_alone() -> None:
    document = rename("participants.*.id", "jid")(deepcopy(GROUP))
    assert document["participants"] == [{"admin": None, "jid": "a"}, {"admin": "admin", "jid": "b"}]


def test_swap_needs_both_values() -> None:
    assert swap_values("x", "y")({"x": 1, "y": 2}) == {"x": 2, "y": 1}
    assert swap_values("x", "y")({"x": 1}) == {"x": 1}


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (True, "true"),
        (5, "5"),
        (1.5, "1.5"),
        ("0042", 42),
        ("", [""]),
        ("text", ["text"]),
        (["a"], {"0": "a"}),
        (None, [None]),
        ({"a": 1}, [{"a": 1}]),
    ],
)
def test_retype_gives_a_value_of_another_type(value: Any, other: Any) -> None:
    document = retype("field")({"field": value})
    assert document == {"field": other} and type(document["field"]) is not type(value)


def test_both_edits_happen_in_order() -> None:
    edit = in_order(rename("x", "y"), edit_at("y", lambda value: value + 1))
    assert edit({"x": 1}) == {"y": 2}
    assert in_order()({"x": 1}) == {"x": 1}
