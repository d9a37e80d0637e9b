"""POST /_mock/instances/{key}/inbound without Flask, where nothing about the request is unusual."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO

import orjson
from flask import Flask

from ...errors import CUT, LATE, RequestRejected
from ...records.counts import NOTED_MOST
from ...runtime import Records
from ...serving.ports import is_loopback
from ...simulation.contact_messages import ContactMessages
from ...webhooks.courier import Courier
from ..wsgi import BODY_LIMIT, Environ, StartResponse, Wsgi
from .json_body import encoded_otherwise, refusal_of, refusal_response
from .operation_input import object_in, operation_input

_LOOPBACK_HOST = re.compile(r"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?")
_ROUTE = "POST /instances/<key>/inbound"
_PATH = re.compile(r"/_mock/instances/([A-Za-z0-9._-]+)/inbound")


class DirectInbound:
    """A WSGI app before Flask's, which gets every other request.

    Tests make thousands of these calls, and Flask's dispatch costs more than all that happens in
    one (measured: 80 of 130 µs). What the guard would look at closely goes to Flask as well.
    """

    def __init__(
        self,
        app: Flask,
        flask: Wsgi,
        contact_messages: ContactMessages,
        courier: Courier,
        records: Records,
        host: str,
    ) -> None:
        self._app, self._flask, self._courier = app, flask, courier
        self._counts, self._bugs = records.counts, records.bugs
        self._receive = contact_messages.receive
        self._open = is_loopback(host)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        match = _PATH.fullmatch(environ.get("PATH_INFO") or "")
        length = environ.get("CONTENT_LENGTH") or ""
        plain = match is not None and length.isdecimal() and int(length) <= BODY_LIMIT
        if not plain or match is None or not self._may_come_in(environ):
            return self._flask(environ, start_response)
        try:
            body = environ["wsgi.input"].read(int(length))
        except RequestRejected as error:
            return self._refuse(error, environ, start_response)
        if (
            len(body) < int(length)
            or LATE in environ
            or CUT in environ
            or (self._courier.under_way and self._courier.carries(body))
        ):
            return self._flask({**environ, "wsgi.input": BytesIO(body)}, start_response)
        try:
            schema = operation_input("POST", "/instances/<key>/inbound")
            input_ = schema.checked_body(object_in(body))
            document = self._receive(match[1], input_)
        except Exception as error:
            return self._refuse(error, environ, start_response)
        # The message is kept by now, whatever fails.
        self._count(201)
        try:
            content = orjson.dumps(document)
        except Exception:
            content = encoded_otherwise(document)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        start_response("201 CREATED", headers)
        return [content]

    def _may_come_in(self, environ: Environ) -> bool:
        """Whether it is a POST that the guard lets in whatever else it says."""
        return (
            self._open
            and environ["REQUEST_METHOD"] == "POST"
            and not environ.get("QUERY_STRING")
            and "HTTP_ORIGIN" not in environ
            and _LOOPBACK_HOST.fullmatch(environ.get("HTTP_HOST", "")) is not None
        )

    def _count(self, status: int) -> None:
        try:
            self._counts.noted.append((_ROUTE, status, 0.0, True))
            if len(self._counts.noted) > NOTED_MOST:
                self._counts.fold_if_long()
        except Exception:
            self._bugs.note(f"{_ROUTE} is not counted")

    def _refuse(
        self, error: Exception, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        refusal = refusal_of(error)
        if refusal is not None:
            self._count(refusal.status)
            return refusal_response(refusal)(environ, start_response)
        with self._app.request_context(environ):
            return self._app.handle_exception(error)(environ, start_response)
