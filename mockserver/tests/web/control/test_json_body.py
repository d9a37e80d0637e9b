"""From views to answers: documents as JSON, refusals as one sentence with their status."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, Response
from megaapi_mock.errors import (
    Conflict,
    ControlRefused,
    Invalid,
    PayloadTooLarge,
    StoreUnavailable,
    Unauthorized,
    UnknownInstance,
    Unreachable,
)
from megaapi_mock.web.control.json_body import (
    SENTENCE_MOST,
    answering,
    plain,
    refusal_of,
    refusal_response,
    shorten,
)
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

APP = Flask("test")
KEY = "megacode-TESTKEY0001"


def ask(view: Any, body: Any = None, query: str = "", path: str = "/faults") -> tuple[int, Any]:
    """Status and document of a view that is behind POST of a route."""
    answer = answering(view, "POST", path)
    with APP.test_request_context(f"/_mock{path}{query}", method="POST", json=body):
        response = answer()
    return response.status_code, json.loads(response.data)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ControlRefused(418, "as it is"), 418, "as it is"),
        (Conflict("not now"), 409, "not now"),
        (Invalid("never"), 400, "never"),
        (UnknownInstance(KEY), 404, KEY),
        (PayloadTooLarge("too large"), 413, "too large"),
        (StoreUnavailable("the disk is full"), 503, "the disk is full"),
        (Unauthorized("no token"), 400, "no token"),
    ],
)
def test_each_refusal_has_its_status(error: Exception, status: int, sentence: str) -> None:
    refusal = refusal_of(error)
    assert refusal is not None and refusal.status == status
    assert sentence in str(refusal)


def test_somebody_out_of_reach_is_refused_with_the_way_out() -> None:
    refusal = refusal_of(Unreachable("is off", instance=KEY, person="5511900000002"))
    assert refusal is not None and refusal.status == 409
    assert str(refusal) == (
        f'is off; POST /_mock/instances/{KEY}/contacts/5511900000002 {{"state": "reachable"}} first'
    )


def test_a_bug_is_no_refusal() -> None:
    assert refusal_of(KeyError("a bug")) is None

    def view() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        ask(view)


def test_a_view_answers_a_document_with_or_without_a_status() -> None:
    assert ask(lambda: {"b": 1}) == (200, {"b": 1})
    assert ask(lambda: ({"b": 1}, 201)) == (201, {"b": 1})
    assert ask(lambda: Response("[1]", 202)) == (202, [1])


def test_a_view_that_takes_a_body_is_given_it_checked() -> None:
    def view(body: dict[str, Any]) -> Any:
        return body

    status, document = ask(view, {"fault": "delay"})
    assert (status, document["fault"]) == (200, "delay")
    status, document = ask(view, ["delay"])
    assert (status, document) == (400, {"error": "the body must be a JSON object"})


def test_a_query_that_the_route_does_not_take_is_refused() -> None:
    status, document = ask(lambda: {"b": 1}, query="?nothing=1")
    assert status == 400 and "nothing" in document["error"]


def test_a_refusal_that_repeats_too_much_is_cut_in_the_middle() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("0123456789", 10) == "0123456789"
    assert shorten("0123456789ab", 4) == "01 [...] ab"
    response = refusal_response(ControlRefused(503, "x" * (SENTENCE_MOST + 1)))
    assert response.status_code == 503 and "Retry-After" in response.headers
    assert " [...] " in json.loads(response.data)["error"]


@pytest.mark.parametrize(
    ("error", "path", "status", "sentence"),
    [
        (MethodNotAllowed(["GET", "HEAD", "OPTIONS", "PUT"]), "/_mock/state", 405,
         "/_mock/state takes GET, PUT, not POST"),
        (NotFound(), "/_mock/stat", 404, "there is no /_mock/stat: see spec/control.yaml"),
        (NotFound(), "/docs/x", 404, "there is no /docs/x"),
        (BadRequest("no JSON"), "/_mock/state", 400, "Bad Request: no JSON"),
        (HTTPException("strange"), "/_mock/state", 500, "Unknown Error: strange"),
    ],
)  # fmt: skip
def test_refusals_of_flask_have_the_same_form(
    error: HTTPException, path: str, status: int, sentence: str
) -> None:
    with APP.test_request_context(path, method="POST"):
        response = plain(error)
    assert (response.status_code, json.loads(response.data)) == (status, {"error": sentence})


def test_a_body_that_is_too_large_is_told_the_limit() -> None:
    with APP.test_request_context("/_mock/state", method="POST") as context:
        context.request.max_content_length = 7
        response = plain(RequestEntityTooLarge())
    assert response.status_code == 413
    assert b"larger than 7 bytes, the most that is read here" in response.data
