"""Bodies and queries of the control API, held to spec/control.yaml; compiled when first needed."""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import request

from ...codec import Unreadable, parse_json
from ...errors import CUT, LATE, ControlRefused, RequestRejected
from ...errors.names import did_you_mean
from ...resources import root
from ...spec.bundle import read_yaml
from ...spec.schema_sentences import sentences
from ...spec.validate import Compiler, resolve

Json = dict[str, Any]
# As JSON writes them.
_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?", re.ASCII)
_READING = threading.RLock()
# What may be a whole number above 2^64, or below -2^63: JSON that is read as if it had a dot.
_LONG_NUMBER, _DIGITS_MOST = re.compile(rb"[0-9]{19}"), 20


@dataclass(frozen=True)
class _InputCheck:
    """A compiled schema, and the document its references lead into."""

    validator: Any
    root: Mapping[str, Any]

    def require(self, document: Any) -> None:
        """ControlRefused with the first sentence when the document does not fit."""
        if not self.validator.is_valid(document):
            raise ControlRefused(400, next(sentences(self.validator, self.root, document)))


@dataclass(frozen=True)
class OperationInput:
    """What one operation takes: a JSON object, and query parameters by name with their types."""

    body: _InputCheck
    fields: frozenset[str]
    query: _InputCheck
    types: Mapping[str, str]

    def checked_body(self, body: Json) -> Json:
        """The body without fields that are null, which count as not given."""
        fields = {
            name: value
            for name, value in body.items()
            if value is not None or name not in self.fields
        }
        self.body.require(fields)
        return fields

    def require_query(self, arguments: Mapping[str, str]) -> None:
        """ControlRefused unless every query parameter is known and has an allowed value."""
        for name in arguments:
            if name not in self.types:
                guess = did_you_mean(name, self.types)
                hint = (
                    f"{guess}there are {', '.join(self.types)}" if self.types else "it takes none"
                )
                raise ControlRefused(400, f"there is no query parameter {name[:80]!r}: {hint}")
        self.query.require(
            {
                name: _parse_text(arguments[name], kind)
                for name, kind in self.types.items()
                if name in arguments
            }
        )


def operation_input(method: str, path: str) -> OperationInput:
    """What spec/control.yaml allows for a route, written as for Flask: `/faults/<id>`."""
    # Or everybody who calls at once in the beginning reads the whole file.
    with _READING:
        return _operation_input(method.lower(), path.replace("<", "{").replace(">", "}"))


def read_object() -> Json:
    """The JSON object sent, unchecked; {} when there is none."""
    return object_in(whole_body())


def whole_body() -> bytes:
    """The body sent. ControlRefused when not all of it came, or there is no room for it."""
    try:
        body = request.get_data()
    except RequestRejected as refusal:
        raise ControlRefused(refusal.status, refusal.reason) from None
    if LATE in request.environ:
        raise ControlRefused(408, request.environ[LATE])
    if CUT in request.environ:
        raise ControlRefused(400, request.environ[CUT])
    announced = request.content_length or 0
    if len(body) < announced:
        raise ControlRefused(
            400, f"the body ended after {len(body)} of the {announced} bytes of its Content-Length"
        )
    return body


def object_in(raw: bytes) -> Json:
    """The JSON object in a body, unchecked; {} in an empty one. ControlRefused."""
    try:
        body = parse_json(raw) if raw.strip() else {}
        if _LONG_NUMBER.search(raw):
            json.loads(raw, parse_int=_require_exact)
    except Unreadable as error:
        raise ControlRefused(400, str(error)) from None
    if not isinstance(body, dict):
        raise ControlRefused(400, "the body must be a JSON object")
    return body


def _require_exact(digits: str) -> None:
    """Unreadable for a whole number of a body that would be read as another one."""
    if len(digits) > _DIGITS_MOST or not -(2**63) <= int(digits) < 2**64:
        raise Unreadable(
            f"the body has a number, {digits[:_DIGITS_MOST]}, too large to be kept exactly: whole "
            "numbers are below 2^64"
        )


@cache
def control_document() -> Json:
    """spec/control.yaml, read once: the control API is the mock's own, whatever --spec says."""
    document: Json = read_yaml(root("spec") / "control.yaml")
    return document


@cache
def _compiler() -> Compiler:
    return Compiler(control_document())


@cache
def _operation_input(method: str, path: str) -> OperationInput:
    document = control_document()
    item = document["paths"][f"/_mock{path}"]
    operation = item[method]
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema") or {"type": "object"}
    parameters = [
        resolve(parameter, document)
        for parameter in (*item.get("parameters", ()), *operation.get("parameters", ()))
    ]
    properties = {
        parameter["name"]: parameter["schema"]
        for parameter in parameters
        if parameter["in"] == "query"
    }
    return OperationInput(
        body=_compile_input(schema),
        fields=frozenset(resolve(schema, document).get("properties", ())),
        query=_compile_input({"type": "object", "properties": properties}),
        types={
            name: resolve(parameter, document)["type"] for name, parameter in properties.items()
        },
    )


def _compile_input(schema: Json) -> _InputCheck:
    components = control_document()["components"]
    return _InputCheck(_compiler().compile(schema), {**schema, "components": components})


def _parse_text(text: str, kind: str) -> Any:
    """The value that a text in the query stands for; the text itself where it stands for none."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if kind == "number":
        return _number(text)
    return text


def _number(text: str) -> Any:
    return float(text) if _NUMBER.fullmatch(text) and math.isfinite(float(text)) else text
