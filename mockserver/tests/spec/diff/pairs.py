"""Pairs of small documents: what changed between them, or that nothing did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .seeded import Json
from .small import (
    NUMBER,
    TEXT,
    answer,
    component,
    document,
    fields,
    listed,
    parameter,
    parameters,
    request,
    secured,
    statuses,
)

_A, _B = fields("a", a=TEXT), fields("b", b=NUMBER)
_KINDS = {
    "A": fields("t", t={"const": "a"}, x=TEXT), "B": fields("t", t={"const": "b"}, y=TEXT),
    "A2": fields("t", "x", t={"const": "a"}, x=TEXT),
}  # fmt: skip
_HOOK = "{$request.body#/url}"


def _choice(*names: str, **mapping: str) -> Json:
    discriminator = {"propertyName": "t", **({"mapping": mapping} if mapping else {})}
    return {"oneOf": [component(name) for name in names], "discriminator": discriminator}


# One schema, and another: the worst rule and level in a request, and in an answer.
SCHEMAS: Mapping[str, tuple[Any, Any, str, str]] = {
    "an integer becomes a number": (
        NUMBER, {"type": "number"}, "harmless type-widened", "breaking type-widened"),
    "a value of several is another": (
        {"enum": ["a", "b"]}, {"enum": ["a", "c"]},
        "breaking values-removed", "dangerous values-added"),
    "an enumeration becomes a constant": (
        {"enum": ["a", "b"]}, {"const": "a"},
        "breaking values-removed", "harmless values-removed"),
    "a value becomes a list": (TEXT, listed(), "breaking type-changed", "breaking type-changed"),
    "a bound excludes its value": (
        {"type": "number", "minimum": 1}, {"type": "number", "exclusiveMinimum": 1},
        "breaking bound-tightened", "harmless bound-tightened"),
    "the tighter of two bounds counts": (
        {"type": "integer", "minimum": 1},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": 5},
        "breaking bound-tightened", "harmless bound-tightened"),
    "steps of a tenth become steps of three tenths": (
        {"type": "number", "multipleOf": 0.1}, {"type": "number", "multipleOf": 0.3},
        "breaking bound-tightened", "harmless bound-tightened"),
    "the members of a tuple change places": (
        {"type": "array", "prefixItems": [TEXT, NUMBER]},
        {"type": "array", "prefixItems": [NUMBER, TEXT]},
        "breaking type-changed", "breaking type-changed"),
    "a tuple is closed": (
        {"type": "array", "prefixItems": [TEXT]},
        {"type": "array", "prefixItems": [TEXT], "items": False},
        "breaking bound-tightened", "harmless bound-tightened"),
    "names of fields must fit": (
        {"type": "object"}, {"type": "object", "propertyNames": {"pattern": "^a"}},
        "breaking pattern-added", "harmless pattern-added"),
    "fields by pattern have another type": (
        {"type": "object", "patternProperties": {"^x": TEXT}},
        {"type": "object", "patternProperties": {"^x": NUMBER}},
        "breaking type-changed", "breaking type-changed"),
    "a field can have no value": (
        fields(a=True), fields(a=False), "breaking field-refused", "dangerous field-refused"),
    "unknown fields are refused after allOf": (
        {"allOf": [_A]}, {"allOf": [_A], "unevaluatedProperties": False},
        "breaking other-fields-forbidden", "harmless other-fields-forbidden"),
    "other fields have a type": (
        {"type": "object", "additionalProperties": True},
        {"type": "object", "additionalProperties": TEXT},
        "breaking type-narrowed", "harmless type-narrowed"),
    "a field has another name": (
        _A, _B, "breaking required-field-added", "breaking required-field-removed"),
    "allOf has one more part": (
        {"allOf": [_A]}, {"allOf": [_A, _B]},
        "breaking required-field-added", "harmless required-field-added"),
    "allOf has one part less": (
        {"allOf": [_A, _B]}, {"allOf": [_A]},
        "dangerous required-field-removed", "breaking required-field-removed"),
    "one form becomes two": (
        _A, {"oneOf": [_A, _B]}, "harmless alternative-added", "dangerous alternative-added"),
    "two forms become one": (
        {"oneOf": [_A, _B]}, _A, "breaking alternative-removed", "harmless alternative-removed"),
    "the form of a constant has a required field": (
        {"oneOf": [_KINDS["B"], _KINDS["A"]]}, {"oneOf": [_KINDS["A2"], _KINDS["B"]]},
        "breaking field-now-required", "harmless field-now-required"),
    "nothing is said of the value": (
        _A, {}, "dangerous required-field-removed", "breaking type-widened"),
    "something is said of the value": (
        {}, _A, "breaking type-narrowed", "harmless type-narrowed"),
    "a field is read only, and so nothing to a request": (
        fields(a={**TEXT, "readOnly": True}), fields("a", a={**TEXT, "readOnly": True}),
        "none", "harmless field-now-required"),
    "a new field is read only": (
        _A, fields("a", "b", a=TEXT, b={**TEXT, "readOnly": True}),
        "none", "harmless required-field-added"),
    "true becomes one": (
        {"const": True}, {"const": 1}, "breaking type-changed", "breaking type-changed"),
    "false deep in a value becomes zero": (
        {"enum": [{"a": [False]}]}, {"enum": [{"a": [0]}]},
        "breaking values-changed", "breaking values-changed"),
    "a default of true becomes one": (
        {"default": True}, {"default": 1}, "dangerous default-changed", "harmless default-changed"),
    "what must be true and one becomes what must be one": (
        {"allOf": [{"enum": [True, 2]}, {"enum": [1, 2]}]}, {"enum": [1, 2]},
        "harmless values-added", "dangerous values-added"),
    "a field that was only required need not be there": (
        {"type": "object", "required": ["a"]}, {"type": "object"},
        "harmless field-now-optional", "breaking field-now-optional"),
    "a field beside a choice has another type in each of its forms": (
        {"properties": {"c": TEXT}, "anyOf": [_A, _B]},
        {"anyOf": [fields("a", a=TEXT, c=NUMBER), fields("b", b=NUMBER, c=NUMBER)]},
        "breaking type-changed", "breaking type-changed"),
    "a field that is only written is gone": (
        fields("a", a={**TEXT, "writeOnly": True}), fields(),
        "dangerous required-field-removed", "none"),
    "a required field is only written now": (
        _A, fields("a", a={**TEXT, "writeOnly": True}),
        "dangerous access-changed", "breaking field-now-optional"),
}  # fmt: skip

# Two documents: the worst level and rule.
DOCUMENTS: Mapping[str, tuple[Json, Json, str]] = {
    "3.0: null is allowed": (
        answer(fields(a=TEXT), "3.0.3"), answer(fields(a={**TEXT, "nullable": True}), "3.0.3"),
        "breaking type-widened"),
    "3.0: null is allowed beside allOf": (
        answer(fields(a={"allOf": [TEXT]}), "3.0.3"),
        answer(fields(a={"allOf": [TEXT], "nullable": True}), "3.0.3"),
        "breaking type-widened"),
    "a discriminator has one value less": (
        request(_choice("A", "B", a="A", aa="A", b="B"), **_KINDS),
        request(_choice("A", "B", a="A", b="B"), **_KINDS), "breaking values-removed"),
    "a discriminator has one value more": (
        answer(_choice("A", "B", a="A", b="B"), **_KINDS),
        answer(_choice("A", "B", a="A", aa="A", b="B"), **_KINDS), "dangerous values-added"),
    "another field tells the forms apart": (
        request(_choice("A", "B"), **_KINDS),
        request({**_choice("A", "B"), "discriminator": {"propertyName": "kind"}}, **_KINDS),
        "breaking discriminator-changed"),
    "a schema that refers to itself": (
        request(component("T"), T=fields(v=TEXT, kids=listed(component("T")))),
        request(component("T"), T=fields(v=NUMBER, kids=listed(component("T")))),
        "breaking type-changed"),
    "a reference leads nowhere": (
        answer(component("T"), T=TEXT), answer(component("T")), "breaking type-widened"),
    "a parameter becomes JSON": (
        parameters(parameter({"type": "object"})),
        parameters({"name": "k", "in": "query",
                    "content": {"application/json": {"schema": {"type": "object"}}}}),
        "breaking parameter-style-changed"),
    "a list is written with bars": (
        parameters(parameter(listed())),
        parameters(parameter(listed(), style="pipeDelimited", explode=False)),
        "breaking parameter-style-changed"),
    "a parameter must not be empty": (
        parameters(parameter(allowEmptyValue=True)), parameters(parameter()),
        "breaking empty-parameter-refused"),
    "a parameter may be empty": (
        parameters(parameter()), parameters(parameter(allowEmptyValue=True)),
        "harmless empty-parameter-allowed"),
    "a parameter is deprecated": (
        parameters(parameter()), parameters(parameter(deprecated=True)),
        "dangerous parameter-deprecated"),
    "a parameter is not deprecated": (
        parameters(parameter(deprecated=True)), parameters(parameter()),
        "harmless parameter-no-longer-deprecated"),
    "two parameters of the path change places": (
        parameters(parameter(NUMBER, "path", "x"), parameter(TEXT, "path", "y"), path="/{x}/{y}"),
        parameters(parameter(NUMBER, "path", "x"), parameter(TEXT, "path", "y"), path="/{y}/{x}"),
        "breaking type-changed"),
    "a parameter of the path item must be given": (
        document(item={"parameters": [parameter()]}),
        document(item={"parameters": [parameter(required=True)]}),
        "breaking parameter-now-required"),
    "HEAD is gone": (
        document(item={"head": {"responses": {}}}), document(), "breaking operation-removed"),
    "TRACE is gone": (
        document(item={"trace": {"responses": {}}}), document(), "breaking operation-removed"),
    "OPTIONS is new": (
        document(), document(item={"options": {"responses": {}}}), "harmless operation-added"),
    "a range covers what is gone": (
        statuses("200", "404"), statuses("200", "4XX"), "dangerous refusal-added"),
    "single statuses stand for a range": (
        statuses("2XX"), statuses("200", "201"), "harmless range-narrowed"),
    "success is left to default": (
        statuses("200"), statuses("default"), "breaking success-removed"),
    "a range described what a status has not": (
        document(responses={"2XX": {"content": {"application/json": {"schema": _A}}}}),
        document(responses={"200": {"content": {"application/json": {"schema": _B}}}}),
        "breaking required-field-removed"),
    "a link is gone": (
        document(responses={"200": {"links": {"next": {"operationId": "x"}}}}),
        document(responses={"200": {}}), "dangerous answer-link-removed"),
    "a link is new": (
        document(responses={"200": {}}),
        document(responses={"200": {"links": {"next": {"operationId": "x"}}}}),
        "harmless answer-link-added"),
    "an answer may be of any type": (
        answer(TEXT), answer(TEXT, media="*/*"), "breaking media-type-removed"),
    "a request may be of any type": (
        request(TEXT), request(TEXT, media="*/*"), "harmless request-media-type-added"),
    "a request may be of fewer types": (
        request(TEXT, media="image/*"), request(TEXT, media="image/png"),
        "breaking media-type-removed"),
    "a part of a form is another": (
        document(requestBody={"content": {"multipart/form-data": {"schema": _A}}}),
        document(requestBody={"content": {"multipart/form-data": {
            "schema": _A, "encoding": {"a": {"contentType": "image/png"}}}}}),
        "dangerous encoding-changed"),
    "a scope is needed": (
        secured([{"grant": ["r"]}]), secured([{"grant": ["r", "w"]}]),
        "breaking security-tightened"),
    "a key is needed now": (
        secured([{}, {"key": []}]), secured([{"key": []}]), "breaking security-tightened"),
    "a key is needed everywhere": (
        secured(), secured(top=[{"key": []}]), "breaking security-tightened"),
    "a scheme in use is not described": (
        secured([{"key": []}]), secured([{"key": []}], other={"type": "http", "scheme": "basic"}),
        "breaking security-scheme-changed"),
    "a callback is gone": (
        document(callbacks={"done": {_HOOK: {"post": {}}}}), document(),
        "breaking callback-removed"),
    "a callback is new": (
        document(), document(callbacks={"done": {_HOOK: {"post": {}}}}),
        "dangerous callback-added"),
    "a callback sends one field less": (
        document(callbacks={"done": {_HOOK: {"post": {
            "requestBody": {"content": {"application/json": {"schema": _A}}}}}}}),
        document(callbacks={"done": {_HOOK: {"post": {
            "requestBody": {"content": {"application/json": {"schema": fields()}}}}}}}),
        "breaking required-field-removed"),
    "an address is another for one operation": (
        document(top={"servers": [{"url": "https://a.example"}]}),
        document(servers=[{"url": "https://b.example"}],
                 top={"servers": [{"url": "https://a.example"}]}),
        "dangerous server-removed"),
    "a variable of an address has one value less": (
        document(top={"servers": [{"url": "https://{r}.example", "variables": {
            "r": {"default": "a", "enum": ["a", "b"]}}}]}),
        document(top={"servers": [{"url": "https://{r}.example", "variables": {
            "r": {"default": "a", "enum": ["a"]}}}]}),
        "dangerous server-changed"),
}  # fmt: skip

# A schema written in two ways.
SAME_SCHEMAS: Mapping[str, tuple[Any, Any]] = {
    "allOf of one": (_A, {"allOf": [_A]}),
    "anyOf of one": (_A, {"anyOf": [_A]}),
    "oneOf of one": (_A, {"oneOf": [_A]}),
    "anyOf of one, twice": (_A, {"anyOf": [_A, _A]}),
    "fields beside a choice, or in each of its forms": (
        {"properties": {"c": TEXT}, "anyOf": [_A, _B]},
        {"anyOf": [fields("a", a=TEXT, c=TEXT), fields("b", b=NUMBER, c=TEXT)]}),
    "oneOf or anyOf": ({"oneOf": [TEXT, _A]}, {"anyOf": [_A, TEXT]}),
    "a constant or an enumeration of one": ({"const": "x"}, {"enum": ["x"]}),
    "a type or a list of one": (TEXT, {"type": ["string"]}),
    "null by type or by form": (
        {"type": ["string", "null"]}, {"anyOf": [TEXT, {"type": "null"}]}),
    "types by list or by form": (
        {"type": ["string", "integer"]}, {"oneOf": [TEXT, NUMBER]}),
    "all other fields, said or not": (_A, {**_A, "additionalProperties": True}),
    "all other fields, by {}": ({**_A, "additionalProperties": {}}, _A),
    "sizes of at least 0": (listed(), listed(minItems=0)),
    "texts of at least 0": (TEXT, {**TEXT, "minLength": 0}),
    "marks that are false": (
        listed(), listed(uniqueItems=False, deprecated=False, readOnly=False)),
    "1 and 1.0": ({"type": "number", "minimum": 1}, {"type": "number", "minimum": 1.0}),
    "values 1 and 1.0": ({"enum": [1, 2, 3]}, {"enum": [3, 2, 1.0]}),
    "at least 1, more than 0": (
        {"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
    "required twice": (_A, fields("a", "a", a=TEXT)),
    "true and {}": (fields(a=True), fields(a={})),
    "both truths": ({"type": "boolean"}, {"type": "boolean", "enum": [True, False]}),
    "the type of the values": ({"enum": ["a"]}, {"type": "string", "enum": ["a"]}),
    "base64": (
        {"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
    "a file": (
        {"type": "string", "format": "binary"},
        {"type": "string", "contentMediaType": "application/octet-stream"}),
    "bounds in two parts": (
        {"allOf": [{**NUMBER, "minimum": 1}, {"minimum": 3}]}, {**NUMBER, "minimum": 3}),
    "values in two parts": (
        {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, {"const": "b"}),
}  # fmt: skip

# A document written in two ways.
SAME_DOCUMENTS: Mapping[str, tuple[Json, Json]] = {
    "3.0 or 3.1: null": (
        answer({**TEXT, "nullable": True}, "3.0.3"), answer({"type": ["string", "null"]})),
    "3.0 or 3.1: a bound excludes its value": (
        request({**NUMBER, "minimum": 1, "exclusiveMinimum": True}, "3.0.3"),
        request({**NUMBER, "exclusiveMinimum": 1})),
    "3.0: what stands beside a reference": (
        request({**component("T"), "nullable": True}, "3.0.3", T=TEXT),
        request(component("T"), "3.0.3", T=TEXT)),
    "a reference with percents": (request(TEXT), request(component("A%20B"), **{"A B": TEXT})),
    "a reference with a slash": (request(TEXT), request(component("a~1b"), **{"a/b": TEXT})),
    "a reference to a reference": (
        request(TEXT), request(component("A"), A=component("B"), B=TEXT)),
    "a reference into a list": (
        request({"allOf": [_A], "$defs": {}}),
        request({"$ref": "#/components/schemas/T/allOf/0"}, T={"allOf": [_A]})),
    "one round of a schema that refers to itself": (
        answer(component("T"), T=fields(next=component("T"))),
        answer(fields(next=component("T")), T=fields(next=component("T")))),
    "a list in the usual style": (
        parameters(parameter(listed())),
        parameters(parameter(listed(), style="form", explode=True))),
    "explode of a text": (parameters(parameter()), parameters(parameter(explode=False))),
    "letters of a header": (
        parameters(parameter(where="header", name="X-Id")),
        parameters(parameter(where="header", name="x-id"))),
    "a header that security describes": (
        document(), parameters(parameter(where="header", name="Authorization", required=True))),
    "a parameter of the path item": (
        parameters(parameter()), document(item={"parameters": [parameter()]})),
    "security of the whole": (secured([{"key": []}]), secured(top=[{"key": []}])),
    "no security": (secured([]), secured([{}])),
    "the name of a scheme": (
        secured([{"key": []}]),
        secured([{"other": []}], other={"type": "apiKey", "in": "header", "name": "X-Key"})),
    "letters of a scheme": (
        secured([{"token": []}], token={"type": "http", "scheme": "bearer"}),
        secured([{"token": []}],
                token={"type": "http", "scheme": "Bearer", "bearerFormat": "JWT"})),
    "a scheme that nobody asks for": (
        secured([{"key": []}]),
        secured([{"key": []}], key={"type": "apiKey", "in": "header", "name": "X-Key"})),
    "the slash of an address": (
        document(top={"servers": [{"url": "https://a.example"}]}),
        document(top={"servers": [{"url": "https://a.example/"}]})),
    "the address of the document itself": (document(), document(top={"servers": [{"url": "/"}]})),
    "an address of the path item": (
        document(top={"servers": [{"url": "https://a.example"}]}),
        document(item={"servers": [{"url": "https://a.example"}]},
                 top={"servers": [{"url": "https://a.example"}]})),
    "letters of a media type": (request(TEXT), request(TEXT, media="Application/JSON")),
    "the charset": (request(TEXT), request(TEXT, media="application/json; charset=utf-8")),
    "letters of a range": (statuses("2xx"), statuses("2XX")),
    "values of a discriminator, by name or reference": (
        request(_choice("A", "B", a="A", b="B"), **_KINDS),
        request(_choice("A", "B", a="#/components/schemas/A", b="#/components/schemas/B"),
                **_KINDS)),
}  # fmt: skip
