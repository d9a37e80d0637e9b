"""An operation or webhook of two versions, compared in all its parts."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.diff.located_operations import LocatedOperation
from megaapi_mock.spec.diff.operation import Operations

from .seeded import Json
from .small import NUMBER, TEXT

NOTHING: Json = {"openapi": "3.1.0"}
SERVER, OTHER = {"url": "https://a.example"}, {"url": "https://b.example"}


def body(schema: Json = TEXT, **more: Any) -> Json:
    return {"content": {"text/a": {"schema": schema}}, **more}


def told(old: Any, new: Any, documents: tuple[Json, Json] = (NOTHING, NOTHING)) -> list[str]:
    """`rule at place` of each change of an operation."""
    pair = [each if isinstance(each, LocatedOperation) else LocatedOperation("post", "/a", each)
            for each in (old, new)]  # fmt: skip
    changes = list(Operations(*documents).operation(*pair))
    assert {each.subject for each in changes} <= {"POST /a"} or any(
        each.subject.startswith("POST /a callback") for each in changes
    )
    return [f"{each.rule} at {each.place}".removesuffix(" at ") for each in changes]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {}, []),
        ({"operationId": "a"}, {"operationId": "b"}, ["operation-renamed"]),
        ({}, {"deprecated": True}, ["operation-deprecated"]),
        ({"summary": "a"}, {"summary": "b"}, ["text-changed"]),
        ({"x-plans": ["a", "b"]}, {"x-plans": ["b", "c"]}, ["plan-removed", "plan-added"]),
        ({}, {"x-requires-connection": True}, ["link-required"]),
        ({"x-requires-connection": True}, {"x-requires-connection": False}, ["link-not-required"]),
        ({"x-effect": "reads"}, {"x-effect": "sends"}, ["effect-changed"]),
        ({}, {"requestBody": body()}, ["body-added at request"]),
        ({}, {"requestBody": body(required=True)}, ["required-body-added at request"]),
        ({"requestBody": body()}, {}, ["body-removed at request"]),
        ({"requestBody": body()}, {"requestBody": body(required=True)},
         ["body-now-required at request"]),
        ({"requestBody": body(required=True)}, {"requestBody": body()},
         ["body-now-optional at request"]),
        ({"requestBody": body()}, {"requestBody": body(NUMBER)}, ["type-changed at request"]),
        ({"responses": {"200": {}}}, {"responses": {"201": {}}},
         ["success-removed at answer 200", "success-added at answer 201"]),
        ({}, {"parameters": [{"in": "query", "name": "k"}]},
         ["parameter-added at query parameter k"]),
        ({"security": []}, {"security": [{"key": []}]}, ["security-tightened at security"]),
    ],
)  # fmt: skip
def test_each_part_of_an_operation_is_compared(old: Json, new: Json, changes: list[str]) -> None:
    assert told(old, new) == changes


def test_a_body_that_is_referred_to_is_read() -> None:
    def document(schema: Json) -> Json:
        return {**NOTHING, "components": {"requestBodies": {"B": body(schema)}}}

    asked = {"requestBody": {"$ref": "#/components/requestBodies/B"}}
    documents = (document(TEXT), document(NUMBER))
    assert told(asked, asked, documents) == ["type-changed at request"]


def test_servers_of_an_operation_are_held_to_those_that_counted_before() -> None:
    document = {**NOTHING, "servers": [SERVER]}
    own = LocatedOperation("post", "/a", {}, servers=(SERVER, OTHER))
    none = LocatedOperation("post", "/a", {})
    assert told(none, own, (document, document)) == ["server-added at servers"]
    assert told(own, own) == told(none, none, (document, NOTHING)) == []


CALLBACK = {"onEvent": {"{$request.body#/url}": {"post": {"requestBody": body()}}}}


def test_callbacks_are_compared_as_what_the_gateway_sends() -> None:
    place = "callback onEvent {$request.body#/url}"
    assert told({"callbacks": CALLBACK}, {}) == [f"callback-removed at {place}"]
    assert told({}, {"callbacks": CALLBACK}) == [f"callback-added at {place}"]
    now = {"onEvent": {"{$request.body#/url}": {"post": {"requestBody": body(NUMBER)}}}}
    assert told({"callbacks": CALLBACK}, {"callbacks": now}) == ["type-changed at payload"]


def event(old: Json, new: Json, methods: tuple[str, str] = ("post", "post")) -> list[str]:
    pair = (
        LocatedOperation(method, "text", each)
        for method, each in zip(methods, (old, new), strict=True)
    )
    changes = Operations(NOTHING, NOTHING).event("webhook text", *pair)
    return [f"{each.level.value} {each.rule} at {each.place}".removesuffix(" at ")
            for each in changes]  # fmt: skip


def header(name: str, **more: Any) -> Json:
    return {"in": "header", "name": name, **more}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ({}, {}, []),
        ({"requestBody": body()}, {"requestBody": body({**TEXT, "maxLength": 3})},
         ["harmless bound-tightened at payload"]),
        ({"x-default": "on"}, {"x-default": "off"}, ["breaking webhook-switched-off"]),
        ({"x-default": "off"}, {"x-default": "on"}, ["dangerous webhook-switched-on"]),
        ({"x-default": "on"}, {}, []),
        ({}, {"deprecated": True}, ["dangerous operation-deprecated"]),
        ({"security": []}, {"security": [{"key": []}]},
         ["dangerous webhook-security-changed at security"]),
        ({"responses": {"200": {}}}, {"responses": {"204": {}}},
         ["breaking receiver-status-removed at answer 200",
          "harmless receiver-status-added at answer 204"]),
        ({"parameters": [header("X-A", required=True)]}, {"parameters": [header("x-a")]},
         ["breaking header-now-optional at header x-a"]),
        ({"parameters": [header("Content-Type", required=True)]}, {}, []),
        ({}, {"parameters": [{"in": "query", "name": "k"}]},
         ["harmless header-added at query parameter k"]),
        ({"x-provenance": {"grade": "inferred"}}, {"x-provenance": {"grade": "observed"}},
         ["harmless evidence-changed"]),
    ],
)  # fmt: skip
def test_each_part_of_a_webhook_is_compared(old: Json, new: Json, changes: list[str]) -> None:
    assert event(old, new) == changes


def test_a_webhook_that_comes_by_another_method_breaks_receivers() -> None:
    assert event({}, {}, ("post", "put")) == ["breaking webhook-method-changed"]
