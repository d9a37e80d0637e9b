"""Text sends on every server in turn: all of them are up, one at a time is busy."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from servers import INVALID, SEND_TEXT, SERVER_CORE, Server, load, plain

from .mocks import Stores
from .names import MEMORY, STORES
from .peer_files import Contract
from .peers import PEERS
from .progress import say
from .report import Memory, Report, Sends


@dataclass(frozen=True)
class Terms:
    """How many rounds, how long, and how much before them; `sends` before memory is read."""

    rounds: int
    seconds: float
    warm_up: float
    peer_warm_up: float
    sends: int


def measure_sends(contract: Contract, stores: Stores, terms: Terms, report: Report) -> None:
    """Every server's rounds, what it says to a body without `to`, and our memory afterwards."""
    report["ceiling"] = ceiling()
    with ExitStack() as opened:
        servers = _started(opened, contract, stores)
        report["does"] = {peer.name: peer.does for peer in PEERS}
        report["refuses"] = {server.name: refusal(server) for server in servers}
        for server in servers:
            seconds = terms.warm_up if server.name in STORES else terms.peer_warm_up
            say(f"warm-up of {seconds:g} s: {server.name}")
            load(server, SEND_TEXT, seconds=seconds)
        report["sends"] = rounds(servers, terms)
        memory = next(server for server in servers if server.name == MEMORY)
        report["memory"] = memory_after(memory, terms.sends)


def ceiling() -> float:
    """Requests a second that the generator makes of a server that does nothing."""
    with plain(SERVER_CORE) as server:
        return load(server, SEND_TEXT, seconds=2)["rate"]


def _started(opened: ExitStack, contract: Contract, stores: Stores) -> list[Server]:
    servers = []
    for store in stores.names:
        say(f"start: {store}")
        servers.append(opened.enter_context(stores.mock(store, stores.new(store))))
    for peer in PEERS:
        say(f"start: {peer.name}")
        servers.append(opened.enter_context(peer.start(contract)))
    return servers


def refusal(server: Server) -> str:
    """The status that a text without a recipient gets."""
    status, _ = server.call(INVALID)
    return str(status)


def rounds(servers: Sequence[Server], terms: Terms) -> dict[str, Sends]:
    """The figures of each server by its name. Each round begins with another one."""
    measured: dict[str, Sends] = {
        server.name: Sends(rate=[], per_cpu=[], p50_ms=[], p99_ms=[]) for server in servers
    }
    for number in range(terms.rounds):
        turn = number % len(servers)
        for server in (*servers[turn:], *servers[:turn]):
            say(f"round {number + 1} of {terms.rounds}: {server.name}")
            _add_round(measured[server.name], server, terms.seconds)
    return measured


def _add_round(figures: Sends, server: Server, seconds: float) -> None:
    used = server.cpu()
    found = load(server, SEND_TEXT, seconds=seconds)
    figures["rate"].append(found["rate"])
    figures["per_cpu"].append(found["requests"] / max(server.cpu() - used, 0.01))
    figures["p50_ms"].append(found["p50_ms"])
    figures["p99_ms"].append(found["p99_ms"])


def memory_after(server: Server, sends: int) -> Memory:
    """PSS once a server has had so many sends more."""
    say(f"memory after {sends:,} sends")
    load(server, SEND_TEXT, requests=sends)
    return Memory(sends=sends, mb=server.pss())
