"""Starting real processes in tests, and stopping them by their id."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress


def free_port() -> int:
    """A port nobody listens on right now, and that no connection is given by chance.

    Below those that systems give to whoever asks for any: another test could be given it next.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def await_port(port: int, seconds: float = 60) -> None:
    """Return once somebody listens there."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, f"nobody listens on {port}"
            pause.wait(0.02)


class Process:
    """A child whose output is read as it comes; `wait_for` blocks until a line matches."""

    def __init__(self, command: Sequence[str]) -> None:
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "120"},
        )
        self._lines: list[str] = []
        self._came = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            with self._came:
                self._lines.append(line)
                self._came.notify_all()
        with self._came:
            self._ended = True
            self._came.notify_all()

    @property
    def pid(self) -> int:
        """Its id."""
        return self._child.pid

    @property
    def output(self) -> str:
        with self._came:
            return "".join(self._lines)

    def wait_for(self, pattern: str, seconds: float = 180) -> re.Match[str]:
        """The first match in the output so far or to come."""
        found: list[re.Match[str]] = []

        def look() -> bool:
            match = re.search(pattern, "".join(self._lines))
            found[:] = [match] if match else []
            return bool(match) or self._ended

        with self._came:
            self._came.wait_for(look, seconds)
        assert found, f"{pattern!r} never came; there was:\n{self.output}"
        return found[0]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit code."""
        if self._child.poll() is None:
            self._child.send_signal(number)
        return self.join()

    def join(self, seconds: float = 60) -> int:
        """Wait for the end; the exit code."""
        try:
            code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            raise
        finally:
            self._reader.join(60)
            if self._child.stdout is not None:
                self._child.stdout.close()
        return code


def mock_command(*arguments: str) -> list[str]:
    """The command as users type it, for this interpreter."""
    return [sys.executable, "-m", "megaapi_mock", *arguments]
