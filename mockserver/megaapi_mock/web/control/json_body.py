"""From views to answers of the control API: checked input, JSON out, refusals as one sentence."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from ...errors import (
    Conflict,
    ControlRefused,
    Impossible,
    PayloadTooLarge,
    RequestRejected,
    RequestTimeout,
    StoreUnavailable,
    UnknownInstance,
    Unreachable,
)
from ...records.bugs import log_failure
from .guard import is_ours, retry_headers
from .operation_input import operation_input, read_object, whole_body
from .waits import LaterResponse, NotYet

log = logging.getLogger(__name__)

Json = dict[str, Any]
SENTENCE_MOST = 4000


def answering(view: Callable[..., Any], method: str, path: str) -> Callable[..., Response]:
    """A Flask view of a function that returns a document, or a document and a status.

    Query and body are checked first; a view with a parameter `body` is given the JSON object.
    """
    # Every parameter is annotated; inspect.signature takes 10 ms for all views together.
    takes_body = "body" in view.__annotations__

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        try:
            if request.args:
                operation_input(method, path).require_query(request.args)
            if takes_body:
                arguments["body"] = operation_input(method, path).checked_body(read_object())
            elif method == "DELETE":
                whole_body()  # what it says counts for nothing, but not what came in part
            result = view(**arguments)
        except NotYet as not_yet:
            return LaterResponse(not_yet.wait)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return refusal_response(refusal)
        if isinstance(result, Response):
            return result
        document, status = result if isinstance(result, tuple) else (result, 200)
        return json_reply(document, status)

    return answer


def refusal_of(error: Exception) -> ControlRefused | None:
    """How the control API refuses what raised this; None where it is not a refusal."""
    if isinstance(error, ControlRefused):
        return error
    if isinstance(error, Unreachable):
        path = f"/_mock/instances/{error.instance}/contacts/{error.person}"
        return ControlRefused(409, f'{error}; POST {path} {{"state": "reachable"}} first')
    if isinstance(error, Impossible):
        return ControlRefused(409 if isinstance(error, Conflict) else 400, str(error))
    if isinstance(error, UnknownInstance):
        return ControlRefused(404, error.reason)
    if isinstance(error, RequestRejected):
        own = (PayloadTooLarge.status, RequestTimeout.status, StoreUnavailable.status)
        status = error.status if error.status in own else 400
        return ControlRefused(status, error.reason)
    return None


def json_reply(document: Any, status: int) -> Response:
    """A JSON answer, keys in the order given."""
    try:
        content = orjson.dumps(document)
    except Exception:
        content = encoded_otherwise(document)
    return Response(content, status, mimetype="application/json")


def encoded_otherwise(document: Any) -> bytes:
    """The JSON of an answer that orjson fails to write: what it is about has happened."""
    log_failure(log, "our own bug: an answer of the control API is written the slow way")
    return json.dumps(document, default=str).encode()


def refusal_response(refusal: ControlRefused) -> Response:
    """The answer to a refusal: one sentence, cut when it repeats too much of the request."""
    answer = json_reply({"error": shorten(str(refusal))}, refusal.status)
    answer.headers.extend(retry_headers(refusal))
    return answer


def shorten(sentence: str, most: int = SENTENCE_MOST) -> str:
    """The sentence, without its middle when it is longer than `most`."""
    if len(sentence) <= most:
        return sentence
    half = most // 2
    return f"{sentence[:half]} [...] {sentence[-half:]}"


def plain(error: HTTPException) -> Response:
    """Flask's own refusals in the control API's form, for the documents too."""
    if isinstance(error, MethodNotAllowed):
        methods = ", ".join(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        return json_reply({"error": f"{request.path} takes {methods}, not {request.method}"}, 405)
    if isinstance(error, NotFound):
        advice = ": see spec/control.yaml" if is_ours(request.path) else ""
        return json_reply({"error": f"there is no {request.path}{advice}"}, 404)
    if isinstance(error, RequestEntityTooLarge):
        most = f"{request.max_content_length} bytes, the most that is read here"
        return json_reply(
            {"error": f"the request is larger than {most}: send less, or less at once"}, 413
        )
    return json_reply({"error": f"{error.name}: {error.description}"}, error.code or 500)
