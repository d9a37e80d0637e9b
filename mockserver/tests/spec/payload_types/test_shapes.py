"""What types can say of a schema: merged, joined, and the same whatever it is called."""

from __future__ import annotations

import pytest
from megaapi_mock.spec.payload_types.shapes import (
    AnyOf,
    Anything,
    Field,
    ListOf,
    Literals,
    MapOf,
    ObjectShape,
    Scalar,
    Shape,
    any_of,
    join,
    merge,
    outline,
)

STRING, INTEGER, BOOLEAN = Scalar("string"), Scalar("integer"), Scalar("boolean")


def record(*fields: Field, name: str = "", text: str = "") -> ObjectShape:
    return ObjectShape(fields, name, text)


def test_join_makes_optional_what_one_lacks() -> None:
    one = record(Field("a", STRING, True), Field("b", STRING, True))
    other = record(Field("b", INTEGER, True), Field("c", STRING, True))
    assert join(one, other) == record(
        Field("a", STRING, False),
        Field("b", AnyOf((STRING, INTEGER)), True),
        Field("c", STRING, False),
    )


def test_join_of_the_same_keeps_the_name() -> None:
    named = record(Field("a", STRING, False), name="Named", text="Words.")
    stricter = record(Field("a", STRING, True))
    assert join(named, stricter) == named
    assert join(stricter, named) == named
    assert join(record(), record(Field("a", STRING, True))).fields[0].required is False


def test_merge_requires_what_either_requires() -> None:
    one = record(Field("a", STRING, False, "Words."), Field("b", BOOLEAN, True))
    other = record(Field("a", Literals(("x",)), True))
    assert merge(one, other) == record(
        Field("a", Literals(("x",)), True, "Words."), Field("b", BOOLEAN, True)
    )


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (Anything(), STRING, STRING),
        (STRING, Anything(), STRING),
        (STRING, Literals(("a",)), Literals(("a",))),
        (Literals(("a",)), STRING, Literals(("a",))),
        (Literals(("a", "b")), Literals(("b", "c")), Literals(("b",))),
        (Scalar("number"), INTEGER, INTEGER),
        (ListOf(Anything()), ListOf(STRING), ListOf(STRING)),
        (AnyOf((STRING, INTEGER)), STRING, STRING),
    ],
)
def test_merge_keeps_what_both_allow(one: Shape, other: Shape, merged: Shape) -> None:
    assert merge(one, other) == merged


@pytest.mark.parametrize(
    ("shapes", "joined"),
    [
        ((STRING, STRING), STRING),
        ((STRING, Literals(("a",))), STRING),
        ((Literals(("a",)), Literals(("b", "a"))), Literals(("a", "b"))),
        ((Literals((True,)), Literals((False,))), BOOLEAN),
        ((Literals((1,)), Literals((True,))), Literals((1, True))),
        ((Literals((0, 1)),), Literals((0, 1))),
        ((Anything(), STRING), Anything()),
        ((AnyOf((STRING, INTEGER)), INTEGER), AnyOf((STRING, INTEGER))),
        ((MapOf(STRING), ListOf(STRING)), AnyOf((MapOf(STRING), ListOf(STRING)))),
    ],
)
def test_any_of_allows_what_each_does(shapes: tuple[Shape, ...], joined: Shape) -> None:
    assert any_of(shapes) == joined


def test_outline_leaves_names_and_order_out() -> None:
    one = record(Field("a", STRING, True, "Words."), Field("b", ListOf(MapOf(STRING)), False))
    other = record(Field("b", ListOf(MapOf(STRING)), False), Field("a", STRING, True), name="Other")
    assert outline(one) == outline(other)
    assert outline(Literals((1,))) != outline(Literals((True,)))


def test_join_goes_into_lists_and_maps() -> None:
    either = AnyOf((STRING, INTEGER))
    assert join(ListOf(STRING), ListOf(INTEGER)) == ListOf(either)
    assert join(MapOf(STRING), MapOf(INTEGER)) == MapOf(either)
    assert join(ListOf(STRING), MapOf(STRING)) == AnyOf((ListOf(STRING), MapOf(STRING)))


def test_an_object_is_open_where_both_say_so_and_merged_where_one_does() -> None:
    is_open, closed = ObjectShape((), open=True), ObjectShape(())
    assert not join(is_open, closed).open and join(is_open, ObjectShape((), open=True)).open
    assert merge(is_open, closed).open


def test_merge_of_the_same_keeps_the_name() -> None:
    named = record(Field("a", STRING, True), name="Named", text="Words.")
    assert merge(named, record(Field("a", STRING, False))) == named
    assert merge(record(Field("b", STRING, False)), named).name == ""
