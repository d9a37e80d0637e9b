"""An app on a port of its own: as many calls as come, and not a word about it."""

from __future__ import annotations

import threading
from urllib.request import urlopen

import pytest
from megaapi_mock.testing import Served


def test_more_calls_than_threads_are_answered_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    all_there, heard = threading.Semaphore(0), threading.Event()

    def app(environ, start_response):
        all_there.release()
        assert heard.wait(10)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    came: list[bytes] = []
    with Served(app, threads=1) as served:

        def call() -> None:
            with urlopen(served.url, timeout=20) as reply:
                came.append(reply.read())

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert all_there.acquire(timeout=10)
        # The others are in the queue once the loop has read them.
        queue = served._server.task_dispatcher.queue
        while len(queue) < 3:
            threads[0].join(0.01)
        heard.set()
        for thread in threads:
            thread.join()
    assert came == [b"ok"] * 4
    assert [record.getMessage() for record in caplog.records] == []
