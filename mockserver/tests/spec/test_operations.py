"""The index of operations and webhooks, and what a person means by a name."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.operations import (
    JSON,
    UPLOAD,
    Operation,
    find_operation,
    operations,
    webhook_events,
)


def operation(id_: str, path: str = "/rest/a/{instance_key}/text", **definition: Any) -> Operation:
    return Operation(id_, "send_message", "POST", path, f"paths/{id_}.yaml", definition)


def bundle(paths: dict[str, Any], files: dict[str, str], **more: Any) -> Bundle:
    return Bundle({"paths": paths, **more}, files)


def test_every_method_of_every_path_is_an_operation() -> None:
    paths = {"/a": {"post": {"operationId": "send_text"}}, "/b": {"get": {"operationId": "see"}}}
    files = {"/a": "paths/send_message/send_text.yaml", "/b": "paths/chat/see.yaml"}
    first, second = operations(bundle(paths, files))
    assert (first.address, first.method, first.path) == ("send_message/send_text", "POST", "/a")
    assert (second.address, second.spec_file) == ("chat/see", "paths/chat/see.yaml")


def test_a_file_is_named_by_its_operation() -> None:
    wrong = bundle({"/a": {"post": {"operationId": "other"}}}, {"/a": "paths/x/send_text.yaml"})
    with pytest.raises(SpecError, match="file name and operationId must be the same"):
        operations(wrong)


def test_two_files_may_not_define_one_operation() -> None:
    item = {"post": {"operationId": "same"}}
    files = {"/a": "paths/x/same.yaml", "/b": "paths/y/same.yaml"}
    with pytest.raises(SpecError, match=r"paths/y/same\.yaml and .*paths/x/same\.yaml both define"):
        operations(bundle({"/a": item, "/b": item}, files))


@pytest.mark.parametrize(
    ("content", "body_type", "schema"),
    [
        ({}, JSON, None),
        ({JSON: {"schema": {"type": "object"}}}, JSON, {"type": "object"}),
        ({UPLOAD: {"schema": {"a": 1}}}, UPLOAD, {"a": 1}),
        ({UPLOAD: {"schema": {"a": 1}}, JSON: {"schema": {"b": 1}}}, JSON, {"b": 1}),
        ({JSON: {"schema": True}}, JSON, None),
    ],
)
def test_json_is_the_body_where_both_are_taken(content: Any, body_type: str, schema: Any) -> None:
    made = operation("a", requestBody={"content": content})
    assert (made.body_type, made.request_schema) == (body_type, schema)
    assert made.takes_file == (body_type == UPLOAD)


@pytest.mark.parametrize(
    ("path", "scope", "in_query", "of_host"),
    [
        ("/a/{instance_key}", None, False, False),
        ("/a", None, True, False),
        ("/a", "host", False, True),
    ],
)
def test_a_key_is_in_path_query_or_nowhere(
    path: str, scope: str | None, in_query: bool, of_host: bool
) -> None:
    made = operation("a", path, **({"x-scope": scope} if scope else {}))
    assert (made.is_key_in_query, made.is_of_host) == (in_query, of_host)


TEXT, LINK = operation("send_text"), operation("send_link", "/rest/a/{instance_key}/link/")
SEE = Operation("text", "chat", "GET", "/rest/chat/text", "paths/text.yaml", {})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sendText", TEXT),
        ("send_message/send_text", TEXT),
        ("POST text", TEXT),
        (TEXT.path, TEXT),
        ("link", LINK),
        # An id is one operation's own, whatever else is called so.
        ("text", SEE),
        ("get text", SEE),
        ("nothing", None),
    ],
)
def test_an_operation_is_meant_by_any_of_its_names(name: str, meant: Operation | None) -> None:
    assert find_operation([TEXT, LINK, SEE], name) is meant


def test_a_name_of_two_means_none() -> None:
    other = operation("send_note", "/rest/b/{instance_key}/link")
    assert find_operation([LINK, other], "link") is None


def test_events_are_named_by_their_files() -> None:
    definition = {
        "x-message-type": "conversation", "x-category": "messages", "summary": "A text",
        "x-provenance": {"grade": "observed"}, "x-default": "on", "x-arrival": "high",
    }  # fmt: skip
    hooks = {"text-plain": {"post": definition}}
    [event] = webhook_events(bundle({}, {"text-plain": "webhooks/text-plain.yaml"}, webhooks=hooks))
    assert (event.name, event.grade, event.default) == ("text-plain", "observed", "on")
    assert (event.arrival, event.generation) == ("high", None)
    with pytest.raises(SpecError, match="use one name"):
        webhook_events(bundle({}, {"text-plain": "webhooks/other.yaml"}, webhooks=hooks))
    assert webhook_events(bundle({}, {})) == ()
