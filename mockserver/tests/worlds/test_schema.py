"""The form of a world's file: each mistake by its place, with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from megaapi_mock.domain.addressing import ADDRESSINGS
from megaapi_mock.domain.message_states import CONTACT_STATES
from megaapi_mock.worlds.schema import FORM, SECTIONS, mistakes

INSTANCE = {"key": "megacode-TESTKEY0001", "token": "TESTKEY0001"}
GROUP = {
    "jid": "120363000000000001@g.us", "subject": "Equipe", "owner": "5511900000001",
    "participants": [{"number": "5511900000001", "admin": None}],
}  # fmt: skip


def found(content: Any) -> list[tuple[list[Any], str]]:
    return [(list(place), words) for place, words in mistakes(content)]


def test_a_world_as_it_should_be_has_no_mistake() -> None:
    assert found({}) == []
    assert found({"instances": [INSTANCE], "groups": [GROUP], "contacts": [{}]}) == []
    for addressing in ADDRESSINGS:
        assert found({"contacts": [{"addressing": addressing}]}) == []
    for state in CONTACT_STATES:
        assert found({"contacts": [{"state": state}]}) == []


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ({"instances": [{"key": "a"}]}, ["instances", 0], "add token: printable ASCII"),
        ({"instances": [INSTANCE | {"key": "a b"}]}, ["instances", 0, "key"], "letters, digits"),
        ({"contacts": [{"number": 5511900000002}]}, ["contacts", 0, "number"],
         "8 to 15 digits in quotes"),
        ({"contacts": [{"number": "0123"}]}, ["contacts", 0, "number"], "8 to 15 digits"),
        ({"contacts": [{"nmae": "Ana"}]}, ["contacts", 0, "nmae"], "there are number, also, name"),
        ({"contacts": [{"group_add": 403}]}, ["contacts", 0, "group_add"], "in quotes"),
        ({"groups": [GROUP | {"participants": [{"admin": None}]}]},
         ["groups", 0, "participants", 0], "add number: number or hidden number"),
        ({"groups": [GROUP | {"jid": "1@lid"}]}, ["groups", 0, "jid"], "digits and @g.us"),
        ({"ninth_digit": {"registered_with": ["1"]}}, ["ninth_digit", "registered_with", 0],
         "an area code such as '31'"),
        ({"unlisted_numbers": True}, ["unlisted_numbers"], "on_whatsapp or not_on_whatsapp"),
        ([], [], "is not of type"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place_and_what_to_write(
    content: Any, place: list[Any], words: str
) -> None:
    [(where, sentence)] = found(content)
    assert where == place and words in sentence


def test_every_mistake_is_named() -> None:
    content = {"instances": [{"key": "a b", "token": "x"}], "contacts": [{"number": "1"}]}
    assert {tuple(place) for place, _ in found(content)} == {
        ("instances", 0, "key"), ("contacts", 0, "number"),
    }  # fmt: skip


def fields(rule: Any) -> Iterator[tuple[str, Any]]:
    for name, inner in rule.get("properties", {}).items():
        yield name, inner
        yield from fields(inner)
        yield from fields(inner.get("items", {}))


def test_each_field_says_what_to_write() -> None:
    jsonschema_rs.Draft202012Validator(FORM)
    for name, rule in fields(FORM):
        assert rule.get("description"), name
    assert SECTIONS["world"] is FORM
    assert SECTIONS["contacts"] is FORM["properties"]["contacts"]["items"]
