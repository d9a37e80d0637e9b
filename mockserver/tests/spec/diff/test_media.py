"""Bodies by media type: what stands for which, and whom a new one hurts."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.change import Side
from megaapi_mock.spec.diff.media import Contents

from .seeded import Json
from .small import NUMBER, TEXT

NOTHING: Json = {"openapi": "3.1.0"}
CALLER, GATEWAY = Side.CALLER, Side.GATEWAY


def told(side: Side, old: Json, new: Json) -> list[str]:
    contents = Contents(NOTHING, NOTHING)
    changes = contents.content("POST /a", "request", side, {"content": old}, {"content": new})
    return [f"{each.level.value} {each.rule} at {each.place}" for each in changes]


def of(*names: str, schema: Any = TEXT) -> Json:
    return {name: {"schema": schema} for name in names}


@pytest.mark.parametrize(
    ("side", "old", "new", "rules"),
    [
        (CALLER, ["text/a"], ["text/a", "text/b"], ["harmless request-media-type-added"]),
        (GATEWAY, ["text/a"], ["text/a", "text/b"], ["dangerous answer-media-type-added"]),
        (CALLER, ["text/a", "text/b"], ["text/a"], ["breaking media-type-removed"]),
        (CALLER, ["image/png"], ["image/*"], ["harmless request-media-type-added"]),
        (CALLER, ["image/png"], ["*/*"], ["harmless request-media-type-added"]),
        (CALLER, ["image/*"], ["image/png"],
         ["breaking media-type-removed", "harmless request-media-type-added"]),
        (GATEWAY, ["image/*"], ["image/png"], []),
        (GATEWAY, ["image/png"], ["image/*"],
         ["breaking media-type-removed", "dangerous answer-media-type-added"]),
        (CALLER, ["image/png"], ["video/*"],
         ["breaking media-type-removed", "harmless request-media-type-added"]),
    ],
)  # fmt: skip
def test_a_media_type_may_stand_for_another_depending_on_who_sends(
    side: Side, old: list[str], new: list[str], rules: list[str]
) -> None:
    assert [each.partition(" at ")[0] for each in told(side, of(*old), of(*new))] == rules


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("application/json", "Application/JSON; charset=utf-8", True),
        ("text/a; version=1", "text/a;version=1", True),
        ("text/a; version=1", "text/a; version=2", False),
    ],
)
def test_a_media_type_has_one_spelling(old: str, new: str, same: bool) -> None:
    assert (told(CALLER, of(old), of(new)) == []) is same


def test_a_schema_is_held_to_the_side_that_writes_it() -> None:
    old, new = of("text/a", schema=TEXT), of("text/a", schema={**TEXT, "maxLength": 3})
    assert told(CALLER, old, new) == ["breaking bound-tightened at request"]
    assert told(GATEWAY, old, new) == ["harmless bound-tightened at request"]


def test_a_media_type_is_named_where_there_are_several() -> None:
    changes = told(CALLER, of("text/a", "text/b"), {**of("text/a", schema=NUMBER), **of("text/b")})
    assert changes == ["breaking type-changed at request text/a"]


def test_what_stands_for_a_media_type_is_compared_with_it() -> None:
    changes = told(GATEWAY, of("image/*"), of("image/png", schema=NUMBER))
    assert changes == ["breaking type-changed at request"]


def test_examples_and_encodings_of_a_body_are_compared() -> None:
    old: Json = {"text/a": {"example": 1, "encoding": {"a": {"style": "form"}, "c": {}}}}
    new: Json = {"text/a": {"examples": {}, "encoding": {"b": {}, "c": {}}}}
    assert told(CALLER, old, new) == [
        "harmless text-changed at request",
        "dangerous encoding-changed at request: a",
        "dangerous encoding-changed at request: b",
    ]


def test_a_place_within_a_schema_stands_behind_the_place_of_the_body() -> None:
    old = {"type": "object", "properties": {"a": TEXT}}
    new = {"type": "object", "properties": {"a": NUMBER}}
    changes = Contents(NOTHING, NOTHING).schema("POST /a", "query parameter k", CALLER, old, new)
    assert [each.place for each in changes] == ["query parameter k: a"]
