"""The plans of the vendor, and the contract as one of them has it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from .components import calls, without_unused_parts
from .operations import METHODS

# `token` is the plan of 2022 that the vendor's collection and PHP class were written for; `admin`
# are dedicated hosts, whose one token administers all instances.
PLANS = ("code", "start", "business", "token", "admin")
# In place of a plan: every operation, whoever has it.
EVERY_PLAN = "all"
# The administrator's token of a mock, unless its settings name another.
ADMIN_TOKEN = "TESTKEYADMIN"
PLAN_NAMES = (*PLANS, EVERY_PLAN)

Json = dict[str, Any]


def offers(plan: str, plans: Container[str]) -> bool:
    """Whether a host of this plan has what these plans have."""
    return plan == EVERY_PLAN or plan in plans


def document_of_plan(document: Mapping[str, Any], plan: str) -> Json:
    """A copy with the plan's operations alone, and with the parts that these need.

    Links to other operations go, and so do uses, tags and components that nothing names any more.
    """
    if plan == EVERY_PLAN:
        return dict(document)
    paths = {path: _path_item(item, plan) for path, item in document["paths"].items()}
    paths = {path: item for path, item in paths.items() if set(item) & set(METHODS)}
    ids = {operation["operationId"] for operation in calls(paths)}
    restricted = _without_links({**document, "paths": paths}, document, ids)
    return _without_unused_schemes(without_unused_parts(restricted))


def _without_unused_schemes(document: Json) -> Json:
    """The same without security schemes that nothing asks for: they are named, not referred to."""
    asking = [document, *calls(document["paths"])]
    names = {name for one in asking for each in one.get("security", ()) for name in each}
    schemes = document["components"].get("securitySchemes", {})
    used = {name: scheme for name, scheme in schemes.items() if name in names}
    return {**document, "components": {**document["components"], "securitySchemes": used}}


def _path_item(item: Mapping[str, Any], plan: str) -> Json:
    return {
        name: _operation(part, plan) if name in METHODS else part
        for name, part in item.items()
        if name not in METHODS or plan in part["x-plans"]
    }


def _operation(definition: Mapping[str, Any], plan: str) -> Json:
    """The operation without the uses that other plans have of it."""
    uses = [use for use in definition.get("x-uses", ()) if plan in use["x-plans"]]
    rest = {name: part for name, part in definition.items() if name != "x-uses"}
    return {**rest, "x-uses": uses} if uses else rest


def _without_links(node: Any, document: Mapping[str, Any], ids: set[str]) -> Any:
    """The same without links to operations that are not among these."""
    if isinstance(node, list):
        return [_without_links(member, document, ids) for member in node]
    if not isinstance(node, dict):
        return node
    copy = {name: _without_links(part, document, ids) for name, part in node.items()}
    if "content" in copy and isinstance(copy.get("links"), dict):
        links = {
            name: link for name, link in copy["links"].items() if _target(link, document) in ids
        }
        copy = {name: part for name, part in copy.items() if name != "links"}
        return {**copy, "links": links} if links else copy
    return copy


def _target(link: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    reference = link.get("$ref")
    if isinstance(reference, str):
        link = document["components"]["links"][reference.rpartition("/")[2]]
    return str(link["operationId"])
