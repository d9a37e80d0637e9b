"""The process that does the work for all that share a database, and what watches over it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

from ..errors import SetupError
from ..profile import Profile
from ..serving.server import REQUESTS_GRACE
from ..settings import Settings
from . import log_choice
from .run_server import prepare, run
from .start_screen import Greeting

# Seconds beyond its grace in which a process that was asked to stop has ended.
END_WITHIN = 5.0


@dataclass(frozen=True)
class WorkerOptions:
    """What a mock begins with; `url` is where people reach it, `port` where it listens itself."""

    profile: Profile
    greeting: Greeting
    url: str
    port: int


class Worker:
    """A mock in a process of its own; it ends, at the latest, with the process that began it.

    It loads what it needs and waits: `begin` makes it a mock.
    """

    def __init__(self, settings: Settings) -> None:
        self._grace = END_WITHIN
        self._connection, theirs = multiprocessing.Pipe()
        # Afresh: it must not share the sockets and the database session that there are here.
        spawn = multiprocessing.get_context("spawn")
        self._process = spawn.Process(target=_work, args=(settings, theirs), name="mock")
        self._process.start()
        theirs.close()
        # Where it answers, once it does; why it could not begin.
        self.port: int | None = None
        self.refusal: str | None = None

    def begin(self, options: WorkerOptions) -> None:
        """Open the store and serve; `look` tells what has come of it."""
        self._grace = options.profile.seconds("stop_grace") + REQUESTS_GRACE + END_WITHIN
        with suppress(OSError):
            self._connection.send(options)

    def look(self) -> bool:
        """Whether it runs; what it has said by then is known."""
        runs = self._process.is_alive()
        with suppress(EOFError, OSError):
            while self._connection.poll():
                message = self._connection.recv()
                if isinstance(message, int):
                    self.port = message
                else:
                    self.refusal = message
        return runs

    def stop(self) -> None:
        """Ask it to finish what is under way, and wait for that."""
        self._process.terminate()
        self._process.join(self._grace)
        self.kill()

    def kill(self) -> None:
        """End it now: what it has acknowledged is in the database."""
        if self._process.is_alive():
            _kill_group(self._process)
            self._process.join()
        self._connection.close()


def _kill_group(process: multiprocessing.process.BaseProcess) -> None:
    """It, and what it has begun."""
    if sys.platform != "win32" and process.pid is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _work(settings: Settings, connection: Connection) -> None:
    """What runs in the process."""
    if sys.platform != "win32":
        # A group of its own: Ctrl-C is for the process that watches, which asks for the stop.
        os.setpgid(0, 0)
    if sys.platform == "linux":
        # What serves must have what is loaded here, not load it again.
        multiprocessing.set_start_method("fork", force=True)
    prepare(settings)
    try:
        options: WorkerOptions = connection.recv()
    except (EOFError, OSError):
        return
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    output = log_choice.output_of(settings)
    show = partial(log_choice.greet_as, settings, options.greeting, output, options.url)
    try:
        run(
            settings,
            options.profile,
            output,
            on_ready=partial(_tell_ready, connection, show),
            port=options.port,
        )
    except SetupError as error:
        connection.send(str(error))
        raise SystemExit(2) from None


def _end_with(connection: Connection) -> None:
    """End where the other end of the connection has gone; nothing is ever said there."""
    with suppress(EOFError, OSError):
        connection.recv()
    os._exit(1)


def _tell_ready(connection: Connection, show: partial[None], url: str) -> None:
    port = urlsplit(url).port
    with suppress(OSError):
        connection.send(port)
    show(own_url=url)
