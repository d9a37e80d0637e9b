"""The objects of a contract one after the other, each with its file and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.lint_nodes import KINDS, LintedContract, Node, further_uses

SENT, ASKED = {"$ref": "#/components/schemas/Sent"}, {"$ref": "#/components/schemas/Asked"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/a": {"post": {
            "requestBody": {"content": {"application/json": {"schema": ASKED}}},
            "responses": {"200": {"content": {"application/json": {"schema": SENT}}}},
        }},
        "/b": {"get": {}},
    },
    "components": {"schemas": {
        "Sent": {"properties": {"inner": {"$ref": "#/components/schemas/Inner"}}},
        "Inner": {}, "Asked": {},
    }},
}  # fmt: skip
FILES = {"/a": "paths/room/a.yaml", "/b": "openapi.yaml"}


def nodes(root: Path) -> dict[tuple[str, str], Node]:
    """Every node by file and place."""
    contract = LintedContract(root, Bundle(DOCUMENT, FILES), {})
    return {(node.file, node.place): node for node in contract.nodes()}


def test_every_object_has_the_file_it_stands_in(tmp_path: Path) -> None:
    apart = tmp_path / "components" / "schemas" / "Sent.yaml"
    apart.parent.mkdir(parents=True)
    apart.write_text("{}")
    found = nodes(tmp_path)
    assert found["paths/room/a.yaml", "post"].kind == "operation"
    assert found["openapi.yaml", "paths//b/get"].kind == "operation"
    assert found["components/schemas/Sent.yaml", ""].name == "Sent"
    assert found["components/schemas/Sent.yaml", "properties/inner"].within == "schema"
    assert found["openapi.yaml", "components/schemas/Inner"].kind == "schema"
    assert not any(node.kind == "components" for node in found.values())


def test_what_the_gateway_sends_is_promised(tmp_path: Path) -> None:
    found = nodes(tmp_path)
    reply = "post/responses/200/content/application/json/schema"
    asked = "post/requestBody/content/application/json/schema"
    assert found["paths/room/a.yaml", reply].is_promised
    assert not found["paths/room/a.yaml", asked].is_promised
    promised = {
        name for name in ("Sent", "Inner", "Asked")
        if found["openapi.yaml", f"components/schemas/{name}"].is_promised
    }  # fmt: skip
    assert promised == {"Sent", "Inner"}


def test_a_reference_leads_elsewhere_and_holds_nothing_itself() -> None:
    reference = Node("response", "200", "a.yaml", "post", {"$ref": "x", "content": {"a": {}}})
    assert reference.is_reference and [*reference.children()] == []
    schema = Node("schema", "A", "a.yaml", "", {"$ref": "x", "properties": {"b": {}}})
    assert not schema.is_reference and len([*schema.children()]) == 1


def test_what_is_no_object_is_no_node() -> None:
    odd = Node(
        "schema", "A", "a.yaml", "", {"properties": [], "allOf": {}, "items": True, "not": 5}
    )
    assert [*odd.children()] == []
    listed = Node("schema", "A", "a.yaml", "x", {"allOf": [{}, 5, {}]})
    assert [child.place for child in listed.children()] == ["x/allOf/0", "x/allOf/2"]


def test_a_kind_says_which_keys_may_stand_in_it() -> None:
    keys = KINDS["operation"].allowed_keys
    assert {"summary", "x-effect", "responses"} <= keys and "nullable" not in keys


def test_further_uses_have_their_places() -> None:
    uses = [{"summary": "a"}, "odd", {"summary": "b"}]
    assert [place for place, _ in further_uses({"x-uses": uses})] == ["x-uses/0", "x-uses/2"]
    assert [*further_uses({})] == [] == [*further_uses({"x-uses": None})]
