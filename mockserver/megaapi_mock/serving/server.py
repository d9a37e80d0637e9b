"""Serving one WSGI app on granian or waitress: a port that is free, a quiet start, a clean stop.

Granian 2.8.7 was measured with one core for the server and 16 kept-alive connections from another
(CPython 3.11; requests/s in thousands, p99 in ms):

    blocking_threads                     1     2     4     8     16    64
    100 us of Python for each request    10.6  9.7   10.1  13.2  15.1  14.6
      p99                                2.8   3.6   3.5   3.9   4.2   3.5
    plain Flask                          7.1   7.4   7.7   9.3   9.9   9.7
      p99                                4.9   4.5   5.2   5.7   6.3   6.0

An open event stream holds a thread, and the N-th stream on N threads stops everybody else (tried
with 1, 2, 8 and 64). Hence 64: fastest within the noise, and 20 streams beside the load cost
nothing. Granian begins threads on demand (4 in all after one quiet client). Runtime threads 1 or 2,
runtime mode, HTTP/1 only or not, pipeline_flush, list or iterator as response and the interpreter's
switch interval made no difference.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import os
import signal
import socket
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Pipe, wait
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol

from ..errors import SetupError
from .bodies import Limits
from .calls import WatchedApp
from .connections import Watch
from .malloc import limit_arenas, return_free_memory
from .ports import _probe, allow_files, is_answering, url_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Engine = Literal["granian", "waitress"]
_LIMITS = Limits()
_Tell = Callable[[str | None], object]

THREADS = 64
# Granian begins threads on demand, so each connection may have one: a client that stops in the
# middle of its body holds only its own (with 64, 70 such clients shut everybody else out).
GRANIAN_THREADS = 512
# Seconds for headers to come, which is also how long granian keeps an idle connection.
HEADERS_WITHIN = 30.0
# Granian's bound of headers is that of what it reads ahead of one connection, and not below this.
READ_AHEAD_LEAST = 8 * 1024
# What a request in flight gets on a stop before the courier's grace begins.
REQUESTS_GRACE = 2.0
# Whoever kills the parent wants the port back: finish soon rather than well.
ORPHAN_GRACE = 0.5

# Granian writes to stdout by default; stdout belongs to the start screen and the exchanges.
_LOGS: dict[str, Any] = {
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "generic"},
        "access": {"class": "logging.NullHandler"},
    }
}


class ServedApp(Protocol):
    """A WSGI app with threads of its own.

    It may also have `started()`, called once when the server answers, before `on_ready`.
    """

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse, /
    ) -> Iterable[bytes]: ...

    def close_streams(self) -> None:
        """End every event stream and every wait, and those asked for from now on, at once."""

    def stop(self, grace: float) -> int:
        """End timers and courier within `grace` seconds; how many deliveries were abandoned."""


@dataclass(frozen=True)
class _Terms:
    """What both engines need to know; travels to granian's worker, so it must pickle."""

    host: str
    address: str
    port: int
    stop_grace: float
    on_ready: Callable[[str], None]
    on_stopped: Callable[[int], None]
    limits: Limits


def serve(
    factory: Callable[[], ServedApp],
    *,
    host: str,
    port: int,
    stop_grace: float,
    on_ready: Callable[[str], None],
    on_stopped: Callable[[int], None],
    engine: Engine | None = None,
    limits: Limits = _LIMITS,
) -> None:
    """Serve what `factory` builds until SIGINT or SIGTERM; call it in the main thread.

    All three callables run in the serving process, which on macOS is started afresh: hand over
    module-level functions or partials of them. `on_ready` gets the address once it answers,
    `on_stopped` the number of abandoned deliveries at a clean end. SetupError comes out here
    whichever process it happened in; any other end of the serving process is SystemExit(1).
    Requests that take longer than `limits` allow are ended, and in a crowd idle connections.
    Signals stay ignored afterwards, so that a second Ctrl-C on the way out is harmless.
    """
    address, port = _probe(host, port)
    terms = _Terms(host, address, port, stop_grace, on_ready, on_stopped, limits)
    if (engine or _best_engine()) == "granian":
        _serve_with_granian(factory, terms)
    else:
        _serve_with_waitress(factory, terms)
    # Python gives handled signals back their default on its way out: a late Ctrl-C would kill.
    for number in _stop_signals():
        signal.signal(number, signal.SIG_IGN)


def _best_engine() -> Engine:
    """Granian where it serves from a process of its own (not without the GIL), else waitress."""
    if sys.platform == "win32" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "waitress"
    try:
        import granian  # noqa: F401
    except ImportError:
        return "waitress"
    return "granian"


# --- the port ---------------------------------------------------------------------------------


# --- granian ----------------------------------------------------------------------------------


def _serve_with_granian(factory: Callable[[], ServedApp], terms: _Terms) -> None:
    """Granian's parent: it watches the worker and hears its last word, None after a clean stop."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    last_word, tell = Pipe(duplex=False)
    server = Granian(
        "megaapi_mock",
        address=terms.address,
        port=terms.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=GRANIAN_THREADS,
        # It counts connections, idle ones too, and takes no more once there are so many: twice
        # as many as we bear, so that one that is opened in a crowd still gets in.
        backpressure=2 * terms.limits.connections,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(1000 * min(HEADERS_WITHIN, terms.limits.request_seconds)),
            max_buffer_size=max(READ_AHEAD_LEAST, terms.limits.header_bytes),
        ),
        # A last resort: the worker ends itself earlier.
        workers_kill_timeout=math.ceil(terms.stop_grace + REQUESTS_GRACE) + 1,
        log_level=LogLevels.error,
        log_dictconfig=_LOGS,
    )
    # The parent's only errors announce the worker's end, which is told below in our words.
    logging.getLogger("_granian").setLevel(logging.CRITICAL)
    server.on_startup(partial(_end_on_hangup, server.signal_handler_interrupt))
    try:
        server.serve(target_loader=partial(_load, factory, terms, tell.send), wrap_loader=False)
    except SystemExit:
        if not last_word.poll():
            raise SystemExit("the serving process ended unexpectedly") from None
        # Ctrl-C reaches both; a worker that is faster than its parent (7 of 600) is no failure.
        if refusal := last_word.recv():
            raise SetupError(refusal) from None


def _end_on_hangup(interrupt: Callable[..., None]) -> None:
    """Granian starts its worker anew on SIGHUP, which would forget all state: end instead."""
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, interrupt)


def _load(factory: Callable[[], ServedApp], terms: _Terms, tell: _Tell) -> WatchedApp:
    """Build the app in the worker's main thread, before granian sets its own signal handlers."""
    # The parent hears Ctrl-C and hang-ups too and passes them on as SIGTERM, which may simply end
    # us until there is something to stop.
    for number in _stop_signals():
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_arenas()
    return_free_memory()
    allow_files(3 * terms.limits.connections)
    try:
        served = factory()
    except BaseException as error:
        _give_up(error, tell)
    reader = _wakeup()
    # Not a daemon: the worker's end waits for it, whereas atexit never runs here.
    threading.Thread(target=_keep, args=(served, terms, reader, tell), name="keeper").start()
    _announce(served, terms)
    app = WatchedApp(served, terms.limits)
    Watch(app, terms.port, terms.limits).start()
    return app


def _give_up(error: BaseException, tell: _Tell) -> NoReturn:
    """End a worker whose app cannot be built, also when threads of the half-built one still run."""
    if isinstance(error, SetupError):
        tell(str(error))
    else:
        traceback.print_exception(error)
    _leave(2 if isinstance(error, SetupError) else 1)


def _keep(served: ServedApp, terms: _Terms, reader: socket.socket, tell: _Tell) -> None:
    """Wait for the stop in the worker and see it through.

    Granian alone would wait for open streams for ever and not notice a killed parent at all.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None, "granian's worker is a process of its own"
    ready: list[Any] = []
    while not ready:
        if not threading.main_thread().is_alive():
            return  # granian failed and nobody asked for a stop: its error ends the process
        ready = wait([reader, parent.sentinel], timeout=0.5)
    reader.detach()  # stays open: a second Ctrl-C that found it closed would print an error
    orphan = parent.sentinel in ready
    if orphan:
        os.kill(os.getpid(), signal.SIGTERM)
    served.close_streams()
    # The main thread ends when the last request is answered: only then is everything owed.
    threading.main_thread().join(ORPHAN_GRACE if orphan else REQUESTS_GRACE)
    _finish(served, terms, ORPHAN_GRACE if orphan else terms.stop_grace)
    with suppress(BrokenPipeError):
        tell(None)
    if threading.main_thread().is_alive():
        _leave(0)


def _leave(code: int) -> NoReturn:
    """End the worker now."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed before we started
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


# --- waitress ---------------------------------------------------------------------------------


def _serve_with_waitress(factory: Callable[[], ServedApp], terms: _Terms) -> None:
    """Waitress in a thread of this process; the main thread waits for the signal."""
    from .waitress_server import WaitressServer

    reader = _wakeup()
    for number in _stop_signals():
        signal.signal(number, _noted)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    limit_arenas()
    return_free_memory()
    allow_files(3 * terms.limits.connections)
    served = factory()
    server = WaitressServer(
        served, terms.limits, host=terms.address, port=terms.port, threads=THREADS
    )
    threading.Thread(target=server.run, name="waitress", daemon=True).start()
    _announce(served, terms)
    reader.recv(1)
    reader.detach()
    served.close_streams()
    # Its threads finish their request and end while the loop goes on writing; what hangs is left
    # behind, being daemons.
    server.task_dispatcher.shutdown(timeout=math.ceil(REQUESTS_GRACE))
    _finish(served, terms, terms.stop_grace)


def _stop_signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _noted(number: int, frame: object) -> None:
    """A handler that leaves the work to whoever reads the wake-up socket."""


# --- both -------------------------------------------------------------------------------------


def _wakeup() -> socket.socket:
    """A socket that gets a byte for every signal handled, on Windows as well."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    return reader


def _announce(served: ServedApp, terms: _Terms) -> None:
    """Call `started` and `on_ready` once the server answers, without holding up the server."""
    threading.Thread(target=_await_ready, args=(served, terms), daemon=True).start()


def _await_ready(served: ServedApp, terms: _Terms) -> None:
    while not is_answering(terms.address, terms.port):
        time.sleep(0.005)
    getattr(served, "started", _nothing)()
    with suppress(BrokenPipeError):  # nobody reads the start screen: not our trouble
        terms.on_ready(url_of(terms.host, terms.port))


def _nothing() -> None:
    """For an app that need not know."""


def _finish(served: ServedApp, terms: _Terms, grace: float) -> None:
    abandoned = served.stop(grace)
    with suppress(BrokenPipeError):  # whoever read our output may have gone first
        terms.on_stopped(abandoned)
