"""Lint: operations, webhooks, requests and responses that say all they have to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeGuard

from ..categories import CATEGORIES
from .allowed_values import ARRIVALS, DEFAULTS, EFFECTS, GENERATIONS, SCOPES
from .lint_nodes import LintedContract, Node, further_uses
from .lint_rules import LintFinding
from .lint_schemas import step_into
from .operations import IN_QUERY, METHODS
from .plans import PLANS
from .validate import resolve, resolved_parameters

_MEDIA_TYPE = re.compile(r"^[\w.+*-]+/[\w.+*-]+(;.*)?$")


def titles(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A title in English and one in Portuguese."""
    for key in ("summary", "x-summary-pt"):
        if not _is_text(node.value.get(key)):
            yield node.finding("title-missing", f"{key} is missing")


def descriptions(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """What it does, in English and in Portuguese: so the reference pages have it in both."""
    for key in ("description", "x-description-pt"):
        if not _is_text(node.value.get(key)):
            yield node.finding("description-missing", f"{key} is missing")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def tags(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A tag, and none that openapi.yaml does not declare."""
    document_tags = {tag.get("name") for tag in contract.document.get("tags", ())}
    tag_names = node.value.get("tags") or ()
    if not tag_names:
        yield node.finding("tag", "tags is missing: name the controller")
    elif len(tag_names) > 1:
        yield node.finding("tag", f"tags {tag_names!r} are several: a page has one place")
    for tag in tag_names:
        if tag not in document_tags:
            yield node.finding("tag", f"tags: {tag!r} is not declared in spec/openapi.yaml")


def answers(node: Node, _: LintedContract) -> Iterator[LintFinding]:
    """An operation that does not say what it answers."""
    if not node.value.get("responses"):
        yield node.finding("answers-missing", "responses is missing")


def effects(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """x-effect, x-plans and x-requires-connection, each of a known value."""
    effect = node.value.get("x-effect")
    if effect not in EFFECTS:
        yield node.finding("effect", f"x-effect {effect!r} is not one of {', '.join(EFFECTS)}")
    plans = node.value.get("x-plans")
    if not _are_plans(plans):
        yield node.finding("plans", f"x-plans {plans!r} is not a list out of {', '.join(PLANS)}")
    elif len(set(plans)) < len(plans):
        yield node.finding("plans", f"x-plans {plans!r} has a plan twice")
    scope = node.value.get("x-scope", "instance")
    if scope not in SCOPES:
        yield node.finding("scope", f"x-scope {scope!r} is not one of {', '.join(SCOPES)}")
    if not isinstance(node.value.get("x-requires-connection"), bool):
        yield node.finding("requires-connection", "x-requires-connection is true or false")


def _are_plans(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(plan in PLANS for plan in value)


def recipient(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """x-recipient leads along required fields of the request."""
    path = node.value.get("x-recipient")
    if path is None:
        return
    if str(path).startswith(IN_QUERY):
        yield from _recipient_in_query(node, contract, str(path).removeprefix(IN_QUERY))
        return
    content = (node.value.get("requestBody") or {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    for name in str(path).split("."):
        schema = step_into(schema, name, contract.document) if schema else None
    if schema is None:
        yield node.finding("recipient", f"x-recipient {path!r} is not a required field of the body")


def _recipient_in_query(node: Node, contract: LintedContract, name: str) -> Iterator[LintFinding]:
    parameters = resolved_parameters(node.value, contract.document)
    places = [(each.get("in"), each.get("name"), each.get("required")) for each in parameters]
    if ("query", name, True) not in places:
        yield node.finding("recipient", f"x-recipient: {name!r} is not a required query parameter")


def uses(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Further uses of an operation have their titles, plans and an example of the request."""
    content = (node.value.get("requestBody") or {}).get("content", {})
    examples = content.get("application/json", {}).get("examples", {})
    known_fields = {
        *("summary", "x-summary-pt", "description", "x-description-pt"),
        *("x-plans", "x-provenance", "example"),
    }
    own_plans = node.value.get("x-plans")
    tags_declared = {tag.get("name") for tag in contract.document.get("tags") or ()}
    uses = node.value.get("x-uses", [])
    if not isinstance(uses, list) or not all(isinstance(use, Mapping) for use in uses):
        yield node.finding("uses", "x-uses is not a list of further uses")
        return
    for place, use in further_uses(node.value):
        for key in sorted(known_fields - set(use)):
            yield node.finding("uses", f"{place}: {key} is missing")
        for key in sorted(set(use) - known_fields - {"controller"}):
            yield node.finding("unknown-keyword", f"{place}: {key} is not known")
        if use.get("example") not in examples:
            yield node.finding("uses", f"{place}: example names none of the request's")
        if use.get("controller", None) not in {None, *tags_declared}:
            message = f"{place}: controller {use['controller']!r} is not declared as a tag"
            yield node.finding("uses", message)
        plans = use.get("x-plans", [*PLANS])
        if not _are_plans(plans):
            message = f"{place}: x-plans {plans!r} is not a list out of {', '.join(PLANS)}"
            yield node.finding("uses", message)
            continue
        known = own_plans if _are_plans(own_plans) and "x-plans" in use else PLANS
        beyond = [plan for plan in plans if plan not in known]
        if beyond:
            message = f"{place}: x-plans has {', '.join(map(str, beyond))}, the operation has not"
            yield node.finding("uses", message)


def kinds(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A webhook's category and messageType."""
    category = node.value.get("x-category")
    if category not in CATEGORIES:
        yield node.finding("category", f"x-category {category!r}: one of {', '.join(CATEGORIES)}")
    if not _is_text(node.value.get("x-message-type")):
        yield node.finding("message-type", "x-message-type is missing")


def payload(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A webhook has a body, and its first example is of its messageType.

    Others need not be: an edit may come in a wrapper of its own.
    """
    content = (node.value.get("requestBody") or {}).get("content") or {}
    if not content:
        yield node.finding("payload-missing", "requestBody with content is missing")
    examples = content.get("application/json", {}).get("examples") or {}
    for name, reference in [*examples.items()][:1]:
        example = resolve(reference, contract.document).get("value")
        message_type = example.get("messageType") if isinstance(example, Mapping) else None
        declared = node.value.get("x-message-type")
        if _is_text(declared) and message_type not in (None, declared):
            message = f"x-message-type is not {message_type!r}, as the example {name} has it"
            yield node.finding("message-type", message)


def arrival(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Whether a webhook is sent unasked, how sure its arrival is, and its year if it has one."""
    for rule, key, values in (
        ("default", "x-default", DEFAULTS),
        ("arrival", "x-arrival", ARRIVALS),
        ("generation", "x-generation", (None, *GENERATIONS)),
    ):
        value = node.value.get(key)
        if value not in values:
            words = ", ".join(name for name in values if name)
            yield node.finding(rule, f"{key} {value!r}: one of {words}, as text")


def security(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Schemes that exist: an unknown name would let everyone in, silently."""
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    requirements = node.value.get("security")
    for requirement in requirements or ():
        for name in requirement:
            if name not in schemes:
                yield node.finding("security-unknown", f"security scheme {name!r} does not exist")
    if node.kind == "webhook" and requirements != []:
        yield node.finding("security-webhook", "security: the gateway signs nothing")
    if node.kind == "document" and not requirements:
        yield node.finding("security-missing", "no security: every operation would be open")


def scheme(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """HTTP schemes in lower case: openapi-core rejects every request for `Bearer`."""
    scheme_name = str(node.value.get("scheme", ""))
    if scheme_name != scheme_name.lower():
        yield node.finding("scheme-case", f"write scheme: {scheme_name.lower()}")


def shown_calls(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """Every kind of content of a request or a response has a named example."""
    for media_type, media in (node.value.get("content") or {}).items():
        if not _MEDIA_TYPE.match(media_type):
            yield node.finding("media-type", f"content/{media_type} is not a media type")
        if not media.get("examples"):
            yield node.finding("example-missing", f"{media_type} has no named example")
        for name, example in (media.get("examples") or {}).items():
            if "$ref" not in example and not _is_text(example.get("summary")):
                yield node.finding("example-untitled", f"examples/{name} has no summary")


def operation_file(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A path item's file carries its one operation's id."""
    stem = PurePosixPath(node.file).stem
    calls = [node.value[method] for method in METHODS if method in node.value]
    if len(calls) != 1:
        yield node.finding("file-name", f"a file holds one operation, not {len(calls)}")
    yield from _calls_of_operation(node, calls, stem)


def webhook_file(node: Node, contract: LintedContract) -> Iterator[LintFinding]:
    """A webhook's file, key and operationId say the same."""
    stem = PurePosixPath(node.file).stem
    if stem != node.name:
        yield node.finding("file-name", f"its key under webhooks is {node.name!r}: use one name")
    calls = [node.value["post"]] if "post" in node.value else []
    yield from _calls_of_operation(node, calls, f"webhook_{stem.replace('-', '_')}")


def _calls_of_operation(
    node: Node, calls: list[Mapping[str, Any]], operation_id: str
) -> Iterator[LintFinding]:
    for call in calls:
        if call.get("operationId") != operation_id:
            call_id = call.get("operationId")
            yield node.finding("file-name", f"operationId is {call_id!r}, not {operation_id!r}")
