"""Serving one WSGI app on granian or waitress: a port that is free, a quiet start, a clean stop.

Granian 2.8.7 was measured with one core for the server and 16 kept-alive connections from another
(CPython 3.11; requests/s in thousands, p99 in ms):

    blocking_threads                     1     2     4     8     16    64
    100 us of Python for each request    10.6  9.7   10.1  13.2  15.1  14.6
      p99                                2.8   3.6   3.5   3.9   4.2   3.5
    plain Flask                          7.1   7.4   7.7   9.3   9.9   9.7
      p99                                4.9   4.5   5.2   5.7   6.3   6.0

A wait holds no thread (`deferred.py`). An open event stream holds one, and the N-th stream on N
threads stops everybody else (tried with 1, 2, 8 and 64). Hence 64: fastest within the noise, and 20
streams beside the load cost nothing. Granian begins threads on demand (4 in all after one quiet
client). Runtime threads 1 or 2, runtime mode, HTTP/1 only or not, pipeline_flush, list or iterator
as response and the interpreter's switch interval made no difference.
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
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Pipe, wait
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol

from ..errors import SetupError
from .bodies import HEADERS_WITHIN, Limits
from .calls import WatchedApp
from .connections import Watch
from .deferred import DEFERRED_MOST
from .granian_calls import use_own_adapter
from .malloc import limit_arenas, return_free_memory
from .ports import allow_files, free_address, is_answering, url_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Engine = Literal["granian", "waitress"]
_LIMITS = Limits()
_Report = Callable[[str | None], object]

THREADS = 64
# Granian begins threads on demand, so each call may have one: a client that stops in the middle of
# its body holds only its own (with 64, 70 such clients shut everybody else out).
GRANIAN_THREADS = 512
# Seconds after which one of them ends that has nothing to do.
GRANIAN_THREADS_IDLE = 10
# Files that a connection may need: its own, and those of what it causes.
FILES_FOR_EACH = 3
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
class _ServerOptions:
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
    address, port = free_address(host, port)
    limits = _with_files(limits)
    options = _ServerOptions(host, address, port, stop_grace, on_ready, on_stopped, limits)
    if (engine or _best_engine()) == "granian":
        _serve_with_granian(factory, options)
    else:
        _serve_with_waitress(factory, options)
    # Python gives handled signals back their default on its way out: a late Ctrl-C would kill.
    for number in _stop_signals():
        signal.signal(number, signal.SIG_IGN)


def _with_files(limits: Limits) -> Limits:
    """As many connections as this process may have: a third of its files, as webhooks need some."""
    files = allow_files(FILES_FOR_EACH * limits.connections)
    return replace(limits, connections=files // FILES_FOR_EACH)


def _best_engine() -> Engine:
    """Granian where it serves from a process of its own (not without the GIL), else waitress."""
    if sys.platform == "win32" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "waitress"
    try:
        import granian  # noqa: F401
    except ImportError:
        return "waitress"
    return "granian"


# --- granian ----------------------------------------------------------------------------------


def _serve_with_granian(factory: Callable[[], ServedApp], options: _ServerOptions) -> None:
    """Granian's parent: it watches the worker and hears its last word, None after a clean stop."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    last_word, report = Pipe(duplex=False)
    server = Granian(
        "megaapi_mock",
        address=options.address,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=GRANIAN_THREADS,
        blocking_threads_idle_timeout=GRANIAN_THREADS_IDLE,
        # It counts connections, idle ones too, and takes no more once there are so many: twice
        # as many as we bear, so that one that is opened in a crowd still gets in.
        backpressure=2 * options.limits.connections + DEFERRED_MOST,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(1000 * min(HEADERS_WITHIN, options.limits.request_seconds)),
            max_buffer_size=max(READ_AHEAD_LEAST, options.limits.header_bytes),
        ),
        # A last resort: the worker ends itself earlier.
        workers_kill_timeout=math.ceil(options.stop_grace + REQUESTS_GRACE) + 1,
        log_level=LogLevels.error,
        log_dictconfig=_LOGS,
    )
    # The parent's only errors announce the worker's end, which is told below in our words.
    logging.getLogger("_granian").setLevel(logging.CRITICAL)
    server.on_startup(partial(_end_on_hangup, server.signal_handler_interrupt))
    try:
        server.serve(target_loader=partial(_load, factory, options, report.send), wrap_loader=False)
    except SystemExit:
        if not last_word.poll():
            raise SystemExit("the serving process ended unexpectedly") from None
        # Ctrl-C reaches both; a worker that is faster than its parent (7 of 600) is not a failure.
        if refusal := last_word.recv():
            raise SetupError(refusal) from None


def _end_on_hangup(interrupt: Callable[..., None]) -> None:
    """Granian starts its worker again on SIGHUP, which would forget all state: end instead."""
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, interrupt)


def _load(factory: Callable[[], ServedApp], options: _ServerOptions, report: _Report) -> WatchedApp:
    """Build the app in the worker's main thread, before granian sets its own signal handlers."""
    # The parent hears Ctrl-C and hang-ups too and passes them on as SIGTERM, which may simply end
    # us until there is something to stop.
    for number in _stop_signals():
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_arenas()
    return_free_memory()
    use_own_adapter()
    try:
        served_app = factory()
    except BaseException as error:
        _give_up(error, report)
    reader = _wakeup()
    # Not a daemon: the worker's end waits for it, whereas atexit never runs here.
    threading.Thread(
        target=_wait_for_stop, args=(served_app, options, reader, report), name="keeper"
    ).start()
    _announce(served_app, options)
    app = WatchedApp(served_app, options.limits)
    Watch(app, options.port, options.limits, threads=GRANIAN_THREADS).start()
    return app


def _give_up(error: BaseException, report: _Report) -> NoReturn:
    """End a worker whose app cannot be built, also when threads of the half-built one still run."""
    if isinstance(error, SetupError):
        report(str(error))
    else:
        traceback.print_exception(error)
    _leave(2 if isinstance(error, SetupError) else 1)


def _wait_for_stop(
    served_app: ServedApp, options: _ServerOptions, reader: socket.socket, report: _Report
) -> None:
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
    served_app.close_streams()
    # The main thread ends when the last request is answered: only then is everything owed.
    threading.main_thread().join(ORPHAN_GRACE if orphan else REQUESTS_GRACE)
    _finish(served_app, options, ORPHAN_GRACE if orphan else options.stop_grace)
    with suppress(BrokenPipeError):
        report(None)
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


def _serve_with_waitress(factory: Callable[[], ServedApp], options: _ServerOptions) -> None:
    """Waitress in a thread of this process; the main thread waits for the signal."""
    from .waitress_server import WaitressServer

    reader = _wakeup()
    for number in _stop_signals():
        signal.signal(number, _ignore_signal)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    limit_arenas()
    return_free_memory()
    served_app = factory()
    server = WaitressServer(
        served_app, options.limits, host=options.address, port=options.port, threads=THREADS
    )
    threading.Thread(target=server.run, name="waitress", daemon=True).start()
    _announce(served_app, options)
    reader.recv(1)
    reader.detach()
    served_app.close_streams()
    # Its threads finish their request and end while the loop goes on writing; what hangs is left
    # behind, being daemons.
    server.task_dispatcher.shutdown(timeout=math.ceil(REQUESTS_GRACE))
    _finish(served_app, options, options.stop_grace)


def _stop_signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _ignore_signal(number: int, frame: object) -> None:
    """A handler that leaves the work to whoever reads the wake-up socket."""


# --- both -------------------------------------------------------------------------------------


def _wakeup() -> socket.socket:
    """A socket that gets a byte for every signal handled, on Windows as well."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    return reader


def _announce(served_app: ServedApp, options: _ServerOptions) -> None:
    """Call `started` and `on_ready` once the server answers, without holding up the server."""
    threading.Thread(target=_await_ready, args=(served_app, options), daemon=True).start()


def _await_ready(served_app: ServedApp, options: _ServerOptions) -> None:
    while not is_answering(options.address, options.port):
        time.sleep(0.005)
    getattr(served_app, "started", _do_nothing)()
    with suppress(BrokenPipeError):  # nobody reads the start screen: not our trouble
        options.on_ready(url_of(options.host, options.port))


def _do_nothing() -> None:
    """For an app that need not know."""


def _finish(served_app: ServedApp, options: _ServerOptions, grace: float) -> None:
    abandoned = served_app.stop(grace)
    with suppress(BrokenPipeError):  # whoever read our output may have gone first
        options.on_stopped(abandoned)
