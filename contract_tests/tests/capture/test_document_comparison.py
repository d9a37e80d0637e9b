"""Two redacted documents: each place where they differ, by its kind and path."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_contract.capture.document_comparison import differences


def named(recorded: Any, *answers: Any) -> list[tuple[str, str]]:
    return [(each.kind, "/".join(each.path)) for each in differences(recorded, answers)]


@pytest.mark.parametrize(
    ("recorded", "answer", "expected"),
    [
        ({"id": "<id 1>"}, {"id": "<id 8>"}, []),
        ({"n": "<int 1>"}, {"n": 4}, []),
        ({"n": "<int 1>"}, {"n": "<text 1>"}, [("different form", "n")]),
        ({"a": None}, {"a": "<text 1>"}, [("different form", "a")]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, [("new field", "a/c")]),
        ({"a": {}}, {"a": {"b": 1}}, [("missing field", "a/b")]),
        ({"a": True}, {"a": False}, [("other value", "a")]),
        ({"a": "PENDING"}, {"a": "ERROR"}, [("other value", "a")]),
        ({"a": "<text 1>"}, {"a": "PENDING"}, [("other value", "a")]),
        ({"a": "PENDING"}, {"a": "<text 1>"}, []),
        ({"to": "<lid 1>@lid"}, {"to": "<number 1>@s.whatsapp.net"}, [("other value", "to")]),
        ({"to": "<number 1>:device@s.whatsapp.net"}, {"to": "<number 9>@s.whatsapp.net"}, []),
        ({"<name 1>": {"a": 1}}, {"<number 3>@s.whatsapp.net": {"a": 1}}, []),
        ({"<name 1>": {"b": 1}}, {"<name 3>": {"b": 1, "c": 2}}, [("missing field", "*/c")]),
    ],
)
def test_a_difference_is_named(recorded: Any, answer: Any, expected: list[tuple[str, str]]) -> None:
    assert named(recorded, answer) == expected


def test_an_item_of_a_list_may_have_what_any_item_has() -> None:
    answer = [{"id": "<id 1>", "desc": "<text 1>"}, {"id": "<id 2>"}]
    assert named([{"id": "<id 7>", "desc": "<text 4>"}, {"id": "<id 8>"}], answer) == []
    assert named([{"desc": "<text 4>"}], answer) == [("missing field", "*/id")]


def test_nothing_is_said_of_items_where_the_mock_has_none() -> None:
    assert named([{"id": 1}], []) == []
