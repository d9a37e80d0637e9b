"""A mock in a process of its own, which can be killed and started again on the same port."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from ..processes import await_port, free_port

PATIENCE = 90.0
SHOP_BOT = Path(__file__).resolve().parents[3] / "examples/shop_bot.py"


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


@contextmanager
def shop_bot(gateway: str, key: str, token: str) -> Iterator[str]:
    """examples/shop_bot.py in a process of its own; the address of its webhook once it listens."""
    port = free_port()
    names = {"MEGAAPI_GATEWAY": gateway, "MEGAAPI_INSTANCE_KEY": key, "MEGAAPI_TOKEN": token}
    command = [sys.executable, str(SHOP_BOT), str(port)]
    environment = {**os.environ, **names}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await_port(port, PATIENCE)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _answering(url: str, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "serve ended"
        try:
            urlopen(f"{url}/_mock/health", timeout=20).close()
            return url
        except HTTPError as refusal:
            # It answers, and keeps its control API shut.
            refusal.close()
            return url
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer within {PATIENCE} s")
