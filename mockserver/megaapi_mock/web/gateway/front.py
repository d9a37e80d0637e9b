"""Before Flask: calls of the gateway go to the pipeline, the rest to Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect

from ...spec.operations import Operation
from .broken_reply import send_broken
from .compression import compressed
from .letter_case import AnyCase
from .pipeline import Handled, Pipeline
from .reply import PREFLIGHT, Headers, Reply, StartResponse, send
from .request import Environ, Request

# What is not the gateway's: the control API and the documents.
_OURS = ("/_mock", "/docs")
_BELOW_OURS = tuple(f"{path}/" for path in _OURS)


class Front:
    """A WSGI app: the gateway's calls go straight to the pipeline, the rest to Flask.

    Flask's own dispatch costs more than everything the pipeline does (measured: 120-185 µs), so
    only its router is used for them.
    """

    def __init__(
        self, routes: Map, pipeline: Pipeline, flask: Callable[..., Iterable[bytes]]
    ) -> None:
        self._flask, self._pipeline = flask, pipeline
        self._body_limit = int(pipeline.profile["body_limit_mib"]) * 2**20
        express = pipeline.profile["body_parsing"] == "express"
        self._any_case = (
            AnyCase(operation.path for operation in pipeline.operations) if express else None
        )
        self._release_before = pipeline.profile["webhook_release"] == "before"
        self._routes = routes.bind("mock")
        self._operations: dict[str, Operation] = {
            operation.address: operation for operation in pipeline.operations
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        if path in _OURS or path.startswith(_BELOW_OURS):
            return self._flask(environ, start_response)
        request = Request.read(environ, self._body_limit)
        if request.method == "OPTIONS":
            reply = Reply(204, b"", "", extra=[*PREFLIGHT])
            return send(start_response, reply, reply.headers(), method="HEAD", after=_nothing)
        handled = self._answer(request)

        def after() -> None:
            if handled.batch is not None:
                self._pipeline.publisher.release(handled.batch)

        try:
            if self._release_before:
                after()
            return self._sent(request, start_response, handled, after)
        except BaseException:
            after()
            raise

    def _sent(
        self,
        request: Request,
        start_response: StartResponse,
        handled: Handled,
        after: Callable[[], None],
    ) -> Iterable[bytes]:
        reply, headers = handled.reply, list(handled.headers)
        if reply.broken is None:
            # What is recorded stays plain; an answer without a body is not compressed either.
            if request.method != "HEAD":
                reply, headers = self._compressed(request, reply, headers)
            return send(start_response, reply, headers, method=request.method, after=after)
        return send_broken(
            request.environ,
            start_response,
            reply,
            headers,
            method=request.method,
            stopping=self._pipeline.stopping,
            after=after,
        )

    def _compressed(
        self, request: Request, reply: Reply, headers: Headers
    ) -> tuple[Reply, Headers]:
        """As the client accepts it; plain where that fails: what was done is done."""
        try:
            return compressed(reply, headers, request.header("Accept-Encoding"))
        except Exception:
            self._pipeline.bugs.note(f"{request.method} {request.path} is answered uncompressed")
            return reply, headers

    def _answer(self, request: Request) -> Handled:
        # Waitress makes one slash of several before anybody sees them.
        found = None if request.url.startswith("//") else self._found(request)
        if found is None:
            return self._pipeline.unknown_route(request)
        operation, key = found
        return self._pipeline.answer(request, operation, key)

    def _found(self, request: Request) -> tuple[Operation, str] | None:
        """The operation that a request asks for, and the instance it names."""
        path = request.path.removesuffix("/")
        found = self._matched(path, request.method)
        if found is None and self._any_case is not None:
            spellings = self._any_case.spellings(path)
            tried = (self._matched(spelling, request.method) for spelling in spellings)
            found = next(filter(None, tried), None)
        return found

    def _matched(self, path: str, method: str) -> tuple[Operation, str] | None:
        try:
            address, arguments = self._routes.match(path, method=method)
        except (MethodNotAllowed, NotFound, RequestRedirect):
            return None
        operation = self._operations.get(str(address))
        return None if operation is None else (operation, arguments["instance_key"])


def _nothing() -> None:
    return None
