"""Requests in the one form that the gate reads."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from megaapi_contract.host.http import Request, from_prepared, request


def test_path_and_query_are_as_they_go_over_the_wire() -> None:
    made = Request("GET", "/a%20b?x=1?y")
    assert (made.path, made.query) == ("/a%20b", "x=1?y")
    assert Request("GET", "/a").query == ""


def test_the_first_header_of_a_name_is_found_in_any_case() -> None:
    made = Request("GET", "/", (("X-Key", "1"), ("x-key", "2")))
    assert (made.header("X-KEY"), made.header("other")) == ("1", None)


@pytest.mark.parametrize(
    ("given", "body", "types"),
    [
        ({}, b"", []),
        ({"body": {"a": "é"}}, '{"a":"é"}'.encode(), ["application/json"]),
        ({"body": []}, b"[]", ["application/json"]),
        ({"raw": b""}, b"", ["application/json"]),
        ({"raw": b"x", "body": {"a": 1}}, b"x", ["application/json"]),
        ({"raw": b"x", "headers": [("content-type", "text/plain")]}, b"x", ["text/plain"]),
    ],
)
def test_a_body_has_a_content_type_where_there_is_one(
    given: dict[str, Any], body: bytes, types: list[str]
) -> None:
    made = request("POST", "/a", **given)
    assert made.body == body
    assert [value for name, value in made.headers if name.lower() == "content-type"] == types


def test_a_query_is_encoded() -> None:
    assert request("GET", "/a", query={"jid": "1@g.us", "b": " "}).target == "/a?jid=1%40g.us&b=+"
    assert request("GET", "/a", query={}).target == "/a"


def prepared(**parts: Any) -> Request:
    return from_prepared(requests.Request("POST", **parts).prepare())


def test_what_a_library_has_prepared_loses_the_librarys_headers() -> None:
    headers = {"X-Own": "1", "User-Agent": "lib", "X-Schemathesis-TestCaseId": "2"}
    made = prepared(url="http://a.test/b?c=d", json={"a": 1}, headers=headers)
    assert (made.method, made.target, made.body) == ("POST", "/b?c=d", b'{"a": 1}')
    assert dict(made.headers) == {"X-Own": "1", "Content-Type": "application/json"}


def test_what_a_library_has_prepared_may_be_text_or_nothing() -> None:
    assert prepared(url="http://a.test").target == "/"
    assert prepared(url="http://a.test", data="é").body == "é".encode()
    assert prepared(url="http://a.test").body == b""
    made = prepared(url="http://a.test", headers={"X": b"caf\xe9"})
    assert made.header("X") == "café"
