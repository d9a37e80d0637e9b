"""A mock that holds a run up where something has come to be: what ends it then finds it there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from megaapi_mock.testing import MockServer

# Nothing takes so long; a machine may be slow.
LONG = 120.0


@contextmanager
def held_once(server: MockServer, is_so: Callable[[], bool]) -> Iterator[None]:
    """In this block the run stands still, at the first call that finds it so.

    What was held is refused at the end, and has done nothing.
    """
    assert server._listener is not None and server._listener._server is not None
    listener = server._listener._server
    app, is_held, is_over = listener.application, threading.Event(), threading.Event()

    def hold(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if is_over.is_set() or not is_so():
            return app(environ, start_response)  # type: ignore[no-any-return]
        is_held.set()
        is_over.wait(LONG)
        start_response("503 Service Unavailable", [("Content-Length", "0")])
        return [b""]

    listener.application = hold
    try:
        assert is_held.wait(LONG), "it never came to be"
        yield
    finally:
        is_over.set()
        listener.application = app
