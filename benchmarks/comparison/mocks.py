"""This mock on each of its stores, as anybody would start it: state, journal and courier are on."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from servers import CHECKOUT, SERVER_CORE, Server, free_port, on_cores, running

from .names import MEMORY, SQLITE, STORES

sys.path.append(str(CHECKOUT / "mockserver" / "tests"))
from postgres_server import PostgresServer, programs

# The database as its package starts it: it waits for the disk, and cleans up.
DATABASE_SETTINGS = {"max_connections": "30", "unix_socket_directories": ""}


class Stores:
    """Where this mock keeps things. One database server serves all, on the core of the servers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0
        self._started: PostgresServer | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Those there are here."""
        return STORES if programs() else (MEMORY, SQLITE)

    @property
    def _database(self) -> PostgresServer:
        if self._started is None:
            with on_cores(SERVER_CORE):
                self._started = PostgresServer(DATABASE_SETTINGS)
        return self._started

    def stop(self) -> None:
        """End the database server, if anybody needed it."""
        if self._started is not None:
            self._started.stop()

    def new(self, store: str) -> str:
        """The URL of an empty one."""
        if store == MEMORY:
            return "memory"
        if store == SQLITE:
            self._files += 1
            return f"sqlite:///{self._folder / f'mock{self._files}.db'}"
        return self._database.new_database()

    def drop(self, url: str) -> None:
        """Remove what `new` made, once nobody uses it."""
        if url.startswith("sqlite"):
            for file in self._folder.glob(Path(url).name + "*"):
                file.unlink()
        elif url.startswith("postgresql"):
            self._database.drop_database(url)

    @contextmanager
    def mock(
        self,
        name: str,
        url: str,
        options: Sequence[str] = (),
        cores: Sequence[int] = SERVER_CORE,
    ) -> Iterator[Server]:
        """This mock on that store, `serve --quiet`."""
        port = free_port()
        argv = [sys.executable, "-m", "megaapi_mock", "serve", "--port", str(port), "--quiet"]
        with running(name, port, [*argv, "--store", url, *options], cores) as server:
            if url.startswith("postgresql"):
                server.beside = self._database.processes
            yield server


@contextmanager
def stores() -> Iterator[Stores]:
    """The stores there are; PostgreSQL only where it is installed."""
    with tempfile.TemporaryDirectory(prefix="megaapi-bench-") as folder:
        opened = Stores(Path(folder))
        try:
            yield opened
        finally:
            opened.stop()
