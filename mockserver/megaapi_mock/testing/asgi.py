"""An ASGI app (Starlette, FastAPI, Quart...) where a WSGI app is expected."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import Future
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ..errors import SetupError
from ..errors.frames import between_test_and_refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__tracebackhide__ = between_test_and_refusal

Event = MutableMapping[str, Any]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
# Seconds an app may take to start, and to end.
PATIENCE = 30.0
_VERSIONS = {"version": "3.0", "spec_version": "2.3"}
# What concerns one connection is the server's to say.
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade"})
_log = logging.getLogger("megaapi_mock.testing")


class AsgiBridge:
    """A WSGI app that hands each request to `app`, on an event loop in a thread of its own.

    The app gets its lifespan events. An answer leaves when its last part is sent, so that
    background tasks go on afterwards; `stop` cancels those that still run.
    """

    def __init__(self, app: AsgiApp) -> None:
        self._app = app
        self._state: dict[str, Any] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="asgi-app", daemon=True)
        self._lifespan = _Lifespan(app, self._state)

    def start(self) -> None:
        """Run the loop, and the app's start-up; SetupError when the app says that it failed."""
        self._thread.start()
        try:
            self._wait(self._lifespan.start())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Run the app's shutdown, cancel what still runs, and end the loop."""
        if not self._thread.is_alive():
            return
        try:
            self._wait(self._lifespan.stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        request = _AsgiRequest(_scope_of(environ, dict(self._state)), body)
        asyncio.run_coroutine_threadsafe(request.run(self._app), self._loop)
        status, headers, content = request.answer.result()
        start_response(f"{status} {_phrase(status)}", headers)
        return [content]

    def _wait(self, work: Any) -> None:
        try:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)
        except SetupError as problem:
            # The frames of the loop's thread and of the future say nothing to a tester.
            raise problem.with_traceback(None) from None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()


class _AsgiRequest:
    """One request; `answer` is its status, headers and body."""

    def __init__(self, scope: Event, body: bytes) -> None:
        self.answer: Future[tuple[int, list[tuple[str, str]], bytes]] = Future()
        self._scope, self._body = scope, body
        self._status, self._headers = 500, list[tuple[str, str]]()
        self._content = bytearray()
        self._is_body_taken, self._end = False, asyncio.Event()

    async def run(self, app: AsgiApp) -> None:
        """The app deals with it; what it raises is logged, and answered with 500."""
        try:
            await app(self._scope, self._receive, self._send)
            if not self.answer.done():
                _log.error("the ASGI app returned without an answer: its webhook is answered 500")
        except Exception:
            moment = "after its answer" if self.answer.done() else "its webhook is answered 500"
            _log.exception("the ASGI app raised an exception: %s", moment)
        finally:
            if not self.answer.done():
                self.answer.set_result((500, [], b""))

    async def _receive(self) -> Event:
        if not self._is_body_taken:
            self._is_body_taken = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._end.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._status = int(event["status"])
            pairs = ((bytes(name), bytes(value)) for name, value in event.get("headers", ()))
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
            self._headers = [pair for pair in headers if pair[0].lower() not in _HOP_BY_HOP]
        elif event["type"] == "http.response.body":
            self._content += event.get("body", b"")
            if not event.get("more_body", False) and not self.answer.done():
                self.answer.set_result((self._status, self._headers, bytes(self._content)))
                self._end.set()


class _Lifespan:
    """The app's start-up and shutdown; an app that knows neither goes without."""

    def __init__(self, app: AsgiApp, state: dict[str, Any]) -> None:
        self._app, self._state = app, state
        self._questions: asyncio.Queue[Event] = asyncio.Queue()
        self._answers: asyncio.Queue[Event] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())
        await self._ask("lifespan.startup")

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            await self._ask("lifespan.shutdown")

    async def _ask(self, message_type: str) -> None:
        await self._questions.put({"type": message_type})
        answer = await self._answers.get()
        if answer["type"] == f"{message_type}.failed":
            words = str(answer.get("message", "")).strip().splitlines() or ["it does not say why"]
            raise SetupError(f"the app failed at its {message_type.partition('.')[2]}: {words[-1]}")

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": _VERSIONS, "state": self._state}
        try:
            await self._app(scope, self._questions.get, self._answers.put)
        except Exception as error:
            # Apps that know no lifespan raise here, says the specification: go on without.
            _log.debug("the app takes no lifespan events: %r", error)
        finally:
            self._answers.put_nowait({"type": "ended"})


def _scope_of(environ: WSGIEnvironment, state: dict[str, Any]) -> Event:
    path = str(environ.get("PATH_INFO", "/")).encode("latin-1")
    names = [name for name in environ if name.startswith("HTTP_")]
    headers = [(name.removeprefix("HTTP_"), environ[name]) for name in names]
    headers += [
        (name, environ[name]) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)
    ]
    return {
        "type": "http",
        "asgi": _VERSIONS,
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": environ.get("wsgi.url_scheme", "http"),
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": str(environ.get("QUERY_STRING", "")).encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.replace("_", "-").lower().encode("latin-1"), str(value).encode("latin-1"))
            for name, value in headers
        ],
        "client": (environ.get("REMOTE_ADDR", "127.0.0.1"), int(environ.get("REMOTE_PORT") or 0)),
        "server": (environ.get("SERVER_NAME", "127.0.0.1"), int(environ.get("SERVER_PORT") or 0)),
        "state": state,
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
