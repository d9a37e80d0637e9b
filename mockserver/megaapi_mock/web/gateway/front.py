"""Before Flask: calls of the gateway go to the pipeline, the rest to Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial

from ..wsgi import Environ, StartResponse, Wsgi
from .broken_reply import send_broken
from .compression import VARY_BY_ENCODING, compress
from .express import OVERRIDE, method_asked
from .letter_case import AnyCase
from .pipeline import Pipeline
from .reply import JSON, PREFLIGHT, Headers, ReadyReply, Reply, send
from .request import Request
from .routing import Match, Routes

# What is not the gateway's: the control API and the documents.
_NOT_GATEWAY = ("/_mock", "/docs")
_BELOW_THEM = tuple(f"{path}/" for path in _NOT_GATEWAY)
# Longer than any normal path.
_LONGEST_CACHED = 200


class Front:
    """A WSGI app: the gateway's calls go straight to the pipeline, the rest to Flask.

    Flask's own dispatch costs more than everything the pipeline does (measured: 120-185 µs).
    """

    def __init__(self, pipeline: Pipeline, control: Wsgi) -> None:
        self.control, self._pipeline = control, pipeline
        self._body_limit = int(pipeline.setup.profile["body_limit_mib"]) * 2**20
        express = pipeline.setup.profile["body_parsing"] == "express"
        any_case = (
            AnyCase(operation.path for operation in pipeline.api.operations) if express else None
        )
        self._overrides = pipeline.setup.profile.is_on("method_override")
        self._release_before_answer = pipeline.setup.profile["webhook_release"] == "before"
        self._match = lru_cache(maxsize=4_096)(
            partial(_match, Routes(pipeline.api.operations), any_case)
        )

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        if (
            path.startswith(_BELOW_THEM)
            or path in _NOT_GATEWAY
            or (path == "/" and _is_visit(environ))
        ):
            return self.control(environ, start_response)
        request = Request(environ, self._body_limit)
        if request.method == "OPTIONS":
            reply = Reply(204, b"", "", extra=[*PREFLIGHT])
            return send(start_response, reply, reply.headers(), method="HEAD", after=None)
        if self._overrides and OVERRIDE in environ:
            request.method = method_asked(environ, request.method)
        match = self._find(request)
        if match is None:
            result = self._pipeline.unknown_route(request)
        else:
            result = self._pipeline.answer(request, *match)
        outcome = result.outcome
        if outcome is None or not outcome.deliveries:
            return self._send(request, start_response, result, None)
        after = partial(self._pipeline.publisher.release, outcome)
        try:
            if self._release_before_answer:
                after()
            return self._send(request, start_response, result, after)
        except BaseException:
            after()
            raise

    def _find(self, request: Request) -> Match | None:
        # Waitress makes one slash of several before anybody sees them.
        if request.url.startswith("//"):
            return None
        # Long paths are of nobody's instance: they are not worth remembering.
        short = len(request.path) <= _LONGEST_CACHED
        find = self._match if short else self._match.__wrapped__
        match = find(request.path, request.method)
        if match is not None and "%" in request.url and not _is_written_out(match, request.url):
            return None
        if match is not None and not match[1] and match[0].is_key_in_query:
            return match[0], request.query.get("instance_key", "")
        return match

    def _send(
        self,
        request: Request,
        start_response: StartResponse,
        result: ReadyReply,
        after: Callable[[], None] | None,
    ) -> Iterable[bytes]:
        reply, headers = result.reply, result.headers
        if reply.broken is None:
            # What is recorded stays plain; an answer without a body is not compressed either.
            if request.method != "HEAD":
                reply, headers = self._compress(request, reply, headers)
            return send(start_response, reply, headers, method=request.method, after=after)
        return send_broken(
            request.environ,
            start_response,
            reply,
            headers,
            method=request.method,
            stopping=self._pipeline.stopping,
            after=after or _nothing,
        )

    def _compress(self, request: Request, reply: Reply, headers: Headers) -> tuple[Reply, Headers]:
        """As the client accepts it; uncompressed if that fails: the call itself succeeded."""
        accept_encoding = request.environ.get("HTTP_ACCEPT_ENCODING")
        if not accept_encoding and reply.content_type == JSON:
            headers.append(VARY_BY_ENCODING)
            return reply, headers
        try:
            return compress(reply, headers, accept_encoding or "")
        except Exception:
            self._pipeline.records.bugs.note(
                f"{request.method} {request.path} is answered uncompressed"
            )
            return reply, headers


def _is_visit(environ: Environ) -> bool:
    """Whether a person's browser looks at the mock's first page; nothing of the gateway is there.

    A client of the API does not name HTML among what it accepts, and gets the gateway's own 404.
    """
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and "text/html" in environ.get("HTTP_ACCEPT", "").lower()
    )


def _match(routes: Routes, any_case: AnyCase | None, path: str, method: str) -> Match | None:
    """The operation that a method and a path ask for, and the instance it names."""
    path = path.removesuffix("/")
    match = routes.match(path, method)
    if match is None and any_case is not None:
        candidates = (routes.match(spelling, method) for spelling in any_case.spellings(path))
        match = next(filter(None, candidates), None)
    return match


def _is_written_out(match: Match, url: str) -> bool:
    """Whether a URL spells out the words of its route: Express decodes values alone."""
    url_parts = url.partition("?")[0].removesuffix("/").lower().split("/")
    route_parts = match[0].path.lower().split("/")
    return len(route_parts) == len(url_parts) and all(
        part.startswith("{") or part == url_part
        for part, url_part in zip(route_parts, url_parts, strict=True)
    )


def _nothing() -> None:
    return None
