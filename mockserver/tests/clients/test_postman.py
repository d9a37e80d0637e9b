"""The collection that Postman's converter makes, run by Postman's own runner against a mock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.verdict import valid_bundle
from megaapi_mock.testing import MockServer

from ..support import RecordingTransport
from .generated import NPM, PLACE, run

pytestmark = pytest.mark.clients

FILE = "megaapi.postman_collection.json"
# The last of all ends the link, the one before it the token.
LAST = ("Restart a connection", "Leave group", "Log out", "Change token")


@pytest.fixture(scope="module")
def collection() -> dict[str, Any]:
    file = PLACE / FILE
    assert file.is_file(), f"dist/clients/{FILE} is missing: `make clients` generates it"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def requests(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for folder in collection["item"]:
        yield from folder["item"]


def test_key_token_and_address_are_variables(collection: dict[str, Any]) -> None:
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    assert variables == {
        "baseUrl": "https://{{host}}.megaapi.com.br",
        "host": "apinocode01",
        "instance_key": "megacode-TESTKEY0001",
        "bearerToken": "TESTKEY0001",
    }
    assert collection["auth"]["type"] == "bearer"
    assert collection["auth"]["bearer"][0]["value"] == "{{bearerToken}}"
    for item in requests(collection):
        path = {each["key"]: each["value"] for each in item["request"]["url"]["variable"]}
        assert path["instance_key"] == "{{instance_key}}", item["name"]
        # The token of the collection.
        assert item["request"].get("auth") is None, item["name"]


def test_every_operation_is_there_with_an_example_of_the_contract(
    collection: dict[str, Any],
) -> None:
    bundle = valid_bundle(root("spec"))
    items = {item["name"]: item for item in requests(collection)}
    assert {folder["name"] for folder in collection["item"]} == {
        "Instance", "Webhook", "SendMessage", "Config", "Chat", "Group",
    }  # fmt: skip
    for operation in operations(bundle):
        item = items.pop(operation.definition["summary"])
        content = operation.definition.get("requestBody", {}).get("content", {})
        examples = content.get("application/json", {}).get("examples", {}).values()
        if examples:
            body = json.loads(item["request"]["body"]["raw"])
            assert body in [each["value"] for each in examples], operation.id
        assert item["response"], operation.id
    assert items == {}


def test_the_whole_collection_runs_against_the_mock(
    collection: dict[str, Any], tmp_path: Path
) -> None:
    """Calls after which others fail go last: the collection has them where the contract does."""
    items = sorted(
        requests(collection),
        key=lambda item: LAST.index(item["name"]) + 1 if item["name"] in LAST else 0,
    )
    file = tmp_path / "all.json"
    file.write_text(json.dumps({**collection, "item": items}), encoding="utf-8")
    exchanges: list[Exchange] = []
    with MockServer(on_exchange=exchanges.append, transport=RecordingTransport()) as mock:
        run([NPM / "newman", "run", file, "--env-var", f"baseUrl={mock.url}"], tmp_path)
    assert len(exchanges) == len(items)
    statuses = {each.operation: each.status for each in exchanges}
    linked = {name for name, status in statuses.items() if status == 403}
    assert linked == {"qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"}
    assert {status for name, status in statuses.items() if name not in linked} == {200}
