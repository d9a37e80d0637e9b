"""An app on a port of its own: as many calls as come, and not a word about it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from http.client import HTTPException
from urllib.request import urlopen

import pytest
from megaapi_mock.testing import Served
from waitress.adjustments import Adjustments


def test_more_calls_than_threads_are_answered_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    all_there, heard = threading.Semaphore(0), threading.Event()

    def app(environ, start_response):
        all_there.release()
        assert heard.wait(60)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    came: list[bytes] = []
    with Served(app, threads=1) as served:

        def call() -> None:
            with urlopen(served.url, timeout=60) as reply:
                came.append(reply.read())

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert all_there.acquire(timeout=60)
        # The others are in the queue once the loop has read them.
        queue = served._server.task_dispatcher.queue
        while len(queue) < 3:
            threads[0].join(0.01)
        heard.set()
        for thread in threads:
            thread.join()
    assert came == [b"ok"] * 4
    assert [record.getMessage() for record in caplog.records] == []


def test_a_stop_cancels_what_waits_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    there, go_on = threading.Event(), threading.Event()

    def app(environ, start_response):
        there.set()
        go_on.wait(60)
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    def call() -> None:
        with suppress(OSError, HTTPException):
            urlopen(served.url, timeout=60).close()

    served = Served(app, threads=1).start()
    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert there.wait(60)
    while not served._server.task_dispatcher.queue:
        threads[0].join(0.01)
    later = threading.Timer(0.1, go_on.set)
    later.start()
    served.stop()
    for thread in (*threads, later):
        thread.join()
    assert [record.getMessage() for record in caplog.records] == []


def test_a_server_that_nobody_calls_costs_nothing_and_stops_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Adjustments, "asyncore_loop_timeout", 600)
    with Served(lambda environ, start_response: []) as served:
        thread = served._thread
        assert thread is not None and thread.ident is not None
        clock = time.pthread_getcpuclockid(thread.ident)
        before = time.clock_gettime(clock)
        # It has to be waited for: a loop that never waits would use all of this time.
        threading.Event().wait(0.4)
        assert time.clock_gettime(clock) - before < 0.1
    thread.join(60)
    assert not thread.is_alive(), "its loop waits on"


def test_what_an_app_raises_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ, start_response):
        raise KeyError("pushName")

    with Served(app, threads=1) as served, pytest.raises(OSError, match="500"):
        urlopen(served.url, timeout=60)
    assert "KeyError: 'pushName'" in caplog.text
