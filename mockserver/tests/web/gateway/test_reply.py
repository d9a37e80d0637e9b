"""What goes back: headers with our help, one-line reasons, and when it has been handed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.records.bugs import Bugs
from megaapi_mock.web.gateway.reply import (
    CORS,
    Handover,
    Headers,
    Reply,
    etag,
    headers_of,
    one_line,
    send,
    status_line,
)

OK = Reply.json(200, {"b": 1, "a": 2})


def test_json_keeps_the_order_of_its_keys() -> None:
    assert (OK.status, OK.body, OK.document) == (200, b'{"b":1,"a":2}', {"b": 1, "a": 2})


def test_an_answer_has_type_length_tag_and_cors() -> None:
    names = dict(OK.headers())
    assert names["Content-Type"].startswith("application/json")
    assert (names["Content-Length"], names["ETag"]) == ("13", etag(OK.body))
    assert set(CORS) <= set(OK.headers())
    assert "X-Mock-Reason" not in names


def test_a_tag_is_the_one_that_express_gives() -> None:
    # Of `etag` for Node.js, for the same two bodies.
    assert etag(b"Hello World") == 'W/"b-Ck1VqNd45QIvq3AZd8XYQLvEhtA"'
    assert etag(b"") == 'W/"0-2jmj7l5rSw0yVb/vlWAYkK/YBwk"'


def test_only_a_whole_answer_of_the_gateways_own_has_a_tag() -> None:
    assert "ETag" not in dict(Reply(204, b"").headers())
    assert "ETag" not in dict(Reply(502, b"x", fault=("f1", "bad-gateway")).headers())
    assert "Content-Type" not in dict(Reply(204, b"", "").headers())


def test_a_reason_fits_a_header() -> None:
    reply = Reply(400, b"", reason="não\nserve", extra=[("Retry-After", "5")])
    assert dict(reply.headers())["X-Mock-Reason"] == r"n\xe3o serve"
    assert ("Retry-After", "5") in reply.headers()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\r\n\twords ", "two words"),
        ("naïve €", r"na\xefve \u20ac"),
        ("a\x00b\x7f", "a?b?"),
        ("x" * 500, "x" * 400),
        ("", ""),
    ],
)
def test_one_line_is_printable_ascii(text: str, line: str) -> None:
    assert one_line(text) == line


def test_a_header_that_fails_leaves_the_least_there_can_be() -> None:
    bugs = Bugs()
    broken = Reply(200, b"body")
    broken.reason = 5  # type: ignore[assignment]
    assert headers_of(broken, bugs) == [
        ("Content-Type", broken.content_type),
        ("Content-Length", "4"),
    ]
    assert "the headers of a reply with status 200" in bugs[0]
    assert headers_of(Reply(0, b""), bugs) == [] and len(bugs) == 1


def test_statuses_have_their_words() -> None:
    assert (status_line(200), status_line(599)) == ("200 OK", "599 Unknown")


def test_a_body_says_once_that_it_has_been_handed_over() -> None:
    calls: list[int] = []
    body = Handover(b"x", lambda: calls.append(1))
    parts = iter(body)
    assert next(parts) == b"x" and calls == []
    assert list(parts) == [] and calls == [1]
    body.close()
    assert calls == [1]


def test_a_body_that_nobody_read_is_handed_over_when_it_is_closed() -> None:
    calls: list[int] = []
    Handover(b"x", lambda: calls.append(1)).close()
    assert calls == [1]


@pytest.mark.parametrize(("method", "body"), [("GET", b'{"b":1,"a":2}'), ("HEAD", b"")])
@pytest.mark.parametrize("after", [None, lambda: None])
def test_an_answer_is_started_with_its_headers(
    method: str, body: bytes, after: Callable[[], None] | None
) -> None:
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers) -> Any:
        started.append((status, headers))

    headers = OK.headers()
    assert b"".join(send(start, OK, headers, method=method, after=after)) == body
    # HEAD promises the length that GET has.
    assert started == [("200 OK", headers)] and ("Content-Length", "13") in headers
