"""What granian's connections are taken for where the system tells less of them."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from megaapi_mock.serving import connections
from megaapi_mock.serving.bodies import Limits
from megaapi_mock.serving.calls import WatchedApp
from megaapi_mock.serving.connections import Watch
from megaapi_mock.serving.deferred import ANSWER_LATER, DeferredAnswer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells of connections")


@pytest.fixture
def port() -> Iterator[int]:
    """A port with one connection, whose client has said nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            yield port


def look_at_a_wait(port: int) -> list[str]:
    """Whether a wait is let go that began long after all that came by the connections."""
    app, gone = WatchedApp(lambda environ, start: [b""], Limits()), list[str]()
    answer = DeferredAnswer(
        time.monotonic() + 1000.0, _never, lambda: gone.append("let go"), lambda: None
    )
    environ: Any = {ANSWER_LATER: None}
    app.deferred.keep(environ, time.monotonic() - 1000.0, answer)
    with closing(app.deferred):
        Watch(app, port, Limits(), threads=1).look()
    return gone


def _never(_: Callable[[], None]) -> None:
    """Nothing wakes it."""


def test_a_wait_is_let_go_when_no_connection_may_be_its_own(port: int) -> None:
    assert look_at_a_wait(port) == ["let go"]


def test_a_kernel_that_tells_less_of_connections_lets_no_wait_go(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_TCP_INFO", 104)
    assert look_at_a_wait(port) == []
