"""Starting the peers, each as its own manual says, and what each does with a text that is sent."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers import CHECKOUT, Server, free_port, running

from .names import JSON_SERVER, MOCKOON, PRISM, WIREMOCK, WIREMOCK_BARE, WIREMOCK_JOURNAL
from .peer_files import (
    KEPT_BY_JSON_SERVER,
    Contract,
    write_json_server,
    write_mockoon,
    write_wiremock,
)

INSTALLED = CHECKOUT / "benchmarks" / "peers" / "node_modules"
Start = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True)
class Peer:
    """A program that could be used instead of this mock. `does` says what a send costs it."""

    name: str
    start: Callable[[Contract], AbstractContextManager[Server]]
    does: str


@contextmanager
def prism(contract: Contract) -> Iterator[Server]:
    """Stoplight Prism on the contract in one file, without a line per call."""
    port = free_port()
    where = ["-h", "127.0.0.1", "-p", str(port), "-v", "silent"]
    command = [_program("prism"), "mock", str(contract.path), *where]
    with running(PRISM, port, command) as server:
        yield server


@contextmanager
def mockoon(contract: Contract) -> Iterator[Server]:
    """Mockoon's command without its log file; it has no switch against a line per call."""
    with tempfile.TemporaryDirectory() as folder:
        environment, port = Path(folder, "environment.json"), free_port()
        write_mockoon(environment, contract)
        where = ["--port", str(port), "--hostname", "127.0.0.1", "--disable-log-to-file"]
        command = [_program("mockoon-cli"), "start", "--data", str(environment), *where]
        with running(MOCKOON, port, command) as server:
            yield server


@contextmanager
def json_server(contract: Contract) -> Iterator[Server]:
    """json-server with its state in memory, without a line per call."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        write_json_server(Path(folder), contract)
        files = [str(Path(folder, name)) for name in ("state.js", "routes.json", "bounded.js")]
        where = ["--host", "127.0.0.1", "--port", str(port), "--quiet", "--snapshots", folder]
        command = [_program("json-server"), files[0], "--routes", files[1]]
        with running(JSON_SERVER, port, [*command, "--middlewares", files[2], *where]) as server:
            yield server


@contextmanager
def wiremock(
    contract: Contract, name: str, *, journal: bool, validates: bool = True
) -> Iterator[Server]:
    """WireMock's standalone program; an answer has its length, as the load generator expects."""
    (program,) = (INSTALLED / "wiremock" / "build").glob("wiremock-standalone-*.jar")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        write_wiremock(Path(folder), contract, validates=validates)
        where = ["--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", folder]
        quiet = ["--disable-banner", "--disable-request-logging", "--use-chunked-encoding", "never"]
        command = ["java", "-jar", str(program), *where, *quiet]
        if not journal:
            command.append("--no-request-journal")
        with running(name, port, command) as server:
            yield server


def _program(name: str) -> str:
    return str(INSTALLED / ".bin" / name)


def _wiremock(
    name: str, *, journal: bool, validates: bool = True
) -> Callable[[Contract], AbstractContextManager[Server]]:
    return lambda contract: wiremock(contract, name, journal=journal, validates=validates)


PEERS = (
    Peer(
        PRISM,
        prism,
        "checks token and body against the contract; always the same answer; no state, no journal, "
        "no webhooks",
    ),
    Peer(
        WIREMOCK_JOURNAL,
        _wiremock(WIREMOCK_JOURNAL, journal=True),
        "checks token and body (`matchesJsonSchema`); always the same answer; a journal without a "
        "limit, in memory; no state; could send webhooks, is not asked to",
    ),
    Peer(
        WIREMOCK,
        _wiremock(WIREMOCK, journal=False),
        "the same without its journal",
    ),
    Peer(
        WIREMOCK_BARE,
        _wiremock(WIREMOCK_BARE, journal=False, validates=False),
        "the same, and the body is not looked at",
    ),
    Peer(
        MOCKOON,
        mockoon,
        "checks token and two fields by rules; always the same answer; keeps the last 100 calls; "
        "no state; could call back, is not asked to",
    ),
    Peer(
        JSON_SERVER,
        json_server,
        f"checks nothing; keeps the body as an item (here the newest {KEPT_BY_JSON_SERVER:,}, in "
        "memory) and answers with it; no journal, no webhooks",
    ),
)
