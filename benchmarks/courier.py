"""The courier's speed: deliveries per second on one core, and what a dead receiver costs the rest.

    .venv/bin/python benchmarks/courier.py        under a minute; `make bench` has the rates alone

A process pinned to one core does all of ours: an instance records an event, which is rendered,
journalled and handed to the courier, which posts it to a receiver and journals the answer. The
receiver (plain.py) runs on another core. Events are of four instances, that is four lines of which
each keeps its order. Once connections are kept alive, once each delivery has its own, as the real
gateway does it. `bare` is the transport alone, in as many threads, with the same body.

The client library is Python's own: sockets, and http.client for the answer. `core` is the share of
the core this process got; well below 100 % another program had the machine too, or the receiver was
too slow, and the figures say little.

Then two mocks answer text sends in turns on one core: one idle, one that owes more than 10,000
deliveries to a port nobody listens on, which is the most a receiver can cost: every attempt fails
at once. Linux only.

Exit code 0: the bounds hold; 1: one does not; 2: set-up is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from comparison.progress import say
from comparison.tables import print_table
from megaapi_mock.domain.facts import InboundMessage
from megaapi_mock.domain.gateway import InstanceSeed
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.webhooks.http.client import HttpTransport, axios_headers
from servers import (
    CORES,
    LOAD_CORE,
    SEND_TEXT,
    SERVER_CORE,
    Case,
    Server,
    free_port,
    load,
    on_cores,
    ours,
    plain,
)

# The bounds, as the project promises them.
KEPT, FRESH, SLOWER = 12_000, 6_000, 0.10
INSTANCES = 4
QUEUED = 10_000
# The dead receiver's queue shrinks by some 250 a second while the mocks are measured.
OWED = 20_000
DEAD = "megacode-TESTDEAD01"


@dataclass(frozen=True)
class Rate:
    """Deliveries a second, and how much of its core the process had meanwhile."""

    rate: float
    core: float


@dataclass(frozen=True)
class Way:
    """One way to connect, measured some times."""

    name: str
    bound: float
    bare: list[Rate]
    courier: list[Rate]

    @property
    def rate(self) -> float:
        """The courier's, in the middle of all rounds."""
        return median(found.rate for found in self.courier)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--deliveries", type=int, default=10_000, help="per round")
    parser.add_argument("--only-deliveries", action="store_true", help="no dead receiver")
    parser.add_argument("--json", type=Path, help="file for the rates")
    options = parser.parse_args()
    count = options.deliveries // INSTANCES * INSTANCES
    if sys.platform != "linux" or len(CORES) < 2:
        print("this needs Linux and two cores: one for the courier, one for its receiver")
        return 2
    ways = [
        _measured("kept connections", KEPT, options.rounds, count, keep_alive=True),
        _measured("a fresh connection each", FRESH, options.rounds, count, keep_alive=False),
    ]
    if options.json:
        _save(ways, options.json)
    if options.only_deliveries:
        return 0
    idle, busy = _beside_a_dead_receiver(options.rounds + 2)
    return 0 if _print_result(ways, idle, busy) else 1


def _save(ways: list[Way], path: Path) -> None:
    rates = {
        way.name: {
            "rate": [round_.rate for round_ in way.courier],
            "core": [round_.core for round_ in way.courier],
        }
        for way in ways
    }
    path.write_text(json.dumps(rates), encoding="utf-8")


# --- deliveries ---------------------------------------------------------------------------------


def _measured(name: str, bound: float, rounds: int, count: int, *, keep_alive: bool) -> Way:
    way = Way(name, bound, [], [])
    with plain(LOAD_CORE) as sink, on_cores(SERVER_CORE):
        url = f"http://127.0.0.1:{sink.port}/hook"
        for number in range(1, rounds + 1):
            say(f"{name}, round {number}")
            way.bare.append(_bare(url, count, keep_alive=keep_alive))
            way.courier.append(_courier(url, count, keep_alive=keep_alive))
        arrived = int(sink.call(Case("", "GET", "/count"))[1])
        expected = rounds * (1 + 2 * count)  # the first shows the bare transport its body
        if arrived != expected:
            raise SystemExit(f"{arrived} of {expected} deliveries arrived")
    return way


def _timed(work: Callable[[], object], count: int) -> Rate:
    began, used = time.perf_counter(), time.process_time()
    work()
    took = time.perf_counter() - began
    return Rate(count / took, (time.process_time() - used) / took)


def _bare(url: str, count: int, *, keep_alive: bool) -> Rate:
    """The transport without anything of ours around it."""
    transport, headers = HttpTransport(keep_alive=keep_alive), axios_headers()
    app = _app(keep_alive=keep_alive)
    _record(app, url, 1)
    (delivery,) = app.runtime.records.journal.deliveries.after(None)
    app.stop()

    def post() -> None:
        for _ in range(count // INSTANCES):
            transport.post(url, delivery.body, headers, timeout=30)

    def together() -> None:
        threads = [threading.Thread(target=post) for _ in range(INSTANCES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    try:
        return _timed(together, count)
    finally:
        transport.close()


def _courier(url: str, count: int, *, keep_alive: bool) -> Rate:
    """Event, payload, journal, courier, journal."""
    app = _app(keep_alive=keep_alive)

    def deliver() -> None:
        _record(app, url, count)
        if not app.runtime.webhooks.courier.wait_idle(120):
            raise SystemExit("the courier did not come to an end")

    try:
        measured = _timed(deliver, count)
        states = {delivery.state for delivery in app.runtime.records.journal.deliveries.after(None)}
        if states != {"delivered"}:
            raise SystemExit(f"deliveries ended as {states}")
        return measured
    finally:
        app.stop()


def _app(*, keep_alive: bool) -> MockApp:
    switches = {"webhook_keep_alive": "on" if keep_alive else "off"}
    profile = default_profile().with_switches(switches)
    return build_app(settings=Settings(seed=1), profile=profile)


def _record(app: MockApp, url: str, count: int) -> None:
    """A customer writes to each instance in turn."""
    publisher = app.runtime.instances.publisher
    keys = [f"megacode-TESTBENCH{number}" for number in range(INSTANCES)]
    for key in keys:
        seed = InstanceSeed(key, "TESTBENCH", "5511900000004", connected=True)
        with app.runtime.instances.store.add(seed) as instance:
            instance.set_webhook(url)
    for number in range(count):
        facts = InboundMessage(
            key={
                "remoteJid": "5511900000002@s.whatsapp.net",
                "fromMe": False,
                "id": f"{number:032X}",
                "senderLid": "100000000000002@lid",
            },
            message={"conversation": "Pedido 42 confirmado"},
            timestamp=int(time.time()),
            name="Test Person",
        )
        publisher.change(
            keys[number % INSTANCES],
            lambda instance, facts=facts: instance.record("text-plain", facts),
        )


# --- a dead receiver ----------------------------------------------------------------------------


def _beside_a_dead_receiver(rounds: int) -> tuple[list[float], list[float]]:
    """Text sends a second of a mock that owes nothing, and of one that owes QUEUED and more."""
    # The control API can count what waits only while the journal keeps it.
    os.environ["MEGAAPI_MOCK_JOURNAL_LIMIT"] = str(10 * OWED)
    idle: list[float] = []
    busy: list[float] = []
    with ours() as quiet, ours() as owing:
        say("a dead receiver: filling the outbox")
        _owe(owing)
        for server in (quiet, owing):
            load(server, SEND_TEXT, seconds=1.0)
        for number in range(1, rounds + 1):
            say(f"a dead receiver, round {number}")
            for server, found in ((quiet, idle), (owing, busy)):
                found.append(load(server, SEND_TEXT, seconds=2.0)["rate"])
        waiting = _waiting(owing)
        if waiting < QUEUED:
            raise SystemExit(f"only {waiting} deliveries still wait: raise OWED")
    return idle, busy


def _owe(server: Server) -> None:
    hook = f"http://127.0.0.1:{free_port()}/"
    made = {"key": DEAD, "token": "TESTDEAD01", "connected": True, "webhook_url": hook}
    status, body = server.call(Case("", "POST", "/_mock/instances", json.dumps(made)))
    if status >= 300:
        raise SystemExit(f"POST /_mock/instances answers {status}: {body!r}")
    inbound = Case("inbound", "POST", f"/_mock/instances/{DEAD}/inbound", "{}", statuses=(200, 201))
    load(server, inbound, requests=OWED)


def _waiting(server: Server) -> int:
    count, since = 0, ""
    while True:
        path = f"/_mock/deliveries?status=queued&instance={DEAD}&limit=5000{since}"
        page = json.loads(server.call(Case("", "GET", path))[1])
        count += len(page["items"])
        if page["next"] is None:
            return count
        since = f"&since={page['next']}"


# --- telling ------------------------------------------------------------------------------------


def _print_result(ways: list[Way], idle: list[float], busy: list[float]) -> bool:
    say("")
    rows = []
    for way in ways:
        for what, found in (("bare", way.bare), ("courier", way.courier)):
            rates = [measured.rate for measured in found]
            core = median(measured.core for measured in found)
            figures = [f"{rate:,.0f}" for rate in (median(rates), min(rates), max(rates))]
            rows.append((way.name, what, *figures, f"{core:.0%}"))
    print_table(("", "", "deliveries/s", "least", "most", "core"), rows)
    rows = [
        (name, *(f"{rate:,.0f}" for rate in (median(rates), min(rates), max(rates))))
        for name, rates in ((f"owing {QUEUED:,} and more", busy), ("owing nothing", idle))
    ]
    print_table(("text sends", "requests/s", "least", "most"), rows)
    # Round by round: what else runs on the machine slows both alike.
    slower = 1 - median(one / other for one, other in zip(busy, idle, strict=True))
    verdicts = [
        (way.rate >= way.bound, f"{way.name}: {way.rate:,.0f} deliveries/s, at least {way.bound:,}")
        for way in ways
    ]
    verdicts.append(
        (slower <= SLOWER, f"a dead receiver: {slower:.1%} fewer sends/s, at most {SLOWER:.0%}")
    )
    for holds, text in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")
    return all(holds for holds, _ in verdicts)


if __name__ == "__main__":
    sys.exit(main())
