"""What refers to a component, and a document without what nothing needs."""

from __future__ import annotations

from typing import Any

from megaapi_mock.spec.components import calls, references, without_unused_parts


def ref(name: str, section: str = "schemas") -> dict[str, str]:
    return {"$ref": f"#/components/{section}/{name}"}


def test_references_are_found_however_deep() -> None:
    node = {"a": [ref("A"), {"b": ref("B")}], "$ref": "elsewhere.yaml", "c": {"$ref": 5}}
    assert sorted(references(node)) == [
        "#/components/schemas/A", "#/components/schemas/B", "elsewhere.yaml",
    ]  # fmt: skip
    assert sorted(references([ref("A"), ref("L", "links")], "links")) == ["L"]


def test_calls_are_those_of_every_method_and_callback() -> None:
    inner = {"operationId": "inner"}
    outer = {"operationId": "outer", "callbacks": {"done": {"{$url}": {"post": inner}}}}
    other = {"operationId": "other"}
    paths = {"/a": {"post": outer, "get": other, "parameters": [], "summary": "x"}}
    assert [each["operationId"] for each in calls(paths)] == ["other", "outer", "inner"]


def document() -> dict[str, Any]:
    call = {"tags": ["Used"], "requestBody": ref("Body", "requestBodies")}
    return {
        "tags": [{"name": "Used"}, {"name": "Hook"}, {"name": "Unused"}],
        "paths": {"/a": {"post": call}},
        "webhooks": {"b": {"post": {"tags": ["Hook"]}}},
        "components": {
            "requestBodies": {"Body": {"schema": ref("A")}},
            "schemas": {"A": {"properties": {"b": ref("B")}}, "B": {"items": ref("A")}, "C": {}},
            "links": {"L": ref("C")},
            "securitySchemes": {"token": {}},
        },
    }


def test_only_what_something_leads_to_stays() -> None:
    whole = document()
    small = without_unused_parts(whole)
    assert {name: sorted(each) for name, each in small["components"].items()} == {
        "requestBodies": ["Body"], "schemas": ["A", "B"], "securitySchemes": ["token"],
    }  # fmt: skip
    assert [tag["name"] for tag in small["tags"]] == ["Used", "Hook"]
    assert whole == document()
