"""Two processes on one PostgreSQL, and a thousand waits and streams beside sends."""

from __future__ import annotations

import subprocess
import sys

from open_waits import is_open, opened
from servers import CORES, SEND_TEXT, Server, free_port, load

from .mocks import Stores
from .names import MEMORY, POSTGRES
from .progress import say
from .report import Pair, Report

WAITERS = 1_000
# What a command says at once, when it refuses its options.
_REFUSED_WITHIN = 10.0


def measure_processes(stores: Stores, rounds: int, seconds: float, report: Report) -> None:
    """One process and two, on every core there is: their database and the load need one too."""
    pair = Pair(without=[], with_=[], reason=_refusal(stores))
    report["processes"] = pair
    if pair["reason"]:
        return
    for number in range(1, rounds + 1):
        for workers, figures in ((1, pair["without"]), (2, pair["with_"])):
            say(f"{workers} processes on PostgreSQL, round {number} of {rounds}")
            url = stores.new(POSTGRES)
            options = ("--workers", str(workers))
            with stores.mock(POSTGRES, url, options, cores=CORES) as server:
                load(server, SEND_TEXT, seconds=seconds)
                figures.append(load(server, SEND_TEXT, seconds=seconds)["rate"])
            stores.drop(url)


def _refusal(stores: Stores) -> str:
    """What `serve --workers 2` says where it does not start; nothing where it does."""
    if POSTGRES not in stores.names:
        return "PostgreSQL is not installed"
    url = stores.new(POSTGRES)
    argv = [sys.executable, "-m", "megaapi_mock", "serve", "--port", str(free_port()), "--quiet"]
    process = subprocess.Popen(
        [*argv, "--store", url, "--workers", "2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        said, _ = process.communicate(timeout=_REFUSED_WITHIN)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.communicate()
        return ""
    finally:
        stores.drop(url)
    return said.decode().strip().splitlines()[-1]


def measure_waits(stores: Stores, rounds: int, seconds: float, report: Report) -> None:
    """Sends without and with a thousand waits and streams of another instance."""
    pair = Pair(without=[], with_=[], reason="")
    report["waits"] = pair
    with stores.mock(MEMORY, stores.new(MEMORY)) as server:
        load(server, SEND_TEXT, seconds=2)
        for number in range(1, rounds + 1):
            say(f"{WAITERS:,} waits and streams, round {number} of {rounds}")
            pair["without"].append(load(server, SEND_TEXT, seconds=seconds)["rate"])
            with opened(server.port, WAITERS) as sockets:
                pair["reason"] = _loaded(server, seconds, pair["with_"])
                still = sum(is_open(waiter) for waiter in sockets)
            if still < WAITERS:
                pair["reason"] = f"only {still:,} of {WAITERS:,} stay open"
            if pair["reason"]:
                return


def _loaded(server: Server, seconds: float, rates: list[float]) -> str:
    """Add a rate; or say why there is none."""
    try:
        rates.append(load(server, SEND_TEXT, seconds=seconds)["rate"])
    except SystemExit as refusal:
        return str(refusal)
    return ""
