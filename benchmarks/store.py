"""What a send costs on each store, with few messages in it and with many, and what a start costs.

    .venv/bin/python benchmarks/store.py

Everything happens in one process, without a server: what is measured is processor time, which other
work on the machine does not stretch much; the least of some rounds counts. `--sync full` waits for
the disk: there it is the time on the clock that counts, so both are shown. The journal keeps 500
calls here, so that it is full from the first measurement on. Where PostgreSQL is installed, it is
measured too, on a server of its own (`fsync=off`: nobody waits for the disk); what that server
takes of the processor shows on the clock alone.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp, build_app

sys.path.append(str(Path(__file__).resolve().parents[1] / "mockserver" / "tests"))
from postgres_server import PostgresServer, programs

PATH = "/rest/sendMessage/megacode-TESTKEY0001/text"
BODY = json.dumps({"messageData": {"to": "5511900000002", "text": "Bom dia"}}).encode()
ROUNDS, SENDS = 7, 300


def send(app: MockApp) -> None:
    """One text, as a server would hand it over."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(BODY)),
        "HTTP_AUTHORIZATION": "Bearer TESTKEY0001", "HTTP_HOST": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(BODY),
    }  # fmt: skip
    status: list[str] = []
    b"".join(app.wsgi_app(environ, lambda line, headers, error=None: status.append(line)))
    if not status[0].startswith("200"):
        raise AssertionError(status[0])


def messages_of(app: MockApp) -> Sized:
    """The messages of the instance that sends."""
    with app.runtime.instances.store.read("megacode-TESTKEY0001") as instance:
        return instance.messages


def cost(app: MockApp) -> tuple[float, float]:
    """Microseconds for each send: of the processor, and on the clock."""
    processor, clock = [], []
    for _ in range(ROUNDS):
        began, since = time.process_time(), time.perf_counter()
        for _ in range(SENDS):
            send(app)
        processor.append((time.process_time() - began) / SENDS * 1e6)
        clock.append((time.perf_counter() - since) / SENDS * 1e6)
    return min(processor), min(clock)


@contextmanager
def mock(store: str, sync: str) -> Iterator[MockApp]:
    settings = Settings(
        store=store, sync=sync, seed=1, journal_limit=500, messages_limit=10**7,
        messages_bytes=2**40,
    )  # fmt: skip
    app = build_app(settings=settings)
    yield app
    app.stop(5)


def start_cost(store: str) -> float:
    """Processor seconds until a mock on this store could answer."""
    began = time.process_time()
    gc.disable()
    with mock(store, "normal"):
        seconds = time.process_time() - began
    gc.enable()
    return seconds


@contextmanager
def postgres() -> Iterator[PostgresServer | None]:
    """A server that runs, where there is one to run."""
    if programs() is None:
        yield None
        return
    server = PostgresServer()
    try:
        yield server
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description="what a send costs on each store")
    parser.add_argument("--messages", type=int, nargs="*", default=[1_000, 100_000])
    arguments = parser.parse_args()
    with postgres() as server:
        measure(arguments.messages, server)
    return 0


def measure(counts: Sequence[int], server: PostgresServer | None) -> None:
    """Print what each store costs, with each count of messages in it."""
    print("| store | messages | µs of the processor for each send | µs on the clock |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        normal, full = (f"sqlite:///{Path(folder) / name}.db" for name in ("normal", "full"))
        stores = [("memory", "memory", "normal"), ("SQLite", normal, "normal")]
        if server is not None:
            stores.append(("PostgreSQL", server.new_database(), "normal"))
        for name, store, sync in [*stores, ("SQLite, --sync full", full, "full")]:
            with mock(store, sync) as app:
                for count in counts if sync == "normal" else counts[:1]:
                    while len(messages_of(app)) < count:
                        send(app)
                    processor, clock = cost(app)
                    print(f"| {name} | {count:,} | {processor:.0f} | {clock:.0f} |", flush=True)
        for name, store, _ in stores[1:]:
            seconds = min(start_cost(store) for _ in range(3))
            with mock(store, "normal") as app:
                count = len(messages_of(app))
            print(f"\n{name}: a start with {count:,} messages: {seconds:.2f} s of the processor.")


if __name__ == "__main__":
    sys.exit(main())
