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
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.testing import MockServer

from ..support import RecordingTransport
from .generated import NPM, PLACE, run

pytestmark = pytest.mark.clients

# Its example names the group that was left before: groups are a folder, and come first.
GONE = "Set profile picture"
# What is about a whole host: one names the key that is to be, one names none.
WITHOUT_KEY = ("Create instance", "List instances")
OF_HOST = (*WITHOUT_KEY, "Delete instance")

BUNDLE = valid_bundle(root("spec"))
FILE = "megaapi.postman_collection.json"


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
        if item["name"] not in WITHOUT_KEY:
            url = item["request"]["url"]
            named = {each["key"]: each["value"] for each in (*url["variable"], *url["query"])}
            assert named["instance_key"] == "{{instance_key}}", item["name"]
        # The token of the collection.
        assert item["request"].get("auth") is None, item["name"]


def test_every_operation_is_there_with_an_example_of_the_contract(
    collection: dict[str, Any],
) -> None:
    items = {item["name"]: item for item in requests(collection)}
    folders = [folder["name"] for folder in collection["item"]]
    tags = {each.definition["tags"][0] for each in operations(BUNDLE)}
    assert folders[-1] == "Delete instance" and set(folders[:-1]) == tags
    for operation in operations(BUNDLE):
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
    """As it is, with files to upload: what others are refused after goes last.

    The token is an instance's, which administers nothing.
    """
    items = [*requests(collection)]
    for item in items:
        for part in item["request"].get("body", {}).get("formdata", ()):
            part["src"] = str(root("fixtures") / "media" / "image.jpg")
    file = tmp_path / "all.json"
    file.write_text(json.dumps(collection), encoding="utf-8")
    exchanges: list[Exchange] = []
    with MockServer(
        profile="all", on_exchange=exchanges.append, transport=RecordingTransport()
    ) as mock:
        run([NPM / "newman", "run", file, "--env-var", f"baseUrl={mock.url}"], tmp_path)
    assert len(exchanges) == len(items)
    for item, exchange in zip(items, exchanges, strict=True):
        usual = {GONE: 500, **dict.fromkeys(OF_HOST, 401)}.get(item["name"], 200)
        assert exchange.status == usual, (item["name"], exchange.status, exchange.reason)
