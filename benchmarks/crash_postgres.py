"""The crash harness on PostgreSQL: the mock is killed under load, and the server too.

    .venv/bin/python benchmarks/crash_postgres.py                  50 rounds
    .venv/bin/python benchmarks/crash_postgres.py --rounds 3       a few

As `crash.py`, on a server of its own that is killed (SIGKILL, all its processes) in half of the
rounds: in some the mock is killed while it is away, in the others the server comes back first, the
mock goes on under load, and is killed then. While it is away calls answer 503: they count for
nothing. That the mock says so once in its log is no complaint.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from crash import MEASURED, Harness, Mock, argument_parser, judged

sys.path.append(str(Path(__file__).resolve().parents[1] / "mockserver" / "tests"))
from postgres_server import PASSWORD, PostgresServer

# What the mock says while its database is away, or when it has to stop meanwhile.
_AWAY = ("changes are refused until it can", "what happened last is not in it")
# What is killed in each round in turn: the mock alone, the server and then the mock, or the server,
# which comes back before the mock is killed.
WAYS = ("server", "both", "mock", "mock")


class PostgresHarness(Harness):
    """Rounds on one database of a server that does not live long either."""

    def __init__(self, folder: Path, seed: int, server: PostgresServer) -> None:
        super().__init__(folder, seed, server.new_database())
        self.server = server

    def end_mock(self, mock: Mock, number: int) -> None:
        """Kill or stop it, the server before it every second time."""
        way = WAYS[self.counts["rounds"] % len(WAYS)]
        pause, life = self.chance.uniform(0, 0.5), self.chance.uniform(0.5, 2)
        if way != "mock":
            self.counts["kills of the server"] += 1
            self.server.kill()
            time.sleep(pause)
        if way == "server":
            self.server.start()
            time.sleep(life)
        mock.end(number)
        self.server.start()

    def is_complaint(self, line: str) -> bool:
        """A password in the log is one too."""
        expected = any(text in line for text in _AWAY)
        return PASSWORD in line or (super().is_complaint(line) and not expected)


def main() -> int:
    arguments = argument_parser("kill a mock and its PostgreSQL", rounds=50).parse_args()
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            harness = PostgresHarness(Path(folder), arguments.seed, server)
            measured = (*MEASURED[:3], "kills of the server", *MEASURED[3:])
            return judged(harness, arguments, "make crash-postgres", measured)
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
