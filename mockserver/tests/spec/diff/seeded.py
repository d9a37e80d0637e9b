"""A small contract, and changes of it, each with what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import reduce
from operator import getitem
from typing import Any

Json = dict[str, Any]
Edit = Callable[[Json], None]

SEND, READ, HOOK = "POST /send/{key}", "GET /orders/{key}", "webhook message"


def contract() -> Json:
    """Two operations and a webhook, with one of everything that can change."""
    order: Json = {
        "type": "object",
        "required": ["id", "state"],
        "properties": {
            "id": {"type": "string", "minLength": 4, "maxLength": 40, "pattern": "^[A-F]+$"},
            "state": {"type": "string", "enum": ["open", "paid"]},
            "total": {"type": "number", "minimum": 0, "multipleOf": 0.5},
            "day": {"type": "string", "format": "date"},
            "note": {"type": ["string", "null"]},
            "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/L"}},
            "parent": {"$ref": "#/components/schemas/Order"},
        },
    }
    line: Json = {
        "type": "object",
        "required": ["sku"],
        "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "default": 1}},
    }
    payload: Json = {
        "allOf": [
            {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}},
            {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"const": "message"}, "order": _ref("Order")},
            },
            {"oneOf": [_form("text"), _form("image")]},
        ]
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://one.example"}],
        "security": [{"token": []}],
        "paths": {
            "/send/{key}": {
                "parameters": [{"in": "path", "name": "key", "required": True,
                                "schema": {"type": "string"}}],
                "post": {
                    "operationId": "send",
                    "summary": "Send",
                    "x-plans": ["code", "start"],
                    "x-requires-connection": False,
                    "x-effect": "sends",
                    "x-provenance": {"grade": "observed"},
                    "parameters": [
                        {"in": "query", "name": "dry", "schema": {"type": "boolean"}},
                        {"in": "header", "name": "X-Trace", "schema": {"type": "string"}},
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["to"],
                            "properties": {
                                "to": {"type": "string", "minLength": 8, "maxLength": 15},
                                "text": {"type": "string"},
                                "count": {"type": "integer", "maximum": 9, "default": 1},
                                "kind": {"enum": ["a", "b"]},
                                "files": {"type": "array", "maxItems": 3, "uniqueItems": False,
                                          "items": {"type": "string"}},
                                "free": {"type": "object",
                                         "additionalProperties": {"type": "number"}},
                                "choice": {"anyOf": [{"type": "string"}, {"minItems": 1}]},
                                "step": {"type": "integer", "multipleOf": 2},
                                "code": {"type": "string", "pattern": "^[0-9]+$"},
                                "when": {"type": "string", "format": "date"},
                                "bag": {"type": "object", "properties": {"one": {}}},
                            },
                        }}},
                    },
                    "responses": {
                        "200": {
                            "description": "ok",
                            "headers": {
                                "X-Id": {"required": True, "schema": {"type": "string"}},
                                "X-Old": {"schema": {"type": "string"}},
                            },
                            "content": {"application/json": {"schema": _ref("Order")}},
                        },
                        "404": {"description": "no", "content": {"text/plain": {"schema": {}}}},
                    },
                },
            },
            "/orders/{key}": {
                "get": {
                    "operationId": "read",
                    "security": [{"token": []}, {"cookie": []}],
                    "parameters": [{"in": "path", "name": "key", "required": True,
                                    "schema": {"type": "string"}}],
                    "responses": {"200": {"description": "ok", "content": {
                        "application/json": {"schema": {"type": "array", "items": _ref("Order")}},
                    }}},
                },
            },
        },
        "webhooks": {
            "message": {
                "post": {
                    "operationId": "hook",
                    "x-default": "on",
                    "parameters": [
                        {"in": "header", "name": "X-Signature", "required": True,
                         "schema": {"type": "string"}},
                        {"in": "query", "name": "try", "schema": {"type": "integer"}},
                    ],
                    "requestBody": {"content": {"application/json": {"schema": payload}}},
                    "responses": {"200": {"description": "taken"}, "204": {"description": "taken"}},
                },
            },
        },
        "components": {
            "schemas": {"Order": order, "L": line},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
            },
        },
    }  # fmt: skip


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _form(kind: str) -> Json:
    return {"type": "object", "required": ["form", kind],
            "properties": {"form": {"const": kind}, kind: {"type": "string"}}}  # fmt: skip


def changed(*edits: Edit) -> Json:
    """The contract with these edits."""
    document = contract()
    for edit in edits:
        edit(document)
    return document


def at(*path: Any) -> Callable[..., Edit]:
    """What stands there: `at(...)(**fields)` sets fields of it, None takes one away."""

    def setting(**fields: Any) -> Edit:
        def edit(document: Json) -> None:
            node = reduce(getitem, path, document)
            for name, value in fields.items():
                name = name.replace("__", "-").strip("_")
                if value is None:
                    node.pop(name)
                else:
                    node[name] = deepcopy(value)

        return edit

    return setting


def do(*path: Any, act: Callable[[Any], Any]) -> Edit:
    """Does something to what stands there."""
    return lambda document: act(reduce(getitem, path, document))


_SEND = ("paths", "/send/{key}", "post")
_READ = ("paths", "/orders/{key}", "get")
_HOOK = ("webhooks", "message", "post")
_JSON = ("content", "application/json", "schema")
_BODY = (*_SEND, "requestBody", *_JSON)
_FIELDS = (*_BODY, "properties")
_ORDER = ("components", "schemas", "Order")
_LINE = ("components", "schemas", "L")
_PAYLOAD = (*_HOOK, "requestBody", *_JSON, "allOf")

# Each with the places (subject, place) and the rule that must be named, and the level.
B, D, H = "breaking", "dangerous", "harmless"
IN_ORDER = ((SEND, "answer 200: {}"), (READ, "answer 200: [].{}"), (HOOK, "payload: order.{}"))


def _in_order(place: str) -> set[tuple[str, str]]:
    return {(subject, form.format(place)) for subject, form in IN_ORDER}


def _request(place: str) -> set[tuple[str, str]]:
    return {(SEND, f"request: {place}" if place else "request")}


SEEDED: Mapping[str, tuple[Edit, str, str, set[tuple[str, str]]]] = {
    # What callers send.
    "a request field must be there": (
        do(*_BODY, "required", act=lambda names: names.append("text")),
        B, "field-now-required", _request("text")),
    "a request field may be missing": (
        do(*_BODY, "required", act=lambda names: names.remove("to")),
        H, "field-now-optional", _request("to")),
    "a new request field": (
        at(*_FIELDS)(extra={"type": "string"}), H, "field-added", _request("extra")),
    "a new request field that must be there": (
        lambda doc: (at(*_FIELDS)(extra={})(doc),
                     do(*_BODY, "required", act=lambda names: names.append("extra"))(doc))[0],
        B, "required-field-added", _request("extra")),
    "a request field is refused": (
        at(*_FIELDS)(text=None), B, "field-refused", _request("text")),
    "a request field is ignored": (
        at(*_FIELDS, "bag", "properties")(one=None), D, "field-removed", _request("bag.one")),
    "a request type becomes another": (
        at(*_FIELDS, "text")(type="integer"), B, "type-changed", _request("text")),
    "a request type takes null": (
        at(*_FIELDS, "text")(type=["string", "null"]), H, "type-widened", _request("text")),
    "a request integer may be any number": (
        at(*_FIELDS, "count")(type="number"), H, "type-widened", _request("count")),
    "a request type loses its name": (
        at(*_FIELDS, "text")(type=None), H, "type-widened", _request("text")),
    "a request value is gone": (
        at(*_FIELDS, "kind")(enum=["a"]), B, "values-removed", _request("kind")),
    "a request value is new": (
        at(*_FIELDS, "kind")(enum=["b", "a", "c"]), H, "values-added", _request("kind")),
    "a request text becomes an enumeration": (
        at(*_FIELDS, "text")(enum=["hi"]), B, "values-restricted", _request("text")),
    "a request enumeration is free": (
        at(*_FIELDS, "kind")(enum=None), H, "values-opened", _request("kind")),
    "a request text may be shorter": (
        at(*_FIELDS, "to")(minLength=1), H, "bound-loosened", _request("to")),
    "a request text must be longer": (
        at(*_FIELDS, "to")(minLength=9), B, "bound-tightened", _request("to")),
    "a request text must be shorter": (
        at(*_FIELDS, "to")(maxLength=14), B, "bound-tightened", _request("to")),
    "a request text has a limit": (
        at(*_FIELDS, "text")(maxLength=4000), B, "bound-tightened", _request("text")),
    "a request number has no limit": (
        at(*_FIELDS, "count")(maximum=None), H, "bound-loosened", _request("count")),
    "fewer request items": (
        at(*_FIELDS, "files")(maxItems=2), B, "bound-tightened", _request("files")),
    "request items are unique": (
        at(*_FIELDS, "files")(uniqueItems=True), B, "bound-tightened", _request("files")),
    "request items have another type": (
        at(*_FIELDS, "files", "items")(type="integer"), B, "type-changed", _request("files[]")),
    "request steps are larger": (
        at(*_FIELDS, "step")(multipleOf=4), B, "bound-tightened", _request("step")),
    "request steps are others": (
        at(*_FIELDS, "step")(multipleOf=3), D, "bound-changed", _request("step")),
    "a request pattern is new": (
        at(*_FIELDS, "text")(pattern="^x"), B, "pattern-added", _request("text")),
    "a request pattern is another": (
        at(*_FIELDS, "code")(pattern="^[0-9]*$"), D, "pattern-changed", _request("code")),
    "a request pattern is gone": (
        at(*_FIELDS, "code")(pattern=None), H, "pattern-removed", _request("code")),
    "a request format is gone": (
        at(*_FIELDS, "when")(format=None), H, "format-removed", _request("when")),
    "a request format is another": (
        at(*_FIELDS, "when")(format="date-time"), D, "format-changed", _request("when")),
    "a request takes unknown fields": (
        at(*_BODY)(additionalProperties=None), H, "other-fields-allowed", _request("")),
    "a request map has other values": (
        at(*_FIELDS, "free")(additionalProperties={"type": "string"}),
        B, "type-changed", _request("free{}")),
    "a request map is closed": (
        at(*_FIELDS, "free")(additionalProperties=False),
        B, "other-fields-forbidden", _request("free")),
    "a request form is gone": (
        at(*_FIELDS, "choice")(anyOf=[{"type": "string"}]),
        B, "alternative-removed", _request("choice")),
    "a request form is new": (
        do(*_FIELDS, "choice", "anyOf", act=lambda forms: forms.append({"minLength": 9})),
        H, "alternative-added", _request("choice")),
    "a request default is another": (
        at(*_FIELDS, "count")(default=2), D, "default-changed", _request("count")),
    "a request condition is new": (
        at(*_BODY)(dependentRequired={"text": ["count"]}),
        D, "condition-changed", _request("")),
    "a request field is deprecated": (
        at(*_FIELDS, "text")(deprecated=True), D, "field-deprecated", _request("text")),
    "a request field is read only": (
        at(*_FIELDS, "text")(readOnly=True), D, "access-changed", _request("text")),
    "the body need not be sent": (
        at(*_SEND, "requestBody")(required=False), H, "body-now-optional", _request("")),
    "a body must be sent": (
        at(*_READ)(requestBody={"required": True, "content": {"application/json": {}}}),
        B, "required-body-added", {(READ, "request")}),
    "a body may be sent": (
        at(*_READ)(requestBody={"content": {"application/json": {}}}),
        H, "body-added", {(READ, "request")}),
    "the body is not read": (
        at(*_SEND)(requestBody=None), D, "body-removed", _request("")),
    "a request media type is new": (
        at(*_SEND, "requestBody", "content")(**{"text/plain": {}}),
        H, "request-media-type-added", _request("")),
    "a request media type is gone": (
        lambda doc: (at(*_SEND, "requestBody", "content")(**{"text/plain": {}})(doc),
                     doc["paths"]["/send/{key}"]["post"]["requestBody"]["content"]
                     .pop("application/json"))[0],
        B, "media-type-removed", _request("")),
    # What the gateway sends.
    "an answer's field may be missing": (
        do(*_ORDER, "required", act=lambda names: names.remove("state")),
        B, "field-now-optional", _in_order("state")),
    "an answer's field is always there": (
        do(*_ORDER, "required", act=lambda names: names.append("note")),
        H, "field-now-required", _in_order("note")),
    "a required field of an answer is gone": (
        lambda doc: (at(*_ORDER, "properties")(state=None)(doc),
                     do(*_ORDER, "required", act=lambda names: names.remove("state"))(doc))[0],
        B, "required-field-removed", _in_order("state")),
    "an optional field of an answer is gone": (
        at(*_ORDER, "properties")(note=None), D, "field-removed", _in_order("note")),
    "a new field in an answer": (
        at(*_ORDER, "properties")(extra={}), H, "field-added", _in_order("extra")),
    "an answer's field may be null": (
        at(*_ORDER, "properties", "id")(type=["string", "null"]),
        B, "type-widened", _in_order("id")),
    "an answer's field is never null": (
        at(*_ORDER, "properties", "note")(type="string"),
        H, "type-narrowed", _in_order("note")),
    "an answer's number is an integer": (
        at(*_ORDER, "properties", "total")(type="integer"),
        H, "type-narrowed", _in_order("total")),
    "an answer's value is new": (
        at(*_ORDER, "properties", "state")(enum=["open", "paid", "lost"]),
        D, "values-added", _in_order("state")),
    "an answer's value is gone": (
        at(*_ORDER, "properties", "state")(enum=["paid"]),
        H, "values-removed", _in_order("state")),
    "an answer's text may be longer": (
        at(*_ORDER, "properties", "id")(maxLength=64), D, "bound-loosened", _in_order("id")),
    "an answer's list may be empty": (
        at(*_ORDER, "properties", "lines")(minItems=None),
        D, "bound-loosened", _in_order("lines")),
    "an answer's pattern is gone": (
        at(*_ORDER, "properties", "id")(pattern=None),
        D, "pattern-removed", _in_order("id")),
    "an answer's format is gone": (
        at(*_ORDER, "properties", "day")(format=None),
        D, "format-removed", _in_order("day")),
    "a default deep in an answer is another": (
        at(*_LINE, "properties", "count")(default=None),
        H, "default-changed", _in_order("lines[].count")),
    "a field deep in an answer may be missing": (
        at(*_LINE)(required=[]), B, "field-now-optional", _in_order("lines[].sku")),
    "an answer of success is gone": (
        lambda doc: (at(*_SEND, "responses")(**{"201": {"description": "made"}})(doc),
                     doc["paths"]["/send/{key}"]["post"]["responses"].pop("200"))[0],
        B, "success-removed", {(SEND, "answer 200")}),
    "an answer of success is new": (
        at(*_SEND, "responses")(**{"202": {"description": "later"}}),
        D, "success-added", {(SEND, "answer 202")}),
    "a refusal is gone": (
        at(*_SEND, "responses")(**{"404": None}), D, "refusal-removed", {(SEND, "answer 404")}),
    "a refusal is new": (
        at(*_SEND, "responses")(**{"429": {"description": "slow"}}),
        D, "refusal-added", {(SEND, "answer 429")}),
    "an answer's media type is gone": (
        at(*_SEND, "responses", "404")(content={}),
        B, "media-type-removed", {(SEND, "answer 404")}),
    "an answer's media type is new": (
        at(*_SEND, "responses", "404", "content")(**{"application/json": {}}),
        D, "answer-media-type-added", {(SEND, "answer 404")}),
    "a header that was always there is gone": (
        at(*_SEND, "responses", "200", "headers")(**{"X-Id": None}),
        B, "required-header-removed", {(SEND, "answer 200 header x-id")}),
    "a header is gone": (
        at(*_SEND, "responses", "200", "headers")(**{"X-Old": None}),
        D, "header-removed", {(SEND, "answer 200 header x-old")}),
    "a header may be missing": (
        at(*_SEND, "responses", "200", "headers", "X-Id")(required=False),
        B, "header-now-optional", {(SEND, "answer 200 header x-id")}),
    "a header has another type": (
        at(*_SEND, "responses", "200", "headers", "X-Id", "schema")(type="integer"),
        B, "type-changed", {(SEND, "answer 200 header x-id")}),
    # Webhooks.
    "a webhook is gone": (at("webhooks")(message=None), B, "webhook-removed", {(HOOK, "")}),
    "a webhook is new": (
        at("webhooks")(other={"post": {}}), D, "webhook-added", {("webhook other", "")}),
    "a webhook comes with another method": (
        do("webhooks", "message", act=lambda item: item.update(put=item.pop("post"))),
        B, "webhook-method-changed", {(HOOK, "")}),
    "a webhook's header that was always there is gone": (
        do(*_HOOK, "parameters", act=lambda headers: headers.pop(0)),
        B, "required-header-removed", {(HOOK, "header x-signature")}),
    "a webhook's header may be missing": (
        at(*_HOOK, "parameters", 0)(required=False),
        B, "header-now-optional", {(HOOK, "header x-signature")}),
    "a webhook's header is a number": (
        at(*_HOOK, "parameters", 0, "schema")(type="integer"),
        B, "type-changed", {(HOOK, "header x-signature")}),
    "a webhook's parameter of the address is gone": (
        do(*_HOOK, "parameters", act=lambda parameters: parameters.pop()),
        D, "header-removed", {(HOOK, "query parameter try")}),
    "a webhook is signed": (
        at(*_HOOK)(security=[{"token": []}]),
        D, "webhook-security-changed", {(HOOK, "security")}),
    "a webhook is off": (
        at(*_HOOK)(x__default="off"), B, "webhook-switched-off", {(HOOK, "")}),
    "a webhook has another constant": (
        at(*_PAYLOAD, 1, "properties", "kind")(const="text"),
        B, "values-changed", {(HOOK, "payload: kind")}),
    "a webhook's field may be missing": (
        do(*_PAYLOAD, 0, "required", act=lambda names: names.clear()),
        B, "field-now-optional", {(HOOK, "payload: key")}),
    "a webhook has one more form": (
        do(*_PAYLOAD, 2, "oneOf", act=lambda forms: forms.append(_form("video"))),
        D, "alternative-added", {(HOOK, "payload")}),
    "a webhook has one form less": (
        do(*_PAYLOAD, 2, "oneOf", act=lambda forms: forms.pop()),
        H, "alternative-removed", {(HOOK, "payload")}),
    "one form of a webhook has another type": (
        at(*_PAYLOAD, 2, "oneOf", 1, "properties", "image")(type="object"),
        B, "type-changed", {(HOOK, "payload: image")}),
    "receivers may not answer 204": (
        at(*_HOOK, "responses")(**{"204": None}),
        B, "receiver-status-removed", {(HOOK, "answer 204")}),
    "receivers may answer 202": (
        at(*_HOOK, "responses")(**{"202": {"description": "taken"}}),
        H, "receiver-status-added", {(HOOK, "answer 202")}),
    # Parameters.
    "a parameter must be given": (
        at(*_SEND, "parameters", 0)(required=True),
        B, "parameter-now-required", {(SEND, "query parameter dry")}),
    "a new parameter must be given": (
        do(*_SEND, "parameters", act=lambda all_: all_.append(
            {"in": "query", "name": "q", "required": True, "schema": {}})),
        B, "required-parameter-added", {(SEND, "query parameter q")}),
    "a new parameter may be given": (
        do(*_SEND, "parameters", act=lambda all_: all_.append(
            {"in": "query", "name": "q", "schema": {}})),
        H, "parameter-added", {(SEND, "query parameter q")}),
    "a parameter is not read": (
        do(*_SEND, "parameters", act=lambda all_: all_.pop(0)),
        D, "parameter-removed", {(SEND, "query parameter dry")}),
    "a parameter has another type": (
        at(*_SEND, "parameters", 0, "schema")(type="integer"),
        B, "type-changed", {(SEND, "query parameter dry")}),
    "a parameter is written otherwise": (
        at(*_SEND, "parameters", 0)(style="deepObject"),
        B, "parameter-style-changed", {(SEND, "query parameter dry")}),
    "a parameter of the path is narrower": (
        at("paths", "/send/{key}", "parameters", 0, "schema")(maxLength=20),
        B, "bound-tightened", {(SEND, "path parameter key")}),
    # Operations and security.
    "an operation is gone": (
        at("paths")(**{"/orders/{key}": None}), B, "operation-removed", {(READ, "")}),
    "an operation is new": (
        at("paths", "/orders/{key}")(delete={"responses": {}}),
        H, "operation-added", {("DELETE /orders/{key}", "")}),
    "an operation moves": (
        lambda doc: doc["paths"].__setitem__("/all/{key}", doc["paths"].pop("/orders/{key}")),
        B, "operation-moved", {(READ, "")}),
    "an operation is renamed": (
        at(*_READ)(operationId="orders"), D, "operation-renamed", {(READ, "")}),
    "an operation is deprecated": (
        at(*_READ)(deprecated=True), D, "operation-deprecated", {(READ, "")}),
    "a plan loses an operation": (
        at(*_SEND)(x__plans=["code"]), B, "plan-removed", {(SEND, "")}),
    "a plan gets an operation": (
        at(*_SEND)(x__plans=["code", "start", "token"]), H, "plan-added", {(SEND, "")}),
    "a linked phone is needed": (
        at(*_SEND)(x__requires__connection=True), D, "link-required", {(SEND, "")}),
    "an operation does something else": (
        at(*_SEND)(x__effect="deletes"), D, "effect-changed", {(SEND, "")}),
    "a key is needed": (
        at(*_READ)(security=[{"token": [], "cookie": []}]),
        B, "security-tightened", {(READ, "security")}),
    "one of two ways in is gone": (
        at(*_READ)(security=[{"token": []}]),
        B, "security-tightened", {(READ, "security")}),
    "nobody needs a key": (
        at(*_SEND)(security=[]), H, "security-loosened", {(SEND, "security")}),
    "the whole API has another way in": (
        at()(security=[{"cookie": []}]), B, "security-tightened", {(SEND, "security")}),
    "a key is given otherwise": (
        at("components", "securitySchemes", "cookie")(name="session"),
        B, "security-scheme-changed", {("security scheme cookie", "")}),
    "an address is gone": (
        at()(servers=[]), D, "server-removed", {("the document", "servers")}),
    "an address is new": (
        do("servers", act=lambda all_: all_.append({"url": "https://two.example"})),
        H, "server-added", {("the document", "servers")}),
    # Words alone.
    "another title": (at(*_SEND)(summary="Send it"), H, "text-changed", {(SEND, "")}),
    "a fact is known better": (
        at(*_SEND)(x__provenance={"grade": "inferred"}), H, "evidence-changed", {(SEND, "")}),
    "another version": (
        at("info")(version="2"), H, "text-changed", {("the document", "")}),
}  # fmt: skip
