"""Lint of links: their targets, the values they carry, and the bodies they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.spec.lint_links import find_link_faults
from megaapi_mock.spec.lint_nodes import Node

from .linted import linted

JSON = "application/json"


def content(schema: Any = None, value: Any = None) -> dict[str, Any]:
    return {"content": {JSON: {"schema": schema or {}, "examples": {"plain": {"value": value}}}}}


TARGET = {
    "operationId": "rename",
    "parameters": [{"in": "path", "name": "id", "required": True}, {"in": "query", "name": "k"}],
    "requestBody": content({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "text": {"type": "string", "maxLength": 12}}}),
}  # fmt: skip
BARE = {"operationId": "leave"}
SOURCE = {
    "parameters": [{"$ref": "#/components/parameters/Key"}],
    "requestBody": content(value={"data": {"name": "Equipe"}}),
}
PARAMETERS = {"Key": {"in": "path", "name": "key", "example": "k1"}}


def faults(link: Any, root: Path = Path("nowhere"), links: Any = None) -> list[tuple[str, str]]:
    """Rule and sentence of what is wrong with a link of an answer."""
    answer = content(value={"group": {"id": "g1", "size": 3}}) | {
        "links": {"next": link}, "headers": {"X-Id": {}},
    }  # fmt: skip
    source = {**SOURCE, "operationId": "create", "responses": {"200": answer}}
    document = {
        "paths": {"/a": {"post": source}, "/b": {"post": TARGET}, "/c": {"get": BARE}},
        "components": {"parameters": PARAMETERS, "links": links or {}},
    }
    node = Node("operation", "post", "paths/a.yaml", "post", source)
    found = list(find_link_faults([node, Node("schema", "x", "x.yaml", "", {})],
                                  linted(document, root)))  # fmt: skip
    assert {each.place for each in found} <= {"post/responses/200/links/next", ""}
    return [(each.rule, each.message) for each in found]


def link(**more: Any) -> dict[str, Any]:
    return {"operationId": "rename", "parameters": {"id": "$response.body#/group/id"}, **more}


@pytest.mark.parametrize(
    "expression",
    [
        "$response.body#/group/id", "$response.body", "$request.body#/data/name",
        "$request.path.key", "$response.header.X-Id", "$url", "$method", "$statusCode",
        "a {$request.path.key} b", "plain",
    ],
)  # fmt: skip
def test_a_link_may_carry_what_is_there(expression: str) -> None:
    assert faults(link(parameters={"id": expression})) == []


@pytest.mark.parametrize(
    "expression",
    [
        "$response.body#/group/no", "$response.body#/group/id/no", "$request.body#/no",
        "$request.path.id", "$request.query.key", "$response.header.X-No", "$no",
        "a {$request.path.no} b",
    ],
)  # fmt: skip
def test_a_value_that_is_not_there_is_named(expression: str) -> None:
    bare = expression.strip("ab {}")
    message = f"{bare} points at nothing in the first example"
    assert faults(link(parameters={"id": expression})) == [("link-expression", message)]


@pytest.mark.parametrize(
    ("changes", "rule", "message"),
    [
        ({"operationId": "gone"}, "link-unknown", "operationId 'gone' is that of no operation"),
        ({"parameters": {}}, "link-parameter", "parameters: rename needs id"),
        ({"parameters": {"id": "1", "no": "1"}}, "link-parameter",
         "parameters: rename has no parameter no"),
        ({"requestBody": {"text": "x"}}, "link-body",
         'the body: "name" is a required property'),
        ({"requestBody": {"name": "$response.body#/group/size"}}, "link-body",
         'name: 3 is not of type "string"'),
        ({"requestBody": {"name": "$response.body#/no"}}, "link-expression",
         "$response.body#/no points at nothing in the first example"),
        ({"operationId": "leave", "parameters": {}, "requestBody": {}}, "link-body",
         "leave takes no body"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_link_is_said(changes: Any, rule: str, message: str) -> None:
    assert faults(link(**changes)) == [(rule, message)]


def test_a_parameter_may_be_named_with_its_place() -> None:
    assert faults(link(parameters={"path.id": "1", "query.k": "2"})) == []


def test_a_body_is_made_of_the_values_before_it_is_held_to_its_schema() -> None:
    good = link(requestBody={"name": "x", "text": "{$response.body#/group/id}-{$request.path.key}"})
    assert faults(good) == []
    long = link(requestBody={"name": "x", "text": "more than {$response.body#/group/size}!!!"})
    assert [rule for rule, _ in faults(long)] == ["link-body"]
    assert faults(link(requestBody={"name": ["$request.path.key"]}))[0][0] == "link-body"


@pytest.mark.parametrize("apart", [True, False])
def test_a_fault_of_a_shared_link_stands_in_its_own_file(tmp_path: Path, apart: bool) -> None:
    if apart:
        (tmp_path / "components" / "links").mkdir(parents=True)
        (tmp_path / "components" / "links" / "Next.yaml").write_text("{}")
    document_links = {"Next": {"operationId": "gone"}}
    reference = {"$ref": "#/components/links/Next"}
    answers = {"200": {"links": {"a": reference}}, "201": {"links": {"b": reference}}}
    source = {"operationId": "create", "responses": answers}
    contract = linted(
        {"paths": {"/a": {"post": source}}, "components": {"links": document_links}}, tmp_path
    )
    found = list(find_link_faults([Node("operation", "post", "a.yaml", "post", source)], contract))
    files = [each.file for each in found]
    assert files == (["components/links/Next.yaml"] if apart else ["a.yaml", "a.yaml"])
