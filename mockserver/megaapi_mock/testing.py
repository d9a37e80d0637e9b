"""The mock inside your own test process, on a free port of this machine."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from .profile import load_profile
from .resources import root
from .settings import Settings
from .web.app import MockApp, create_app


class MockServer:
    """Starts with `start` or as a context manager; `url` is where it answers.

    Keyword arguments are those of `create_app`. Webhooks go to loopback addresses only, unless
    the profile handed in says otherwise.
    """

    def __init__(self, **parts: Any) -> None:
        settings = parts.setdefault("settings", Settings(seed=0))
        if "profile" not in parts:
            profile = load_profile(settings.profile, parts.get("fixtures") or root("fixtures"))
            parts["profile"] = profile.with_switches({"webhook_hosts": "loopback"})
        self.app: MockApp = create_app(**parts)
        self.url = ""
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen on a free port of 127.0.0.1."""
        from waitress.server import create_server

        self._server = create_server(
            self.app, host="127.0.0.1", port=0, threads=16, asyncore_loop_timeout=0.05
        )
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, name="mock-server", daemon=True)
        self._thread.start()
        self.app.started()
        return self

    def stop(self, grace: float | None = None) -> int:
        """Stop listening, drain webhooks; how many deliveries were abandoned.

        A second call returns the same number.
        """
        abandoned = self.app.stop(grace)
        thread, self._thread = self._thread, None
        if thread is not None:
            self._server.task_dispatcher.shutdown()
            # In the loop's own thread: it would stumble over sockets that another one closes.
            # It may wake for another reason and close before it is told to, its trigger with it.
            with suppress(OSError):
                self._server.trigger.pull_trigger(self._close)
            thread.join(timeout=5)
        return abandoned

    def _close(self) -> None:
        """End kept-alive connections too: the loop runs as long as one is open."""
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
