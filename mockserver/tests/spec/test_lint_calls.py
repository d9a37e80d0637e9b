"""Lint of operations, webhooks, requests and answers: each rule on one object."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.categories import CATEGORIES
from megaapi_mock.spec import lint_calls
from megaapi_mock.spec.allowed_values import ARRIVALS, DEFAULTS, EFFECTS, GENERATIONS
from megaapi_mock.spec.plans import PLANS

from .linted import findings_of, rules_of

PLAN, OTHER_PLAN = [*PLANS][:2]
TAGS = {"tags": [{"name": "Group"}, {"name": "Chat"}]}
SCHEMES = {"components": {"securitySchemes": {"token": {}}}}


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ({"summary": "Rename", "x-summary-pt": "Renomear"}, []),
        ({"summary": " ", "x-summary-pt": 1}, ["title-missing"] * 2),
        ({"summary": "Rename"}, ["title-missing"]),
    ],
)
def test_a_title_stands_in_both_languages(value: Any, rules: list[str]) -> None:
    assert rules_of(lint_calls.titles, value) == rules


def test_a_description_stands_in_both_languages() -> None:
    whole = {"description": "Renames.", "x-description-pt": "Renomeia."}
    assert rules_of(lint_calls.descriptions, whole) == []
    assert rules_of(lint_calls.descriptions, {}) == ["description-missing"] * 2


@pytest.mark.parametrize(
    ("tags", "rules"),
    [
        (["Group"], []),
        ([], ["tag"]),
        (None, ["tag"]),
        (["Group", "Chat"], ["tag"]),
        (["No"], ["tag"]),
    ],
)
def test_a_call_has_one_tag_that_is_declared(tags: Any, rules: list[str]) -> None:
    assert rules_of(lint_calls.tags, {"tags": tags}, document=TAGS) == rules


def test_an_operation_says_what_it_answers() -> None:
    assert rules_of(lint_calls.answers, {"responses": {"200": {}}}) == []
    assert rules_of(lint_calls.answers, {"responses": {}}) == ["answers-missing"]


EFFECT = {"x-effect": EFFECTS[0], "x-plans": [PLAN], "x-requires-connection": False}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"x-effect": "read"}, ["effect"]),
        ({"x-plans": []}, ["plans"]),
        ({"x-plans": PLAN}, ["plans"]),
        ({"x-plans": ["gold"]}, ["plans"]),
        ({"x-plans": [PLAN, PLAN]}, ["plans"]),
        ({"x-scope": "host"}, []),
        ({"x-scope": "world"}, ["scope"]),
        ({"x-requires-connection": "true"}, ["requires-connection"]),
    ],
)
def test_what_an_operation_does_is_one_of_the_known(changes: Any, rules: list[str]) -> None:
    assert rules_of(lint_calls.effects, EFFECT | changes) == rules


def body(schema: Any, **media: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema, **media}}}


INNER = {"required": ["to"], "properties": {"to": {"type": "string"}, "cc": {"type": "string"}}}
DATA = {"required": ["data"], "properties": {"data": INNER}}
TO = {
    "parameters": [{"in": "query", "name": "to", "required": True}, {"in": "query", "name": "cc"}]
}


@pytest.mark.parametrize(
    ("path", "rules"),
    [(None, []), ("data.to", []), ("data.cc", ["recipient"]), ("data.no", ["recipient"]),
     ("query.to", []), ("query.cc", ["recipient"]), ("query.no", ["recipient"])],
)  # fmt: skip
def test_a_recipient_stands_in_a_required_field(path: str | None, rules: list[str]) -> None:
    value = {"requestBody": body(DATA), "x-recipient": path, **TO}
    assert rules_of(lint_calls.recipient, value) == rules


def test_a_recipient_needs_a_request_that_has_it() -> None:
    assert rules_of(lint_calls.recipient, {"x-recipient": "data.to"}) == ["recipient"]


USE = {
    "summary": "a", "x-summary-pt": "a", "description": "a", "x-description-pt": "a",
    "x-plans": [PLAN], "x-provenance": {}, "example": "plain",
}  # fmt: skip


@pytest.mark.parametrize(
    ("use", "rules"),
    [
        (USE, []),
        ({**USE, "controller": "Chat"}, []),
        ({**USE, "controller": "No"}, ["uses"]),
        ({**USE, "example": "other"}, ["uses"]),
        ({**USE, "x-own": 1}, ["unknown-keyword"]),
        ({**USE, "x-plans": [OTHER_PLAN]}, ["uses"]),
        ({**USE, "x-plans": ["gold"]}, ["uses"]),
        ({key: value for key, value in USE.items() if key != "summary"}, ["uses"]),
        ("text", ["uses"]),
    ],
)
def test_a_further_use_says_all_that_a_reader_needs(use: Any, rules: list[str]) -> None:
    value = {
        "x-uses": [use], "x-plans": [PLAN],
        "requestBody": body({}, examples={"plain": {"value": {}}}),
    }  # fmt: skip
    assert rules_of(lint_calls.uses, value, document=TAGS) == rules


def test_a_plan_of_a_use_that_the_operation_lacks_is_named() -> None:
    value = {"x-uses": [{**USE, "x-plans": [PLAN, OTHER_PLAN]}], "x-plans": [PLAN],
             "requestBody": body({}, examples={"plain": {}})}  # fmt: skip
    [(_, message)] = findings_of(lint_calls.uses, value, document=TAGS)
    assert message == f"x-uses/0: x-plans has {OTHER_PLAN}, the operation has not"


def test_a_webhook_is_of_a_known_category_and_type() -> None:
    category = next(iter(CATEGORIES))
    assert rules_of(lint_calls.kinds, {"x-category": category, "x-message-type": "a"}) == []
    assert rules_of(lint_calls.kinds, {"x-category": "No"}) == ["category", "message-type"]


@pytest.mark.parametrize(
    ("examples", "rules"),
    [
        ({"a": {"value": {"messageType": "call"}}}, []),
        ({"a": {"value": {}}}, []),
        ({"a": {"value": {"messageType": "other"}}}, ["message-type"]),
        # Only the first is held to it.
        ({"a": {"value": {}}, "b": {"value": {"messageType": "other"}}}, []),
        ({}, []),
    ],
)
def test_the_first_example_of_a_webhook_is_of_its_type(examples: Any, rules: list[str]) -> None:
    value = {"x-message-type": "call", "requestBody": body({}, examples=examples)}
    assert rules_of(lint_calls.payload, value) == rules


def test_a_webhook_has_a_body() -> None:
    assert rules_of(lint_calls.payload, {"x-message-type": "call"}) == ["payload-missing"]


def test_a_webhook_says_whether_and_how_surely_it_comes() -> None:
    arrival = {"x-default": DEFAULTS[0], "x-arrival": ARRIVALS[0]}
    assert rules_of(lint_calls.arrival, arrival) == []
    assert rules_of(lint_calls.arrival, {**arrival, "x-generation": GENERATIONS[0]}) == []
    wrong = {"x-default": True, "x-generation": 2022}
    assert rules_of(lint_calls.arrival, wrong) == ["default", "arrival", "generation"]


@pytest.mark.parametrize(
    ("kind", "security", "rules"),
    [
        ("operation", [{"token": []}], []),
        ("operation", [{"key": []}], ["security-unknown"]),
        ("operation", None, []),
        ("webhook", [], []),
        ("webhook", None, ["security-webhook"]),
        ("webhook", [{"token": []}], ["security-webhook"]),
        ("document", [{"token": []}], []),
        ("document", [], ["security-missing"]),
    ],
)
def test_who_is_let_in_is_said_where_it_counts(kind: str, security: Any, rules: list[str]) -> None:
    assert rules_of(lint_calls.security, {"security": security}, kind, SCHEMES) == rules


def test_a_scheme_is_written_in_small_letters() -> None:
    assert rules_of(lint_calls.scheme, {"scheme": "bearer"}) == []
    assert rules_of(lint_calls.scheme, {"scheme": "Bearer"}) == ["scheme-case"]


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        ({"text/a": {"examples": {"plain": {"summary": "Plain"}}}}, []),
        ({"text/a": {"examples": {"plain": {"$ref": "#/x"}}}}, []),
        ({"text/a": {"examples": {"plain": {"summary": " "}}}}, ["example-untitled"]),
        ({"text/a": {}}, ["example-missing"]),
        ({"json": {"examples": {"plain": {"summary": "Plain"}}}}, ["media-type"]),
        (None, []),
    ],
)
def test_each_content_is_shown_by_a_named_example(content: Any, rules: list[str]) -> None:
    assert rules_of(lint_calls.shown_calls, {"content": content}, "response") == rules


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ({"get": {"operationId": "rename"}}, []),
        ({"get": {"operationId": "other"}}, ["file-name"]),
        ({"get": {"operationId": "rename"}, "post": {"operationId": "rename"}}, ["file-name"]),
        ({}, ["file-name"]),
    ],
)
def test_a_file_holds_the_one_operation_of_its_name(value: Any, rules: list[str]) -> None:
    file = "paths/group/rename.yaml"
    assert rules_of(lint_calls.operation_file, value, "path item", file=file) == rules


@pytest.mark.parametrize(
    ("name", "operation_id", "rules"),
    [
        ("group-renamed", "webhook_group_renamed", []),
        ("group-left", "webhook_group_renamed", ["file-name"]),
        ("group-renamed", "group_renamed", ["file-name"]),
    ],
)
def test_a_file_of_a_webhook_is_called_like_it(
    name: str, operation_id: str, rules: list[str]
) -> None:
    value = {"post": {"operationId": operation_id}}
    file = "webhooks/group-renamed.yaml"
    found = rules_of(lint_calls.webhook_file, value, "webhook item", name=name, file=file)
    assert found == rules
