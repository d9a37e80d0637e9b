"""The contract as Postman's converter wants it: for a collection that can be run as a whole."""

from __future__ import annotations

from typing import Any

from .operations import METHODS

Json = dict[str, Any]
# Calls after which others are refused, and what is answered after those alone: a linked phone has
# no QR code, and with another token nothing works.
_LAST = (
    *("leave_group", "restart", "logout", "reset_instance"),
    *("qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"),
    *("change_token", "delete_instance"),
)
# It has a folder of its own: in that of its controller it would end the run of those behind.
_END = {"delete_instance": {"name": "Delete instance", "description": "The end of all others."}}


def for_postman(document: Json) -> Json:
    """With key and token as variables of the collection, and in an order that it can be run in."""
    parameters = document["components"]["parameters"]
    parameter = parameters["InstanceKey"]
    variables = document["servers"][0].setdefault("variables", {})
    variables["instance_key"] = {"default": parameter["example"]}
    variables["bearerToken"] = {"default": parameter["example"].rpartition("-")[2]}
    for name in {"InstanceKey", "InstanceKeyInQuery"} & parameters.keys():
        parameters[name]["example"] = "{{instance_key}}"
    paths = dict(sorted(document["paths"].items(), key=lambda path: _turn(path[1])))
    tags = [*document["tags"], *_END.values()]
    for call in (call for item in paths.values() for call in _calls(item)):
        if call["operationId"] in _END:
            call["tags"] = [_END[call["operationId"]]["name"]]
    return {**document, "paths": paths, "tags": _folders(paths, tags)}


def _folders(paths: Json, tags: list[Json]) -> list[Json]:
    """A tag becomes a folder; it stands where its last call can be run, Config after all others.

    One for what only comes from the gateway would be empty.
    """
    turns = {
        tag: _turn(item)
        for item in sorted(paths.values(), key=_turn)
        for call in _calls(item)
        for tag in call["tags"]
    }
    folders = [tag for tag in tags if tag["name"] in turns]
    return sorted(folders, key=lambda tag: turns[tag["name"]])


def _turn(item: Json) -> int:
    """When a path is called: -1 in the order of the contract, else by the number in _LAST."""
    names = [call["operationId"] for call in _calls(item)]
    return max((_LAST.index(name) for name in names if name in _LAST), default=-1)


def _calls(item: Json) -> list[Json]:
    return [item[method] for method in METHODS if method in item]
