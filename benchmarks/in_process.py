"""What one call costs inside a mock: seconds of CPU per call, in this process and one thread.

`against.py` runs it for two checkouts in turn; the mock is the one that PYTHONPATH leads to. Prints
one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from servers import KEY, SEND_TEXT, STATUS, TOKEN, Case

INBOUND = Case(
    "inbound",
    "POST",
    f"/_mock/instances/{KEY}/inbound",
    '{"from": "5511900000002", "text": "oi"}',
    statuses=(201, 200),
)
CASES = {"send": SEND_TEXT, "status": STATUS, "inbound": INBOUND}


def environ_of(case: Case) -> dict[str, Any]:
    """One request as a WSGI server hands it over."""
    path, _, query = case.path.partition("?")
    return {
        "REQUEST_METHOD": case.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "RAW_URI": case.path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8080",
        "HTTP_ACCEPT": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
        **({"CONTENT_TYPE": "application/json"} if case.body else {}),
        **({"CONTENT_LENGTH": str(len(case.body))} if case.body else {}),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def caller(app: Any, case: Case) -> Callable[[], None]:
    """A function that makes the call once; AssertionError where it is answered otherwise."""
    environ, body = environ_of(case), case.body.encode()
    statuses: list[str] = []
    good = tuple(str(status) for status in case.statuses)

    def start_response(status: str, headers: Sequence[tuple[str, str]], *_: Any) -> None:
        statuses.append(status)

    def call() -> None:
        answer = app({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
        for _ in answer:
            pass
        if hasattr(answer, "close"):
            answer.close()
        status = statuses.pop()
        assert status.startswith(good), f"{case.name}: {status}"

    return call


def seconds_per_call(call: Callable[[], None], count: int) -> float:
    """CPU seconds of this thread, garbage collection included."""
    for _ in range(max(count // 10, 20)):
        call()
    gc.collect()
    began = time.thread_time()
    for _ in range(count):
        call()
    return (time.thread_time() - began) / count


def resident() -> float:
    """MB that this process holds."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


def main() -> None:
    """Measure what is named and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3_000)
    parser.add_argument("--sends", type=int, default=0, help="MB held after so many sends instead")
    options = parser.parse_args()
    began = time.process_time()
    from megaapi_mock.clock import Clock
    from megaapi_mock.web import app as web_app

    # Building and serving became two steps; `build_app` is the name of both together since.
    build = getattr(web_app, "build_app", web_app.create_app)
    # The clock runs on a little with each send: acknowledgements come as they do in real time.
    clock = Clock(frozen_at=1_700_000_000.0)
    app = build(clock=clock)
    started = time.process_time() - began
    if options.sends:
        call = caller(app, SEND_TEXT)
        for number in range(options.sends):
            call()
            if number % 100 == 99:
                clock.advance(1.0)
        gc.collect()
        print(json.dumps({"memory_mb": resident()}))
        return
    measured = {"start": started}
    for name, case in CASES.items():
        call = caller(app, case)

        def with_time(call: Callable[[], None] = call) -> None:
            call()
            clock.advance(0.01)

        count = options.count // 5 if name == "inbound" else options.count
        measured[name] = seconds_per_call(with_time, count)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
