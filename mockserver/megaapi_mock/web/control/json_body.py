"""The control API's plumbing: JSON objects in, JSON out, refusals as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from ...errors import ControlRefused, PayloadTooLarge, RequestRejected, UnknownInstance
from ...spec.parsing import Unreadable, parse_json
from .guard import is_ours

Json = dict[str, Any]
SENTENCE_MOST = 4000


def answering(view: Callable[..., Any]) -> Callable[..., Response]:
    """A Flask view of a function that returns a document, or a document and a status."""

    def answer(**arguments: str) -> Response:
        try:
            result = view(**arguments)
        except ControlRefused as refusal:
            return refused(refusal)
        except UnknownInstance as unknown:
            return refused(ControlRefused(404, unknown.reason))
        except RequestRejected as rejected:
            status = rejected.status if rejected.status == PayloadTooLarge.status else 400
            return refused(ControlRefused(status, rejected.reason))
        if isinstance(result, Response):
            return result
        document, status = result if isinstance(result, tuple) else (result, 200)
        return json_reply(document, status)

    return answer


def json_reply(document: Any, status: int) -> Response:
    """A JSON answer, keys in the order given."""
    return Response(orjson.dumps(document), status, mimetype="application/json")


def refused(refusal: ControlRefused) -> Response:
    """One sentence, however much of what was sent it repeats."""
    return json_reply({"error": shortened(str(refusal))}, refusal.status)


def shortened(sentence: str, most: int = SENTENCE_MOST) -> str:
    """The sentence, without its middle when it is too long for anybody."""
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
        where = ": see spec/control.yaml" if is_ours(request.path) else ""
        return json_reply({"error": f"there is no {request.path}{where}"}, 404)
    return json_reply({"error": f"{error.name}: {error.description}"}, error.code or 500)


def object_of() -> Json:
    """The JSON object sent, whatever is in it; {} when there is none."""
    raw = request.get_data()
    try:
        body = parse_json(raw) if raw.strip() else {}
    except Unreadable as error:
        raise ControlRefused(400, str(error)) from None
    if not isinstance(body, dict):
        raise ControlRefused(400, "the body must be a JSON object")
    return body


def body_of(fields: Mapping[str, type]) -> Json:
    """The JSON object sent, with only these fields, each of its type; {} when there is none.

    `object` takes any value.
    """
    body = object_of()
    for name, value in body.items():
        if name not in fields:
            raise ControlRefused(400, f"{name}: no such field; there are {', '.join(fields)}")
        if not _fits(value, fields[name]):
            raise ControlRefused(400, f"{name}: must be {_IN_WORDS[fields[name]]}")
    return {name: value for name, value in body.items() if value is not None}


_IN_WORDS = {str: "a string", bool: "true or false", float: "a number", dict: "an object"}


def _fits(value: Any, kind: type) -> bool:
    if value is None:
        return True
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind)
