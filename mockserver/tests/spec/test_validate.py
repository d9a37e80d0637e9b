"""Requests and replies held to a small contract: yes or no, and what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.operations import JSON, Operation
from megaapi_mock.spec.validate import Compiler, Validators, resolve, resolved_parameters

JID = {"name": "jid", "in": "query", "required": True, "schema": {"pattern": "^[0-9]+$"}}
BODY = {"$ref": "#/components/schemas/Body"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {},
    "components": {
        "schemas": {
            "Body": {
                "type": "object", "required": ["to"],
                "properties": {"to": {"$ref": "#/components/schemas/To"}},
            },
            "To": {"type": "string", "minLength": 2},
        },
        "parameters": {"Jid": JID},
        "responses": {"Fine": {"description": "x", "content": {JSON: {"schema": BODY}}}},
    },
}  # fmt: skip
RESPONSES = {
    "200": {"$ref": "#/components/responses/Fine"},
    "201": {"description": "x", "x-may-be-empty": True, "content": {JSON: {"schema": BODY}}},
    "202": {"description": "x", "content": {"image/png": {}}},
    "204": {"description": "x"},
}


def operation(id_: str, **definition: Any) -> Operation:
    made = {"operationId": id_, "responses": RESPONSES, **definition}
    return Operation(id_, "room", "POST", f"/{id_}", f"paths/{id_}.yaml", made)


REQUEST = {"required": True, "content": {JSON: {"schema": BODY}}}
SEND = operation("send", requestBody=REQUEST)
OPTIONAL = operation("optional", requestBody={"content": {JSON: {"schema": BODY}}})
LOOK = operation("look", parameters=[{"$ref": "#/components/parameters/Jid"}])
VALIDATORS = Validators(Bundle(DOCUMENT), (SEND, OPTIONAL, LOOK))


@pytest.mark.parametrize(
    ("asked", "query", "body", "fits"),
    [
        (SEND, {}, {"to": "ab"}, True),
        (SEND, {}, {"to": "a"}, False),
        (SEND, {}, None, False),
        (OPTIONAL, {}, None, True),
        (OPTIONAL, {}, {}, False),
        (LOOK, {"jid": "12"}, None, True),
        (LOOK, {"jid": "12"}, {"anything": 1}, True),
        (LOOK, {"jid": "x"}, None, False),
        (LOOK, {}, None, False),
    ],
)
def test_a_request_fits_or_not(asked: Operation, query: Any, body: Any, fits: bool) -> None:
    assert VALIDATORS.request_fits(asked, query, body) == fits


def test_a_body_alone_is_checked_where_nothing_else_is_asked() -> None:
    check = VALIDATORS.body_check(SEND)
    assert check is not None and check({"to": "ab"}) and not check({})
    assert VALIDATORS.body_check(LOOK) is None


def test_replies_with_a_schema_have_their_checks() -> None:
    checks = VALIDATORS.reply_checks(SEND)
    assert sorted(checks) == [200, 201]
    assert checks[200]({"to": "ab"}) and not checks[200]({"to": 5})


@pytest.mark.parametrize(
    ("status", "content_type", "document", "problems"),
    [
        (200, f"{JSON}; charset=utf-8", {"to": "ab"}, []),
        (200, JSON, {"to": 5}, ['to: 5 is not of type "string"']),
        (200, JSON, [], ['body: [] is not of type "object"']),
        (200, JSON, None, ["body: the body is empty"]),
        (200, "text/html", {"to": "ab"}, ["content-type: text/html is not promised"]),
        (201, JSON, None, []),
        (202, "image/png", b"\x89PNG", []),
        (202, "image/png", None, ["body: the body is empty"]),
        (204, "", None, []),
        (418, JSON, {}, ["status: 418 is not promised"]),
    ],
)
def test_a_reply_is_held_to_its_status(
    status: int, content_type: str, document: Any, problems: list[str]
) -> None:
    found = VALIDATORS.reply_violations(SEND, status, content_type, document)
    assert [str(each) for each in found] == problems


def test_a_wrong_body_is_told_in_words() -> None:
    document = {**DOCUMENT, "paths": {"/send": {"post": SEND.definition}}}
    validators = Validators(Bundle(document), (SEND,))
    [violation] = validators.request_violations(SEND, {}, b'{"to":"a"}', {"to": "a"})
    assert "to" in violation.where and "short" in violation.message


def test_of_a_form_only_the_query_is_read() -> None:
    upload = operation(
        "upload", parameters=[JID], requestBody={"content": {"multipart/form-data": {}}}
    )
    validators = Validators(Bundle(DOCUMENT), (upload,))
    [missing] = validators.request_violations(upload, {}, b"", None)
    assert str(missing) == "request: Missing required query parameter: jid"
    [wrong] = validators.request_violations(upload, {"jid": "x"}, b"", None)
    assert wrong.where == "jid"
    assert validators.request_violations(upload, {"jid": "1"}, b"", None) == []


def test_a_reference_is_followed_to_its_end() -> None:
    document = {"components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"b": 1}}}}
    assert resolve({"$ref": "#/components/schemas/A"}, document) == {"b": 1}
    assert resolve({"a": 1}, document) == {"a": 1}
    assert resolved_parameters(LOOK.definition, DOCUMENT) == [JID]
    assert resolved_parameters({}, DOCUMENT) == []


def test_equal_schemas_are_compiled_once_and_with_all_they_lead_to() -> None:
    compiler = Compiler(DOCUMENT)
    validator = compiler.compile(BODY)
    assert compiler.compile(dict(BODY)) is validator
    assert validator.is_valid({"to": "ab"}) and not validator.is_valid({"to": "a"})
    assert compiler.compile(None) is compiler.compile({}) is None


def test_nothing_is_compiled_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_schemas: list[Any] = []
    real = Compiler.compile

    def watched(compiler: Compiler, schema: Any) -> Any:
        compiled_schemas.append(schema)
        return real(compiler, schema)

    monkeypatch.setattr(Compiler, "compile", watched)
    validators = Validators(Bundle(DOCUMENT), (SEND, LOOK))
    assert compiled_schemas == []
    assert validators.request_fits(SEND, {}, {"to": "xx"})
    count = len(compiled_schemas)
    assert count and not validators.request_fits(SEND, {}, {"to": "x"})
    assert len(compiled_schemas) == count
    with pytest.raises(KeyError):
        validators.request_fits(OPTIONAL, {}, {})


def test_a_schema_that_cannot_be_compiled_is_named_with_its_operation() -> None:
    Validators(Bundle(DOCUMENT), (SEND, LOOK)).compile_all()
    for schema in ({"type": 5}, {"pattern": "(("}, {"$ref": "#/components/schemas/Nowhere"}):
        body = {"content": {JSON: {"schema": schema}}}
        validators = Validators(Bundle(DOCUMENT), (SEND, operation("odd", requestBody=body)))
        with pytest.raises(SpecError, match="a schema of odd cannot be compiled"):
            validators.compile_all()
