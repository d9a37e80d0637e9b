"""Reading a request leaves little behind, whatever clients send."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from megaapi_mock.domain import jid
from megaapi_mock.domain.jid import Jid
from megaapi_mock.web.gateway import request
from megaapi_mock.web.gateway.auth import is_token
from megaapi_mock.web.gateway.request import Request


def environ(**more: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": BytesIO(b""), **more}


def test_headers_are_named_as_http_writes_them() -> None:
    asked = Request(environ(HTTP_X_ODD_NAME="1", CONTENT_TYPE="text/plain", SERVER_NAME="x"))
    assert asked.headers() == [("X-Odd-Name", "1"), ("Content-Type", "text/plain")]


def test_the_headers_are_read_of_every_environ_whatever_came_before() -> None:
    for names in (["A", "B"], ["B"], ["B", "A"], [], ["A", "B"]):
        values = {f"HTTP_{name}": f"{name} {len(names)}" for name in names}
        expected_headers = [(name, f"{name} {len(names)}") for name in names]
        assert Request(environ(**values)).headers() == expected_headers
        later = Request(environ(**values, CONTENT_TYPE="text/plain", SERVER_NAME="x"))
        assert later.headers() == [*expected_headers, ("Content-Type", "text/plain")]


def test_long_header_names_are_read_and_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "_HEADER_NAMES", request._HeaderNames())
    rest = "a" * request._LONGEST_NAMES_CACHED
    assert Request(environ(**{f"HTTP_A{rest}": "1"})).headers() == [(f"A{rest}", "1")]
    assert not request._HEADER_NAMES


def test_header_names_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "_HEADER_NAMES", request._HeaderNames())
    for number in range(2 * request._NAMES_CACHED_MOST + 50):
        assert Request(environ(**{f"HTTP_N{number}": "1"})).headers() == [(f"N{number}", "1")]
        assert 0 < len(request._HEADER_NAMES) <= request._NAMES_CACHED_MOST


def test_long_types_and_addresses_are_read_and_not_remembered() -> None:
    before = request._content_type.cache_info().currsize, jid._parse.cache_info().currsize
    long_type = "Text/Plain; charset=UTF-8; x=" + "a" * 300
    assert Request(environ(CONTENT_TYPE=long_type)).type_and_charset == ("text/plain", "utf-8")
    assert Jid.parse("5" * 300).user == "5" * 300
    after = request._content_type.cache_info().currsize, jid._parse.cache_info().currsize
    assert after == before


def test_a_token_is_read_in_any_case_of_its_scheme() -> None:
    assert is_token("bearer  T1 ", "T1")
    assert not is_token("Basic T1", "T1")
    assert not is_token("Bearer T2", "T1")


def test_a_header_that_comes_again_is_kept_once() -> None:
    first, second = (
        Request(environ(HTTP_AUTHORIZATION=" ".join(["Bearer", "TESTTOKEN0001"]))).headers()
        for _ in range(2)
    )
    assert first == second == [("Authorization", "Bearer TESTTOKEN0001")]
    assert first[0] is second[0]


def test_headers_are_kept_once_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = request._HeaderPairs()
    monkeypatch.setattr(request, "_HEADER_PAIRS", pairs)
    for number in range(2 * request._CACHED_MOST + 50):
        assert Request(environ(HTTP_X_ID=str(number))).headers() == [("X-Id", str(number))]
        assert len(pairs) <= request._CACHED_MOST
    assert ("X-Id", str(2 * request._CACHED_MOST + 49)) in pairs


def test_long_headers_are_read_and_not_kept_beyond_their_record() -> None:
    pair = ("X-Id", "x" * request._LONGEST_CACHED)
    assert Request(environ(HTTP_X_ID=pair[1])).headers() == [pair]
    assert pair not in request._HEADER_PAIRS
