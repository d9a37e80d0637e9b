"""How a test reaches the control API of a mock in its own process, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors.frames import between_test_and_refusal

if TYPE_CHECKING:
    from ..web.app import MockApp

__tracebackhide__ = between_test_and_refusal


class WsgiWire:
    """Calls an app of this process, and opens no connection."""

    def __init__(self, app: MockApp) -> None:
        self._app = app

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: float,
    ) -> tuple[int, bytes]:
        """The app answers in the caller's thread; `timeout` is left to it."""
        client = self._app.test_client()
        reply = client.open(path, method=method, data=body, headers=dict(headers))
        with reply:
            return reply.status_code, reply.get_data()

    def local_address(self) -> str:
        """The app's courier is in this process."""
        return "127.0.0.1"
