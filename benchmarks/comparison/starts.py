"""Starts of every server: seconds until the first good answer, and memory before any load."""

from __future__ import annotations

from servers import SEND_TEXT, load

from .judgement import STORED
from .mocks import Stores
from .names import SQLITE
from .peer_files import Contract
from .peers import PEERS
from .progress import say
from .report import Report, Starts


def measure_starts(contract: Contract, stores: Stores, times: int, report: Report) -> None:
    """So many starts of each server, in turns; our mock on a new store each time."""
    measured: dict[str, Starts] = {}
    for number in range(1, times + 1):
        for store in stores.names:
            say(f"start {number} of {times}: {store}")
            url = stores.new(store)
            with stores.mock(store, url) as server:
                _add_start(measured, store, server.startup, server.pss())
            stores.drop(url)
        for peer in PEERS:
            say(f"start {number} of {times}: {peer.name}")
            with peer.start(contract) as server:
                _add_start(measured, peer.name, server.startup, server.pss())
    report["starts"] = measured


def _add_start(measured: dict[str, Starts], name: str, seconds: float, mb: float) -> None:
    starts = measured.setdefault(name, Starts(seconds=[], mb=[]))
    starts["seconds"].append(seconds)
    starts["mb"].append(mb)


def measure_stored_start(stores: Stores, times: int, report: Report) -> None:
    """Starts on a SQLite file in which there are many messages."""
    url = stores.new(SQLITE)
    say(f"start with {STORED:,} messages: sending them")
    with stores.mock(SQLITE, url) as server:
        load(server, SEND_TEXT, requests=STORED)
    seconds = []
    for number in range(1, times + 1):
        say(f"start {number} of {times} with {STORED:,} messages")
        with stores.mock(SQLITE, url) as server:
            seconds.append(server.startup)
    report["stored_start"] = {"messages": STORED, "seconds": seconds}
    stores.drop(url)
