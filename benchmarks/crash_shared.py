"""The crash harness on three processes that share a PostgreSQL database: one is killed under load.

    .venv/bin/python benchmarks/crash_shared.py                  50 rounds
    .venv/bin/python benchmarks/crash_shared.py --rounds 3       a few

As `crash.py`, but that the mock never starts again: calls go to the three in turn, and one of them,
mostly the one that does the work, is killed or stopped while they do. The load goes on until calls
are acknowledged again. Then the one that is gone begins again, and another is asked what is there.
A call that breaks off counts for nothing. How long nobody answered is measured: the longest time
between two acknowledged calls of a round.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from crash import KEYS, MEASURED, PATIENCE, Harness, Mock, argument_parser, judged
from servers import free_port

sys.path.append(str(Path(__file__).resolve().parents[1] / "mockserver" / "tests"))
from postgres_server import PASSWORD, PostgresServer

# What they say while one takes the place of another.
_EXPECTED = ("it is tried again, by whichever process is first",)
COUNT = 3
# How often the one that is killed is the one that does the work.
LEADER_SHARE = 0.75


class SharedMock(Mock):
    """One of the processes."""

    options = ("--shared",)

    def kill(self) -> None:
        """End it and all that it has begun, at once."""
        for pid in [self.process.pid, *descendants(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def leads(self) -> bool:
        """Whether it does the work."""
        return any(map(children, children(self.process.pid)))


class Members(Mock):
    """All of them as one mock; what one does not answer counts for nothing."""

    def __init__(self, harness: SharedHarness) -> None:
        self._harness = harness
        self._turn = 0
        self.is_over = threading.Event()
        self.process: Any = self

    def poll(self) -> int | None:
        """As that of a process: None while there is load."""
        return 0 if self.is_over.is_set() else None

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """The answer of the next of them; 0 where it broke off."""
        self._turn += 1
        member = self._harness.members[self._turn % COUNT]
        try:
            status, answer = member.call(method, path, body, token)
        except OSError:
            # It may have gone for a while: no busy loop around it.
            time.sleep(0.01)
            return 599, {"content": None, "exchange": None}
        if status in (200, 201):
            self._harness.note_answer()
        return status, answer

    def await_answer(self) -> None:
        """Return once all of them answer."""
        for member in self._harness.members:
            member.await_answer()

    def end(self, number: int) -> None:
        """They go on from round to round."""


class SharedHarness(Harness):
    """Rounds on one database; the processes live on."""

    def __init__(self, folder: Path, seed: int, server: PostgresServer) -> None:
        super().__init__(folder, seed, server.new_database())
        self.ports = [free_port() for _ in range(COUNT)]
        self.members = [SharedMock(self.store, port, self.log) for port in self.ports]
        self._last_answer = 0.0
        self._pause = 0.0
        self.pauses: list[float] = []

    def note_answer(self) -> None:
        """A call was acknowledged just now."""
        now = time.monotonic()
        self._pause, self._last_answer = max(self._pause, now - self._last_answer), now

    @contextmanager
    def _mock(self) -> Iterator[Mock]:
        yield Members(self)

    def _round(self) -> None:
        mock = Members(self)
        mock.await_answer()
        self._pause, self._last_answer = 0.0, time.monotonic()
        seeds = [self.chance.random() for _ in KEYS]
        threads = [
            threading.Thread(target=self._load, args=(mock, place, Random(seed)))
            for place, seed in enumerate(seeds)
        ]
        for thread in threads:
            thread.start()
        time.sleep(self.chance.uniform(0.2, 1.5))
        place = self._chosen()
        self._end_member(self.members[place])
        before = self._acknowledged()
        deadline = time.monotonic() + PATIENCE
        while self._acknowledged() < before + 10 and time.monotonic() < deadline:
            time.sleep(0.05)
        mock.is_over.set()
        for thread in threads:
            thread.join(PATIENCE)
        self.pauses.append(self._pause)
        self.members[place] = SharedMock(self.store, self.ports[place], self.log)

    def _chosen(self) -> int:
        leaders = [place for place, member in enumerate(self.members) if member.leads()]
        if leaders and self.chance.random() < LEADER_SHARE:
            self.counts["of the one that does the work"] += 1
            return leaders[0]
        return self.chance.randrange(COUNT)

    def _end_member(self, member: SharedMock) -> None:
        way = self.chance.random()
        if way < 1 / 6:
            self.counts["stops"] += 1
            member.process.send_signal(signal.SIGTERM)
            member.process.wait(PATIENCE)
            return
        self.counts["kills"] += 1
        if way < 1 / 2:
            # Only the one that listens: what it has begun ends by itself.
            member.process.kill()
            member.process.wait(PATIENCE)
        else:
            member.kill()

    def _acknowledged(self) -> int:
        return sum(len(each.sends) + len(each.received) for each in self.known.values())

    def is_complaint(self, line: str) -> bool:
        """A password in the log is one too."""
        expected = any(text in line for text in _EXPECTED)
        return PASSWORD in line or (super().is_complaint(line) and not expected)

    def close(self) -> None:
        """End all of them."""
        for member in self.members:
            member.kill()


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    pids: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    return pids


def descendants(pid: int) -> list[int]:
    """Those, and what they have begun."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def main() -> int:
    arguments = argument_parser("kill one of three that share a database", rounds=50).parse_args()
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            harness = SharedHarness(Path(folder), arguments.seed, server)
            measured = (*MEASURED[:3], "of the one that does the work", *MEASURED[3:])
            try:
                code = judged(harness, arguments, "make crash-shared", measured)
            finally:
                harness.close()
            pauses = sorted(harness.pauses)
            print(f"nobody answered for: median {median(pauses):.1f} s, longest {pauses[-1]:.1f} s")
            return code
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
