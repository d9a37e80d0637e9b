"""A WSGI app on a free port of this machine, served by threads of this process."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from ..errors.frames import between_test_and_refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__tracebackhide__ = between_test_and_refusal


class _Quiet(logging.LoggerAdapter[logging.Logger]):
    """Lets errors through, such as what an app raises."""

    def isEnabledFor(self, level: int) -> bool:
        return level >= logging.ERROR and super().isEnabledFor(level)


class Served:
    """Serves `app` from `start` (or `with`) to `stop`; `url` is where, without a path.

    `host` is an address of this machine; only it is listened on.
    """

    def __init__(self, app: WSGIApplication, *, host: str = "127.0.0.1", threads: int = 16) -> None:
        self._app, self._host, self._threads = app, host, threads
        self.url = ""
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen; calls are answered from now on."""
        from ..serving.bodies import Limits
        from ..serving.waitress_server import WaitressServer

        self._server = WaitressServer(
            self._app, Limits(), host=self._host, port=0, threads=self._threads
        )
        # More calls than threads at once are nothing to tell a tester of.
        self._server.task_dispatcher.queue_logger = logging.Logger("queue", logging.ERROR)
        # Nor is what its shutdown cancels, because a test has ended before everything was taken.
        self._server.task_dispatcher.logger = _Quiet(self._server.task_dispatcher.logger)
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{host}:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, name="served-app", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and end every connection; a second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._server.task_dispatcher.shutdown()
        # In the loop's own thread: it would stumble over sockets that another one closes.
        # It may wake for another reason and close before it is asked to, its trigger with it.
        with suppress(OSError):
            self._server.trigger.pull_trigger(self._close)
        thread.join(timeout=5)

    def _close(self) -> None:
        """End kept-alive connections too: the loop runs as long as one is open."""
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
