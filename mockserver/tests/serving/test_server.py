"""Serving, held to its promises by real processes on free ports, stopped by their ids."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.errors import CUT, LATE, Overloaded, SetupError
from megaapi_mock.serving import server as serving
from megaapi_mock.serving.bodies import Limits
from megaapi_mock.serving.calls import WatchedApp

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
engines = pytest.mark.parametrize("engine", ["granian", "waitress"])
# Seconds that a stop may take (GRACE of the environment), those that it takes where it takes all,
# and seconds after which nothing is waited for any longer.
GRACE, SHORT_GRACE, PATIENCE = 60.0, 4.0, 60.0
SETUP_SENTENCE = "the world is broken: mend it with --world"


# --- what the processes under test serve -------------------------------------------------------


class App:
    """A tiny app whose stop takes as long as its kind says."""

    def __init__(self, kind: str) -> None:
        self.kind, self.closed, self.has_started = kind, threading.Event(), False
        self.large_answers = self.slow_begun = 0
        self.watcher: WatchedApp | None = None
        self.counts = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/stream":
            start_response("200 OK", [("Content-Type", "text/event-stream")])
            return self.events()
        if path == "/slow":  # an answer that takes a while, whatever close_streams says
            self.count(slow_begun=1)
            threading.Event().wait(float(environ["QUERY_STRING"]))
        status = "200 OK"
        if path == "/body":
            try:
                length = environ.get("CONTENT_LENGTH")
                environ["wsgi.input"].read(*[int(length)] if length else [])
            except Overloaded:
                status = "503 Service Unavailable"
            if CUT in environ:
                status = "400 Bad Request"
        if path == "/large":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return self.large()
        if path == "/bug":
            raise RuntimeError("made-up bug")
        body = json.dumps({"path": path, "started": self.has_started, **self.figures()}).encode()
        head = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("408 Request Timeout" if LATE in environ else status, head)
        return [body]

    def figures(self) -> dict[str, int]:
        """Large answers under way, slow ones that have begun, bytes of bodies that are held."""
        held = 0 if self.watcher is None else self.watcher.budget.bytes_held
        return {"large": self.large_answers, "slow_begun": self.slow_begun, "held": held}

    def count(self, **changes: int) -> None:
        with self.counts:
            for name, change in changes.items():
                setattr(self, name, getattr(self, name) + change)

    def watched_by(self, watcher: WatchedApp) -> None:
        self.watcher = watcher

    def events(self) -> Iterator[bytes]:
        yield b"data: hello\n\n"
        while not self.closed.wait(15):
            yield b": still here\n\n"

    def large(self) -> Iterator[bytes]:
        """A quarter of a gigabyte, and how many of it are under way."""
        self.count(large_answers=1)
        try:
            for _ in range(4096):
                yield b"x" * 65536
        finally:
            self.count(large_answers=-1)

    def started(self) -> None:
        self.has_started = True

    def close_streams(self) -> None:
        self.closed.set()

    def stop(self, grace: float) -> int:
        """`drains` takes one second and abandons 3; `clings` takes all it is given."""
        seconds, abandoned = {"drains": (1.0, 3), "clings": (grace, 7)}.get(self.kind, (0.0, 0))
        threading.Event().wait(seconds)
        return abandoned


def build(kind: str) -> Any:
    if kind == "mock":
        from megaapi_mock.web.app import build_app

        return build_app()
    if kind == "refuses":
        raise SetupError(SETUP_SENTENCE)
    if kind == "crashes":
        threading.Thread(target=threading.Event().wait).start()  # must not keep the worker alive
        raise RuntimeError("made-up bug at start")
    if kind == "dawdles":
        say("building", kind)
        threading.Event().wait(2.0)
    return App(kind)


def say(word: str, fact: object) -> None:
    print(word, fact, os.getpid(), flush=True)


def main(engine: serving.Engine, kind: str, host: str, port: str, method: str) -> None:
    """What a command line does around serve()."""
    if method:
        multiprocessing.set_start_method(method)
    try:
        serving.serve(
            partial(build, kind),
            host=host,
            port=int(port),
            stop_grace=float(os.environ.get("GRACE", GRACE)),
            on_ready=partial(say, "ready"),
            on_stopped=partial(say, "stopped"),
            engine=engine,
            limits=Limits(**json.loads(os.environ.get("LIMITS", "{}"))),
        )
    except SetupError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


# --- how the tests look at them ----------------------------------------------------------------


def until(fact: Callable[[], Any], what: str, *, limit: float = PATIENCE) -> Any:
    """What `fact` returns once it is true; looked at every 10 ms for `limit` seconds."""
    end, pause = time.monotonic() + limit, threading.Event()
    while not (found := fact()):
        assert time.monotonic() < end, f"not within {limit} s: {what}"
        pause.wait(0.01)
    return found


class Running:
    """A process that serves, in a session of its own, so that Ctrl-C can be sent to all of it."""

    def __init__(
        self,
        folder: Path,
        engine: str,
        *,
        kind: str = "plain",
        host: str = "127.0.0.1",
        port: int = 0,
        method: str = "",
    ) -> None:
        self.out, self.err = folder / "out", folder / "err"
        command = [sys.executable, __file__, engine, kind, host, str(port), method]
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)

    def line(self, word: str) -> list[str]:
        """The line of its output that begins with `word`, in words; nothing if not there yet."""
        lines = [line.split() for line in self.out.read_text().splitlines()]
        return next((line for line in lines if len(line) == 3 and line[0] == word), [])

    def ready(self) -> Running:
        until(lambda: self.line("ready") or self.process.poll() is not None, "ready")
        assert self.line("ready"), self.err.read_text()
        return self

    @property
    def url(self) -> str:
        return self.line("ready")[1]

    @property
    def serving_pid(self) -> int:
        return int(self.line("ready")[2])

    def ask(self, path: str) -> socket.socket:
        """A connection with a GET sent on it."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        asker = socket.create_connection((host.strip("[]"), int(port)), PATIENCE)
        asker.sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        return asker

    def get(self, path: str = "/") -> bytes:
        with closing(self.ask(path)) as asker:
            return read_whole(asker)

    def streams(self, count: int, stack: ExitStack) -> list[socket.socket]:
        """Event streams whose first event has come."""
        opened = [stack.enter_context(closing(self.ask("/stream"))) for _ in range(count)]
        for stream in opened:
            read_until(stream, b"hello")
        return opened

    def figure(self, name: str) -> int:
        """One of what the app counts."""
        return int(json.loads(self.get().partition(b"\n")[2])[name])

    def exit_code(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE)

    def stopped_by(self, number: int) -> tuple[int, float]:
        """Its exit code, and how long it took."""
        begin = time.monotonic()
        self.process.send_signal(number)
        return self.exit_code(), time.monotonic() - begin


def read_until(asker: socket.socket, end: bytes) -> bytes:
    got = b""
    while end not in got:
        got += (more := asker.recv(65536))
        assert more, f"closed after {got!r}"
    return got


def read_whole(asker: socket.socket) -> bytes:
    """One answer with a length, its status line first."""
    head, _, body = read_until(asker, b"\r\n\r\n").partition(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += (more := asker.recv(65536))
        assert more, f"closed after {len(body)} of {length} bytes"
    return head.splitlines()[0] + b"\n" + body


def gone(pid: int) -> bool:
    """Whether no process has this id; a zombie waits for an init that is not ours."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    with suppress(FileNotFoundError):
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    return False


Start = Callable[..., Running]


@contextmanager
def starting(tmp_path: Path) -> Iterator[Start]:
    begun: list[Running] = []

    def start(engine: str, **options: Any) -> Running:
        folder = tmp_path / str(len(begun))
        folder.mkdir()
        begun.append(Running(folder, engine, **options))
        return begun[-1]

    try:
        yield start
    finally:
        for running in begun:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts processes that serve, and ends those still there when the test ends."""
    with starting(tmp_path) as start:
        yield start


# --- the start ---------------------------------------------------------------------------------


@engines
def test_it_answers_and_says_nothing_else(start: Start, engine: str) -> None:
    running = start(engine).ready()
    assert b'"path": "/hello"' in running.get("/hello")
    assert len(running.out.read_text().splitlines()) == 1
    assert running.err.read_text() == ""


@engines
def test_started_comes_before_ready(start: Start, engine: str) -> None:
    assert b'"started": true' in start(engine).ready().get()


@engines
@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("::1", "http://[::1]:"),
        ("localhost", "http://localhost:"),
        ("0.0.0.0", "http://127.0.0.1:"),
    ],
)
def test_the_address_shown_can_be_called(start: Start, engine: str, host: str, shown: str) -> None:
    running = start(engine, host=host).ready()
    assert running.url.startswith(shown)
    assert b"200 OK" in running.get()


@engines
def test_a_taken_port_is_one_sentence(start: Start, engine: str) -> None:
    first = start(engine).ready()
    port = int(first.url.rpartition(":")[2])
    second = start(engine, port=port)
    assert second.exit_code() == 2
    here, advice = f"port {port} on 127.0.0.1", "stop what listens there or choose another"
    assert second.err.read_text() == f"{here} is taken: {advice} with --port\n"
    assert b"200 OK" in first.get()


@engines
def test_a_refused_set_up_is_one_sentence(start: Start, engine: str) -> None:
    running = start(engine, kind="refuses")
    assert running.exit_code() == 2
    assert running.err.read_text() == f"{SETUP_SENTENCE}\n"
    assert running.out.read_text() == ""


@posix_only
def test_a_crash_at_the_start_is_shown_once_and_ends_it_all(start: Start) -> None:
    running = start("granian", kind="crashes")
    assert running.exit_code() == 1
    assert running.err.read_text().count("made-up bug at start") == 2  # its source line, itself
    assert running.err.read_text().endswith("the serving process ended unexpectedly\n")


@engines
def test_a_bug_in_the_app_is_shown_and_costs_one_request(start: Start, engine: str) -> None:
    running = start(engine).ready()
    with closing(running.ask("/bug")) as asker:
        assert b" 500 " in asker.recv(20)
    until(lambda: "made-up bug" in running.err.read_text(), "the traceback")
    assert b"200 OK" in running.get()


def test_without_granian_waitress_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "granian", None)
    assert serving._best_engine() == "waitress"


# --- living together ---------------------------------------------------------------------------


@engines
def test_streams_and_requests_live_together(start: Start, engine: str) -> None:
    running = start(engine).ready()
    with ExitStack() as stack:
        running.streams(20, stack)
        begin = time.monotonic()
        for _ in range(50):
            assert b"200 OK" in running.get()
        # A stream speaks every 15 seconds: no request has waited for one.
        assert time.monotonic() - begin < PATIENCE


@pytest.mark.skipif(sys.platform != "linux", reason="granian's connections are found on Linux")
@engines
def test_a_body_that_stops_coming_is_given_up(
    start: Start, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMITS", '{"request_seconds": 2}')
    server = start(engine).ready()
    head = b"POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n"
    with closing(server.ask("/")) as idle, closing(server.ask("/slow?9")) as slow:
        read_whole(idle)
        # What began before is not a body that stops, however long its answer takes.
        threading.Event().wait(2)
        with closing(server.ask("/")) as stalled:
            read_whole(stalled)
            stalled.sendall(head + b"0123456789")
            assert server.get().startswith(b"HTTP/1.1 200")
            got = stalled.recv(4096)
            assert got == b"" or got.startswith(b"HTTP/1.1 408")
        assert read_whole(slow).startswith(b"HTTP/1.1 200")
    assert server.get().startswith(b"HTTP/1.1 200")


@engines
def test_idle_connections_shut_nobody_out(start: Start, engine: str) -> None:
    running = start(engine).ready()
    with ExitStack() as stack:
        for _ in range(150):
            read_whole(stack.enter_context(closing(running.ask("/"))))
        assert b"200 OK" in running.get()


# --- the stop ----------------------------------------------------------------------------------


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("engine", "method"), [("granian", ""), ("granian", "spawn"), ("waitress", "")]
)
def test_a_stop_drains_with_streams_open(
    start: Start, engine: str, method: str, number: int
) -> None:
    running = start(engine, kind="drains", method=method).ready()
    with ExitStack() as stack:
        running.streams(20, stack)
        code, took = running.stopped_by(number)
    assert (code, running.line("stopped")[1]) == (0, "3")
    assert 1.0 <= took < GRACE
    assert running.err.read_text() == ""
    assert len(running.out.read_text().splitlines()) == 2


@posix_only
@engines
def test_more_ctrl_c_changes_nothing(start: Start, engine: str) -> None:
    running = start(engine, kind="drains").ready()
    pause = threading.Event()
    while running.process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGINT)
        pause.wait(0.1)
    assert running.process.returncode == 0
    assert running.line("stopped")[1] == "3"
    assert running.err.read_text() == ""


@posix_only
@engines
def test_a_request_in_flight_is_answered(start: Start, engine: str) -> None:
    running = start(engine).ready()
    with closing(running.ask("/slow?0.7")) as asker:
        until(lambda: running.figure("slow_begun") == 1, "the slow one has been taken up")
        code, _ = running.stopped_by(signal.SIGTERM)
        assert b"200 OK" in read_whole(asker)
    assert (code, running.line("stopped")[1]) == (0, "0")


@posix_only
@engines
def test_a_stop_ends_in_time_whatever_hangs(
    start: Start, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRACE", str(SHORT_GRACE))
    running = start(engine, kind="clings").ready()
    with ExitStack() as stack:
        running.streams(20, stack)
        stack.enter_context(closing(running.ask("/slow?600")))
        until(lambda: running.figure("slow_begun") == 1, "the slow one has been taken up")
        code, took = running.stopped_by(signal.SIGTERM)
    assert (code, running.line("stopped")[1]) == (0, "7")
    assert SHORT_GRACE <= took < PATIENCE
    assert running.err.read_text() == ""


@posix_only
@engines
def test_ctrl_c_while_the_app_is_built(start: Start, engine: str) -> None:
    running = start(engine, kind="dawdles")
    until(lambda: running.line("building"), "the building has begun")
    os.killpg(running.process.pid, signal.SIGINT)
    assert (running.exit_code(), running.err.read_text()) == (0, "")


@posix_only
@engines
def test_a_closed_terminal_ends_it(start: Start, engine: str) -> None:
    running = start(engine).ready()
    assert running.stopped_by(signal.SIGHUP)[0] == 0
    assert running.line("stopped")


@posix_only
def test_the_worker_follows_a_killed_parent(start: Start) -> None:
    running = start("granian", kind="clings").ready()
    worker = running.serving_pid
    assert worker != running.process.pid
    with ExitStack() as stack:
        running.streams(20, stack)
        running.process.kill()
        running.process.wait()
        # Not after all that its stop may take.
        until(lambda: gone(worker), "the worker is gone", limit=GRACE / 2)
    assert running.err.read_text() == ""


@posix_only
def test_the_parent_follows_a_stopped_worker(start: Start) -> None:
    """On Ctrl-C the worker may be gone before its parent has told it to go."""
    running = start("granian").ready()
    os.kill(running.serving_pid, signal.SIGINT)
    assert running.exit_code() == 0
    assert running.line("stopped")
    assert running.err.read_text() == ""


@posix_only
def test_the_parent_follows_a_killed_worker(start: Start) -> None:
    running = start("granian").ready()
    os.kill(running.serving_pid, signal.SIGKILL)
    assert running.exit_code() == 1
    assert running.err.read_text() == "the serving process ended unexpectedly\n"


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
