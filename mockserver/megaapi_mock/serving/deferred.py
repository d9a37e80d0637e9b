"""Answers that are made later: a call that waits for something holds no thread meanwhile.

A server that can answer a call after the app has returned puts ANSWER_LATER into its environ. The
app may then return a `DeferredAnswer`. It is called again with the same environ, by one of a few
threads, once what it waits for has come or its time is over, and answers then, or waits on.
"""

from __future__ import annotations

import heapq
import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    App = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

log = logging.getLogger(__name__)

# Where a call's environ has what answers it later.
ANSWER_LATER = "megaapi_mock.answer_later"
# How many calls may wait so, and the bytes of their requests.
DEFERRED_MOST, DEFERRED_BYTES = 2_000, 16 * 2**20
# What a call takes beside its texts: its dict, what waits for it, the server's side of it.
CALL_BYTES = 8 * 2**10
# Threads that make the answers. The last is for waits whose time is over alone: what the others
# look for may hold them up, a change that waits for a database say.
WORKERS = 5
# What is left of calls that were answered before their deadlines, before it is cleared away.
STALE_MOST = 1_000


class Respond(Protocol):
    """Answers one call, from any thread."""

    def response_bytes(
        self, status: int, headers: list[tuple[str, str]], body: bytes, /
    ) -> object: ...


class DeferredAnswer:
    """What an app returns that cannot answer yet: it is to be called again.

    `on_wait` is given what to call for that, from any thread, as often as it likes; at `deadline`
    (of `monotonic`) it is called in any case. `let_go` ends the wait early: its client seems to
    have left. `on_end` hears of the call's end, however it ends.
    """

    def __init__(
        self,
        deadline: float,
        on_wait: Callable[[Callable[[], None]], object],
        let_go: Callable[[], object],
        on_end: Callable[[], object],
    ) -> None:
        self.deadline, self.on_wait, self.let_go, self.on_end = deadline, on_wait, let_go, on_end

    def __iter__(self) -> Iterator[bytes]:
        raise TypeError("this server does not answer later")


class _Call:
    """One call that was not answered yet, since `begun`; `answer` while it waits.

    `is_due` is whether it waits for nothing but a thread.
    """

    __slots__ = ("answer", "begun", "environ", "is_due", "on_end", "size")

    def __init__(self, environ: Any, begun: float, on_end: Callable[[], object]) -> None:
        self.environ, self.begun, self.on_end = environ, begun, on_end
        self.size = size_of(environ)
        self.answer: DeferredAnswer | None = None
        self.is_due = False


class Head:
    """The start_response of a call: keeps what it is given."""

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status = 200
        self.headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Any:
        self.status, self.headers = int(status.partition(" ")[0]), headers


class DeferredAnswers:
    """The calls of one app that wait. Thread-safe; has no thread before the first of them."""

    def __init__(self, app: App) -> None:
        self._app = app
        lock = threading.RLock()
        self._change, self._overdue_change = threading.Condition(lock), threading.Condition(lock)
        self._calls: dict[_Call, None] = {}
        self._due: deque[tuple[_Call, DeferredAnswer]] = deque()
        # Those whose time is over; some of them are due as well, and are taken once.
        self._overdue: deque[tuple[_Call, DeferredAnswer]] = deque()
        # The number keeps calls from being compared.
        self._deadlines: list[tuple[float, int, _Call, DeferredAnswer]] = []
        self._count = self._workers = 0
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def size(self) -> int:
        """Bytes of their requests."""
        with self._change:
            return sum(call.size for call in self._calls)

    def begin_times(self) -> list[float]:
        """When the calls that were not answered yet have begun, in order."""
        with self._change:
            return sorted(call.begun for call in self._calls)

    def keep(self, environ: WSGIEnvironment, begun: float, answer: DeferredAnswer) -> None:
        """Call the app again later, and answer then."""
        call = _Call(environ, begun, answer.on_end)
        try:
            with self._change:
                self._start_workers()
                self._calls[call] = None
            self._wait(call, answer)
        except BaseException:
            with self._change:
                call.answer = None
                self._calls.pop(call, None)
            answer.on_end()
            raise

    def let_go(self, begin_times: Collection[float]) -> None:
        """End the waits early that have begun then."""
        with self._change:
            answers = [call.answer for call in self._calls if call.begun in begin_times]
        for answer in answers:
            if answer is not None:
                answer.let_go()

    def close(self) -> None:
        """End the threads; what still waits is not answered any more."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()
            self._overdue_change.notify_all()

    def _start_workers(self) -> None:
        """Start the threads that there are not yet; one is enough if the system gives no more."""
        while self._workers < WORKERS:
            name, is_last = f"deferred-{self._workers}", self._workers == WORKERS - 1
            thread = threading.Thread(target=self._work, args=(is_last,), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError:
                if not self._workers:
                    raise
                return
            self._workers += 1

    def _wait(self, call: _Call, answer: DeferredAnswer) -> None:
        # Flask's request would keep itself alive in there.
        call.environ.pop("werkzeug.request", None)
        with self._change:
            call.answer, call.is_due = answer, False
            self._count += 1
            heapq.heappush(self._deadlines, (answer.deadline, self._count, call, answer))
            if len(self._deadlines) > len(self._calls) + STALE_MOST:
                current = [each for each in self._deadlines if each[2].answer is each[3]]
                heapq.heapify(current)
                self._deadlines = current
            if self._deadlines[0][2] is call:
                self._change.notify()
                self._overdue_change.notify()
        answer.on_wait(lambda: self._resume(call, answer))

    def _resume(self, call: _Call, answer: DeferredAnswer) -> None:
        with self._change:
            if call.answer is answer and not call.is_due:
                call.is_due = True
                self._due.append((call, answer))
                self._change.notify()

    def _work(self, overdue_only: bool) -> None:
        while (call := self._next(overdue_only)) is not None:
            try:
                self._call_again(call)
            except BaseException:
                with suppress(Exception):
                    log.exception("our own bug: a call that waited was not answered")
            # It would be kept while we sleep.
            del call

    def _next(self, overdue_only: bool) -> _Call | None:
        """The call that is to be answered next, once there is one; None at the end."""
        change = self._overdue_change if overdue_only else self._change
        with self._change:
            while (call := self._take_next(overdue_only)) is None and not self._is_closed:
                first = self._deadlines[0][0] - monotonic() if self._deadlines else None
                change.wait(first)
            # Somebody else keeps an eye on the earliest deadline now.
            if self._due or self._overdue or self._deadlines:
                self._change.notify()
            return call

    def _take_next(self, overdue_only: bool) -> _Call | None:
        """The same, None if there is none just now; the lock is held."""
        now = monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, _, call, answer = heapq.heappop(self._deadlines)
            self._overdue.append((call, answer))
        for queue in (self._overdue,) if overdue_only else (self._overdue, self._due):
            while queue:
                call, answer = queue.popleft()
                if call.answer is answer:
                    call.answer = None
                    return call
        return None

    def _call_again(self, call: _Call) -> None:
        respond: Respond = call.environ[ANSWER_LATER]
        head = Head()
        try:
            answer = self._app(call.environ, head)
            if isinstance(answer, DeferredAnswer):
                self._wait(call, answer)
                return
            body = _join_body(answer)
        except BaseException:
            # A log that nobody can write to must not cost the client its answer.
            with suppress(Exception):
                log.exception("our own bug: a call that waited failed")
            head, body = Head(), b""
            head.status = 500
        call.on_end()
        with self._change:
            # It has one if its next wait could not begin.
            call.answer = None
            self._calls.pop(call, None)
        # What was answered before its deadline is known until then.
        call.environ = {}
        respond.response_bytes(head.status, head.headers, body)


def _join_body(answer: Iterable[bytes]) -> bytes:
    try:
        return b"".join(answer)
    finally:
        close: Any = getattr(answer, "close", None)
        if close is not None:
            close()


def size_of(environ: WSGIEnvironment) -> int:
    """How many bytes a call takes that waits, closely enough."""
    texts = (len(name) + len(value) for name, value in environ.items() if isinstance(value, str))
    return CALL_BYTES + sum(texts)
