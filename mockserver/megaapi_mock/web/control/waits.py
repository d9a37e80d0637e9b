"""Waits of the control API's lists: without a thread where the server answers later.

There a view is left by `NotYet`, and called again with the same request once there is something to
look at. What its first run knew is kept meanwhile, and so are its place and its waiter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Response, request

from ...records.journal import Journal
from ...records.waiter import Waiter
from ...serving.deferred import ANSWER_LATER, DeferredAnswer, size_of
from .places import Places

# Where the request has its wait from the second run of its view on.
_WAIT = "megaapi_mock.wait"
Subject = TypeVar("Subject")
# Looks for records: through all with None, otherwise among these, as nothing else can match.
Look = Callable[[list[Any] | None], list[Any]]


@dataclass(eq=False)
class OpenWait:
    """A wait without a thread; `subject` is what its view knew in the beginning."""

    waiter: Waiter
    deadline: float
    subject: Any
    # Its place, and its share of what is written.
    holds: ExitStack = field(default_factory=ExitStack)

    @property
    def is_over(self) -> bool:
        """Whether it is to be answered with what there is."""
        return self.waiter.over or time.monotonic() >= self.deadline


class NotYet(Exception):
    """There is nothing to answer with yet: the view is called again."""

    def __init__(self, wait: OpenWait) -> None:
        super().__init__("a wait goes on")
        self.wait = wait


class LaterResponse(Response):
    """What becomes of a view that was left by `NotYet`: nothing is answered yet."""

    def __init__(self, wait: OpenWait) -> None:
        super().__init__()
        self._wait = wait

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        wait, waiter = self._wait, self._wait.waiter
        return DeferredAnswer(
            wait.deadline, waiter.call_when_awake, waiter.let_go, wait.holds.close
        )


class Waits:
    """The waits of one journal's records."""

    def __init__(self, journal: Journal, places: Places) -> None:
        self._journal, self._places = journal, places

    def subject(self, now: Callable[[], Subject]) -> Subject:
        """What the view knew when it first ran, which is `now` in the first run."""
        wait: OpenWait | None = request.environ.get(_WAIT)
        return now() if wait is None else wait.subject

    def wait_for(self, look: Look, seconds: float, waiter: Waiter, subject: object) -> list[Any]:
        """What `look` finds, as soon as it finds anything; an empty list after `seconds`.

        NotYet where the server can do without our thread until then.
        """
        if not seconds:
            return look(None)
        if ANSWER_LATER not in request.environ:
            with self._places.waiting(waiter):
                return self._journal.wait_for(lambda: look(waiter.take_shown()), seconds, waiter)
        wait = self._open_wait(seconds, waiter, subject)
        try:
            records = look(wait.waiter.take_shown())
        except BaseException:
            wait.holds.close()
            raise
        if not records and not wait.is_over:
            raise NotYet(wait)
        wait.holds.close()
        return records

    def _open_wait(self, seconds: float, waiter: Waiter, subject: object) -> OpenWait:
        wait: OpenWait | None = request.environ.get(_WAIT)
        if wait is not None:
            self._journal.look_again(wait.waiter, waiter)
            return wait
        wait = OpenWait(waiter, time.monotonic() + seconds, subject)
        wait.holds.enter_context(self._places.hold_deferred(waiter, size_of(request.environ)))
        wait.holds.enter_context(self._journal.waiting_with(waiter))
        request.environ[_WAIT] = wait
        return wait
