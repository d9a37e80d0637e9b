"""Parameters of two versions of an operation: found again by place and name, and compared."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.media import Contents
from megaapi_mock.spec.diff.parameters import parameter_changes

from .seeded import Json
from .small import NUMBER, TEXT, listed, parameter

NOTHING: Json = {"openapi": "3.1.0"}


def told(
    old: list[Json], new: list[Json], paths: tuple[str, str] = ("/a", "/a"),
    documents: tuple[Json, Json] = (NOTHING, NOTHING),
) -> list[str]:  # fmt: skip
    changes = parameter_changes(
        "POST /a", Contents(*documents), documents, paths, (tuple(old), tuple(new))
    )
    return [f"{each.rule} at {each.place}" for each in changes]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ({}, {"required": True}, "parameter-now-required"),
        ({"required": True}, {}, "parameter-now-optional"),
        ({}, {"deprecated": True}, "parameter-deprecated"),
        ({"deprecated": True}, {}, "parameter-no-longer-deprecated"),
        ({"allowEmptyValue": True}, {}, "empty-parameter-refused"),
        ({}, {"allowEmptyValue": True}, "empty-parameter-allowed"),
        ({}, {"schema": NUMBER}, "type-changed"),
        ({}, {"style": "spaceDelimited"}, "parameter-style-changed"),
        ({}, {"allowReserved": True}, "parameter-style-changed"),
        ({"schema": listed()}, {"schema": listed(), "explode": False}, "parameter-style-changed"),
        ({}, {"schema": None, "content": {"text/a": {"schema": TEXT}}}, "parameter-style-changed"),
    ],
)
def test_what_is_said_of_a_parameter_is_compared(old: Json, new: Json, rule: str) -> None:
    assert told([{**parameter(), **old}], [{**parameter(), **new}]) == [
        f"{rule} at query parameter k"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"style": "form"}),
        # One value is written the same, exploded or not.
        ({"explode": True}, {"explode": False}),
        ({"schema": listed()}, {"schema": listed(), "explode": True}),
        ({"in": "header"}, {"in": "header", "style": "simple", "name": "K"}),
        ({"in": "path"}, {"in": "path", "style": "simple"}),
    ],
)
def test_what_is_said_by_itself_may_be_written_down(old: Json, new: Json) -> None:
    assert told([{**parameter(), **old}], [{**parameter(), **new}]) == []


def test_a_parameter_of_another_place_is_another() -> None:
    assert told([parameter()], [parameter(where="cookie", required=True)]) == [
        "parameter-removed at query parameter k",
        "required-parameter-added at cookie parameter k",
    ]
    assert told([], [parameter()]) == ["parameter-added at query parameter k"]


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_content_and_security_describe_say_nothing(name: str) -> None:
    assert told([parameter(where="header", name=name)], []) == []
    assert told([parameter(where="query", name=name)], []) != []


def test_parameters_of_the_path_are_found_by_their_number() -> None:
    old = [parameter(where="path", name="key"), parameter(where="path", name="id")]
    new = [parameter(where="path", name="id"), parameter(NUMBER, where="path", name="instance")]
    assert told(old, new, ("/{key}/a/{id}", "/{instance}/a/{id}")) == [
        "path-parameter-renamed at path parameter key",
        "type-changed at path parameter key",
    ]


def test_a_parameter_that_is_referred_to_is_read() -> None:
    def document(schema: Any) -> Json:
        return {**NOTHING, "components": {"parameters": {"K": parameter(schema)}}}

    asked = [{"$ref": "#/components/parameters/K"}]
    changes = told(asked, asked, documents=(document(TEXT), document(NUMBER)))
    assert changes == ["type-changed at query parameter k"]


def test_the_content_of_a_parameter_is_compared_as_a_body_is() -> None:
    def with_content(schema: Json) -> Json:
        return {"in": "query", "name": "k", "content": {"text/a": {"schema": schema}}}

    assert told([with_content(TEXT)], [with_content(NUMBER)]) == [
        "type-changed at query parameter k"
    ]


def test_a_later_parameter_of_the_same_name_counts() -> None:
    assert told([parameter(NUMBER), parameter(TEXT)], [parameter(TEXT)]) == []
