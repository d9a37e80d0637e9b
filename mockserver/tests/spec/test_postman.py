"""The contract for Postman's converter: with variables, and in an order that can be run."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from megaapi_mock.resources import root
from megaapi_mock.spec.operations import METHODS
from megaapi_mock.spec.postman import _END, _LAST, for_postman
from megaapi_mock.spec.valid_bundle import valid_bundle


def call(operation_id: str, tag: str) -> dict[str, Any]:
    return {"post": {"operationId": operation_id, "tags": [tag]}}


def small(**paths: dict[str, Any]) -> dict[str, Any]:
    names = ("Instance", "Group", "Config", "Events")
    return {
        "servers": [{"url": "https://a.example"}],
        "tags": [{"name": name} for name in names],
        "components": {"parameters": {"InstanceKey": {"example": "megacode-TESTKEY0001"}}},
        "paths": {f"/{name}": item for name, item in paths.items()},
    }


def test_key_and_token_are_variables_of_the_collection() -> None:
    document = for_postman(small(a=call("send", "Group")))
    assert document["servers"][0]["variables"] == {
        "instance_key": {"default": "megacode-TESTKEY0001"},
        "bearerToken": {"default": "TESTKEY0001"},
    }
    assert document["components"]["parameters"]["InstanceKey"]["example"] == "{{instance_key}}"


def test_a_key_in_the_query_is_a_variable_too() -> None:
    document = small(a=call("send", "Group"))
    document["components"]["parameters"]["InstanceKeyInQuery"] = {"example": "x"}
    parameters = for_postman(document)["components"]["parameters"]
    assert parameters["InstanceKeyInQuery"]["example"] == "{{instance_key}}"


def test_what_ends_the_link_is_called_last() -> None:
    document = for_postman(
        small(a=call("logout", "Instance"), b=call("send", "Group"), c=call("restart", "Instance"))
    )
    assert list(document["paths"]) == ["/b", "/c", "/a"]


def test_a_folder_stands_where_its_last_call_can_be_run() -> None:
    document = for_postman(
        small(
            a=call("logout", "Instance"), b=call("send", "Group"), c=call("change_token", "Config")
        )
    )
    # Nothing of the events is called: its folder would be empty.
    assert [tag["name"] for tag in document["tags"]] == ["Group", "Instance", "Config"]


def test_the_end_of_an_instance_has_a_folder_of_its_own() -> None:
    document = for_postman(small(a=call("delete_instance", "Instance"), b=call("new", "Instance")))
    assert [tag["name"] for tag in document["tags"]] == ["Instance", "Delete instance"]
    assert document["paths"]["/a"]["post"]["tags"] == ["Delete instance"]


def test_the_order_is_about_operations_of_the_contract() -> None:
    document = deepcopy(valid_bundle(root("spec")).document)
    names = [
        item[method]["operationId"]
        for item in for_postman(document)["paths"].values()
        for method in METHODS
        if method in item
    ]
    assert {*_LAST, *_END} <= {*names}
    assert tuple(names[-len(_LAST) :]) == _LAST
