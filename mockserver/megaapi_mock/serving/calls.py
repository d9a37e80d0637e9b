"""The calls that a server has under way, and their bodies, watched from around the app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from .bodies import Body, Budget, CallInProgress, Limits
from .deferred import DeferredAnswer, DeferredAnswers
from .request_heads import refuse, too_large

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    App = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


class WatchedApp:
    """A WSGI app whose bodies keep to the limits; `answering` says what it is busy with.

    Where the app has `watched_by`, it is told who watches it, once.
    """

    def __init__(self, app: App, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self.budget = Budget(limits.bodies_bytes, limits.patience)
        self.deferred = DeferredAnswers(app)
        self._calls: dict[CallInProgress, None] = {}
        # Whether the client of a call has closed its connection, as far as that can be known.
        self.has_left: Callable[[CallInProgress], bool] = _unknown
        # Called when a connection's client sends nothing more: it may have left.
        self.on_departure: Callable[[], object] = getattr(app, "beat", _ignore)
        getattr(app, "watched_by", _nothing)(self)

    def answering(self) -> list[CallInProgress]:
        """The calls that have all they need and whose answers are not finished."""
        # A copy in one step: calls come and go meanwhile.
        return [call for call in list(self._calls) if not call.is_reading]

    def reading(self) -> int:
        """How many calls wait for more of their bodies."""
        return sum(call.is_reading for call in list(self._calls))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = too_large(environ, self._limits)
        if refusal is not None:
            return refuse(start_response, *refusal)
        now = monotonic()
        call = CallInProgress(now, now, environ)
        body: Body | None = None
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            seconds = self._limits.request_seconds
            body = Body(environ, call, self.budget, seconds, has_left=self.has_left)
            environ["wsgi.input"] = body
        self._calls[call] = None
        try:
            answer = self._app(environ, start_response)
        except BaseException:
            self._end(call, body)
            raise
        if type(answer) is list:
            self._end(call, body)
            return answer
        if isinstance(answer, DeferredAnswer):
            try:
                self.deferred.keep(environ, call.begun, answer)
            finally:
                self._end(call, body)
            return answer
        return _Answer(answer, call, body, self._end)

    def _end(self, call: CallInProgress, body: Body | None) -> None:
        self._calls.pop(call, None)
        if body is not None:
            body.release()


def _ignore() -> None:
    """For an app without streams."""


def _nothing(_: object) -> None:
    """For an app that need not know."""


class _Answer:
    """An answer in parts; `end` hears once of its end, with the call and its body."""

    __slots__ = ("_body", "_call", "_end", "_parts")

    def __init__(
        self,
        parts: Iterable[bytes],
        call: CallInProgress,
        body: Body | None,
        end: Callable[[CallInProgress, Body | None], None],
    ) -> None:
        self._parts, self._call, self._body = parts, call, body
        self._end: Callable[[CallInProgress, Body | None], None] | None = end

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._call.last_went = monotonic()
            yield part

    def close(self) -> None:
        """Nobody reads any further."""
        try:
            close: Any = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self.__del__()

    def __del__(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end(self._call, self._body)


def _unknown(call: CallInProgress) -> bool:
    """For servers that hand on whole requests only, and where nothing tells."""
    return False
