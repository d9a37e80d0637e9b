"""Starting the servers that are compared, each alone on one core, and asking what they use."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
KEY, TOKEN = "megacode-TESTKEY0001", "TESTKEY0001"
START_LIMIT = 60.0
# Between two attempts to get the first answer; it bounds the error of the start-up time.
POLL = 0.002

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER_CORE, LOAD_CORE = CORES[-1:], CORES[:-1]


@dataclass(frozen=True)
class Case:
    """One request, as bytes for the generator, and the statuses a server may answer with."""

    name: str
    method: str
    path: str
    body: str = ""
    statuses: tuple[int, ...] = (200,)

    @property
    def request(self) -> bytes:
        """As it goes over the wire; Prism wants the bearer token as well."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Accept: application/json",
            f"Authorization: Bearer {TOKEN}",
        ]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", self.body]).encode()


STATUS = Case("status GET", "GET", f"/rest/instance/{KEY}")
SEND_TEXT = Case(
    "send text",
    "POST",
    f"/rest/sendMessage/{KEY}/text",
    '{"messageData": {"to": "5511900000002", "text": "Pedido 42 confirmado"}}',
    # json-server's own word for an item that it has made.
    statuses=(200, 201),
)
INVALID = Case(
    "invalid body",
    "POST",
    f"/rest/sendMessage/{KEY}/text",
    '{"messageData": {"text": "Pedido 42 confirmado"}}',
)


@dataclass
class Server:
    """A server process with its children."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    startup: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    # Processes that work for it and are not its own: those of its database.
    beside: Callable[[], Sequence[int]] = tuple

    def call(self, case: Case) -> tuple[int, bytes]:
        """One request on a connection of its own."""
        asker = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_LIMIT)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        try:
            asker.request(case.method, case.path, case.body or None, headers)
            reply = asker.getresponse()
            return reply.status, reply.read()
        finally:
            asker.close()

    def expected(self, case: Case) -> int:
        """The status this server gives to the case; SystemExit when it is none of those meant."""
        status, body = self.call(case)
        if status not in case.statuses:
            raise SystemExit(f"{self.name} answers {case.name} with {status}: {body[:300]!r}")
        return status

    def cpu(self) -> float:
        """CPU seconds so far, all processes of the server and of its database together."""
        return sum(cpu_seconds(pid) for pid in self.processes())

    def thread_cpu(self) -> float:
        """The same to the microsecond, for short spells in which no thread ends."""
        return sum(thread_seconds(pid) for pid in self.processes())

    def processes(self) -> list[int]:
        """All that work for it, its database too."""
        return [*family(self.process.pid), *self.beside()]

    def pss(self) -> float:
        """Proportional set size in MB (10^6 bytes), all processes of the server together."""
        return sum(memory_of(pid) for pid in family(self.process.pid)) / 1e6


@contextmanager
def ours() -> Iterator[Server]:
    """This mock with everything at its default: state, journal, courier."""
    port = free_port()
    argv = [sys.executable, "-m", "megaapi_mock", "serve", "--port", str(port), "--quiet"]
    with running("ours", port, argv) as server:
        yield server


@contextmanager
def plain(cores: Sequence[int]) -> Iterator[Server]:
    """The server that does nothing: ceiling of the generator, receiver of webhooks."""
    script = Path(__file__).with_name("plain.py")
    with on_cores(cores):
        process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Server("plain", int(process.stdout.readline()), process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def running(
    name: str, port: int, argv: list[str], cores: Sequence[int] = SERVER_CORE
) -> Iterator[Server]:
    """A server from its start until it answers, and then as long as it is needed."""
    with tempfile.TemporaryFile() as output:
        with on_cores(cores):
            began = time.perf_counter()
            process = subprocess.Popen(
                argv,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = Server(name, port, process)
        try:
            _await_answer(server, began)
            yield server
        except BaseException:
            output.seek(0)
            sys.stderr.write(output.read().decode(errors="replace")[-2000:])
            raise
        finally:
            _stop(process)


def _await_answer(server: Server, began: float) -> None:
    """Until the status call is answered with 200."""
    while time.perf_counter() - began < START_LIMIT:
        with suppress(OSError, http.client.HTTPException):
            if server.call(STATUS)[0] == 200:
                server.startup = time.perf_counter() - began
                return
        if server.process.poll() is not None:
            raise SystemExit(f"{server.name} ended with code {server.process.returncode}")
        time.sleep(POLL)
    raise SystemExit(f"{server.name} does not answer within {START_LIMIT:.0f} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # The session is ours alone: whatever the server left behind goes too.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def on_cores(cores: Sequence[int]) -> Iterator[None]:
    """What is started here runs on these cores, with all its threads and children."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def load(server: Server, case: Case, **limits: float) -> dict[str, float]:
    """Fire one case at a server from a process of its own; SystemExit when replies were wrong."""
    status = server.statuses.get(case.name) or server.expected(case)
    server.statuses[case.name] = status
    script = Path(__file__).with_name("load.py")
    argv = [sys.executable, str(script), "--port", str(server.port), "--status", str(status)]
    for name, value in limits.items():
        argv += [f"--{name}", str(value)]
    with on_cores(LOAD_CORE):
        process = subprocess.run(argv, input=case.request, stdout=subprocess.PIPE, check=True)
    measured: dict[str, float] = json.loads(process.stdout)
    if measured["wrong"]:
        raise SystemExit(f"{server.name}, {case.name}: wrong replies {measured['wrong']}")
    return measured


def family(pid: int) -> list[int]:
    """A process and everything it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The command in the second field may hold anything, also blanks and brackets.
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    pids = [pid]
    for parent_id in pids:
        pids += parents.get(parent_id, [])
    return pids


def memory_of(pid: int) -> int:
    """Proportional set size of one process in bytes; 0 where nobody tells."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(pid: int) -> float:
    """CPU time of one process, in user and kernel mode, in steps of 10 ms; 0 where nobody tells."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def thread_seconds(pid: int) -> float:
    """CPU time of the threads that one process has, exactly; those that have ended are left out."""
    used = 0
    for schedule in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            used += int(schedule.read_text().split()[0])
    return used / 1e9


def free_port() -> int:
    """A port nobody listens on right now, and that no connection is given by chance.

    Below those that systems give to whoever asks for any: another test could be given it next.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
