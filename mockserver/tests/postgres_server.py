"""A PostgreSQL server of one's own: processes in a temporary folder, on 127.0.0.1 alone.

    .venv/bin/python mockserver/tests/postgres_server.py          runs until Ctrl-C, prints the URL

Debian's package `postgresql` brings the programs. The server runs as the user `postgres` where this
is root, who must not run it. It does not wait for the disk (`fsync=off`): that is about the end of
the machine, which nobody causes here.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

PATIENCE = 60.0
USER, PASSWORD = "mock", "TESTPASSWORD0001"
SETTINGS = {
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "30",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """The folder of the newest `initdb` and `postgres` there are."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4])
    )
    if folders:
        return folders[-1].parent
    name = shutil.which("initdb")
    return Path(name).resolve().parent if name else None


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class PostgresServer:
    """Starts at once; `kill` and `start` again at will, `stop` removes everything."""

    def __init__(self, settings: Mapping[str, str] = SETTINGS) -> None:
        folder = programs()
        if folder is None:
            raise RuntimeError("PostgreSQL is not installed: make postgres installs it")
        self._programs, self.port = folder, free_port()
        self._settings = {"listen_addresses": "127.0.0.1", **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="megaapi-postgres-"))
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self._user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._initialize()
        self.start()

    def _initialize(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self._run(
            "initdb", "--pgdata", str(self.folder / "data"), "--username", USER, "--auth",
            "scram-sha-256", "--pwfile", str(password), "--encoding", "UTF8", "--no-locale",
            "--no-sync",
        )  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            capture_output=True, text=True, cwd=self.folder, check=False, **self._user,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Run, and return once it answers; what a kill left behind may delay it."""
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            if self._process is None or self._process.poll() is not None:
                self._process = self._started()
            time.sleep(0.02)

    def _started(self) -> subprocess.Popen[bytes]:
        settings = {**self._settings, "port": str(self.port)}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, **self._user,
            )  # fmt: skip

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.execute("SELECT 1")
            return True
        return False

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows of a statement, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=5) as session:
            cursor = session.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def url(self, database: str) -> str:
        """The URL of a database, for `--store`."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of a new, empty one."""
        name = f"mock{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove one that `new_database` made, whoever uses it."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def new_schema(self) -> str:
        """The URL of a new, empty schema: much less to make than a database."""
        name = f"mock{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def processes(self) -> list[int]:
        """The server, and those it has started, the server first."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def signal(self, number: int) -> None:
        """Send a signal to all of them."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """End all of them at once; nothing is tidied up."""
        assert self._process is not None
        self.signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def stop(self) -> None:
        """End it, and remove what it has written."""
        if self._process is not None and self._process.poll() is None:
            # At once: nobody will read what it has written.
            self._process.send_signal(signal.SIGQUIT)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder)


def main(arguments: Sequence[str]) -> int:
    server = PostgresServer()
    try:
        print(server.new_database(), flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait(float(arguments[0]) if arguments else None)
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
