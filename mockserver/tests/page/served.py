"""A mock in a process of its own, which can be killed and started again on the same port."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from urllib.request import urlopen

PATIENCE = 30.0


def free_port() -> int:
    """A port nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(port: int, *options: str) -> Iterator[str]:
    """`megaapi-mock serve` on that port; its address once it answers."""
    command = [sys.executable, "-m", "megaapi_mock", "serve", "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _answering(url: str, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "serve ended"
        try:
            urlopen(f"{url}/_mock/health", timeout=2).close()
            return url
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer within {PATIENCE} s")
