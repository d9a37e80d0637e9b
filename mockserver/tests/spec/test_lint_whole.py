"""What no single object shows: names given twice, tags of nobody, variables of nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.lint_nodes import LintedContract, Node
from megaapi_mock.spec.lint_whole import (
    find_misplaced,
    find_repeated,
    find_unused_tags,
    server_variables,
)

JID = {"in": "query", "name": "jid"}


def contract(**document: Any) -> LintedContract:
    return LintedContract(Path("spec"), Bundle({"components": {}, **document}), {})


def call(file: str, operation_id: str, kind: str = "operation", **value: Any) -> Node:
    return Node(kind, "it", file, "post", {"operationId": operation_id, **value})


def repeated(*nodes: Node) -> list[tuple[str, str]]:
    return [(each.file, each.rule) for each in find_repeated([*nodes], contract())]


def test_an_id_belongs_to_the_file_that_is_called_so() -> None:
    first, owner = call("paths/x/copy.yaml", "send"), call("paths/x/send.yaml", "send")
    assert repeated(first, owner) == [("paths/x/copy.yaml", "operation-twice")]
    hook = call("webhooks/text-plain.yaml", "webhook_text_plain", "webhook")
    other = call("webhooks/other.yaml", "webhook_text_plain", "webhook")
    assert repeated(other, hook) == [("webhooks/other.yaml", "operation-twice")]
    assert repeated(call("a.yaml", "x"), call("b.yaml", "x")) == [("b.yaml", "operation-twice")]
    assert repeated(owner, call("paths/x/other.yaml", "other")) == []


def test_a_parameter_stands_once_in_its_operation() -> None:
    twice = call("a.yaml", "a", parameters=[JID, {"in": "path", "name": "jid"}, JID])
    [finding] = find_repeated([twice], contract())
    assert (finding.rule, finding.place) == ("parameter-twice", "post/parameters/2")


@pytest.mark.parametrize(
    ("target", "misplaced"),
    [
        ("#/components/schemas/A", False),
        ("#/components/responses/A", True),
        ("#/components/schemasish/A", True),
    ],
)
def test_a_reference_leads_to_what_belongs_there(target: str, misplaced: bool) -> None:
    made = contract(components={"schemas": {"B": {"allOf": [{"$ref": target}]}}})
    assert [each.rule for each in find_misplaced(made)] == ["reference-misplaced"] * misplaced


def test_a_tag_is_that_of_something() -> None:
    made = contract(tags=[{"name": "Used"}, {"name": "Unused"}])
    nodes = [
        call("a.yaml", "a", tags=["Used"]),
        Node("schema", "x", "b.yaml", "", {"tags": ["Unused"]}),
    ]
    [finding] = find_unused_tags(nodes, made)
    assert (finding.place, finding.rule) == ("tags/1", "tag-unused")


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"url": "https://{host}.test", "variables": {"host": {}}}, []),
        ({"url": "https://{host}.test"}, ["url names 'host', which variables has not"]),
        ({"url": "https://a", "variables": {"host": {}}},
         ["variables has 'host', which url does not name"]),
        ({}, []),
    ],
)  # fmt: skip
def test_an_address_and_its_variables_name_each_other(server: Any, words: list[str]) -> None:
    node = Node("server", "0", "openapi.yaml", "servers/0", server)
    assert [each.message for each in server_variables(node, contract())] == words
