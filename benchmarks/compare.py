"""This mock beside Stoplight Prism: requests per second, latencies, start-up, memory.

    make bench                        about six minutes
    make bench ARGS=--quick           about two, noisier and less fair to Prism

Both serve the same contract in one file, nothing taken out of it. Ours runs as anybody would start
it, `megaapi-mock serve --quiet`: state, journal and courier on, a reply checked against its schema.
Prism keeps no state and sends no webhooks; it looks the example up in the contract. It says nothing
either (`-v silent`).

One server runs at a time, pinned to one core with all its processes; the load comes from another
core over 16 kept-alive connections, one request in flight on each (load.py). Prism's JavaScript
gets 30 s of warm-up, ours 5 s. Rounds alternate between the servers, each round with fresh
processes; the table shows medians over the rounds. The generator's own ceiling is printed first: a
figure close to it says more about the generator than about the server.

`invalid body` is a text send without `to`. The gateway, and so the mock, answers a bare 500 with
the reason in a header; Prism answers 422 or, where the contract has a 400 and no 422, 400.
Start-up is the time from the start of the process to the first good answer, with the contract's
verdict remembered (the second start on a machine). Memory is the proportional set size of all
processes of a server together, in MB of 10^6 bytes. Linux only: affinity and PSS come from it.

Exit code 0: the bounds hold; 1: one does not, or a server answered wrongly; 2: set-up is missing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from servers import (
    CASES,
    CHECKOUT,
    CORES,
    KEY,
    LOAD_CORE,
    SEND_TEXT,
    SERVER_CORE,
    Case,
    Server,
    load,
    ours,
    plain,
    prism,
)

Start = Callable[[], AbstractContextManager[Server]]

# The bounds, as the project promises them.
RATIO, STARTUP, MEMORY = 1.5, 2.0, 200.0
# One send is one echo and three acknowledgements.
EVENTS_PER_SEND = 4


@dataclass(frozen=True)
class Terms:
    """How long, how often, how many."""

    rounds: int
    seconds: float
    warm_up: dict[str, float]
    sends: int
    webhook_sends: int


@dataclass
class Figures:
    """What was measured of one server."""

    cases: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    startups: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)

    def of(self, case: Case, what: str) -> float:
        """The median of one figure over the rounds."""
        return median(measured[what] for measured in self.cases[case.name])

    @property
    def startup(self) -> float:
        """Seconds until the first good answer."""
        return median(self.startups)


def main() -> int:
    """Measure, print, judge."""
    terms = _terms()
    if problem := _missing():
        print(problem, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder, "megaapi.json")
        command = Path(sys.executable).with_name("megaapi-mock")
        # Also leaves the contract's verdict behind, so that no measured start pays for it.
        subprocess.run([str(command), "spec", "bundle", "-o", str(contract)], check=True)
        starts: dict[str, Start] = {"ours": ours, "Prism": lambda: prism(contract)}
        _ceiling()
        figures = {name: Figures() for name in starts}
        for number in range(1, terms.rounds + 1):
            for name, start in starts.items():
                say(f"round {number}: {name}")
                _measure(start, figures[name], terms)
        for name, start in starts.items():
            say(f"start-up: {name}")
            _start_up(start, figures[name])
    memory = _after_sends(terms.sends)
    hooked = _with_webhooks(terms.webhook_sends)
    _print_tables(figures, memory, hooked, terms)
    return 0 if _judge(figures, memory, terms) else 1


def _terms() -> Terms:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one short round, 3 s of warm-up")
    parser.add_argument("--rounds", type=int, help="rounds per server (2)")
    parser.add_argument("--seconds", type=float, help="timed seconds per case and round (10)")
    parser.add_argument("--warm-up", type=float, help="seconds before ours is measured (5)")
    parser.add_argument("--prism-warm-up", type=float, help="seconds before Prism is (30)")
    parser.add_argument(
        "--sends", type=int, default=100_000, help="sends before the memory is read"
    )
    parser.add_argument(
        "--webhook-sends", type=int, default=10_000, help="the same with webhooks on"
    )
    options = parser.parse_args()
    quick = options.quick
    return Terms(
        rounds=options.rounds or (1 if quick else 2),
        seconds=options.seconds or (4.0 if quick else 10.0),
        warm_up={
            "ours": options.warm_up or (3.0 if quick else 5.0),
            "Prism": options.prism_warm_up or (3.0 if quick else 30.0),
        },
        sends=options.sends,
        webhook_sends=options.webhook_sends,
    )


def _missing() -> str | None:
    if sys.platform != "linux":
        return "the comparison needs Linux: it pins processes to cores and reads their PSS"
    if len(CORES) < 2:
        return "the comparison needs two cores: one for the server, one for the load"
    if not (CHECKOUT / "node_modules" / ".bin" / "prism").exists():
        return "node_modules/.bin/prism is not there: run `make bench`, or `npm ci` first"
    return None


# --- measuring ----------------------------------------------------------------------------------


def _ceiling() -> None:
    with plain(SERVER_CORE) as server:
        rate = load(server, SEND_TEXT, seconds=3)["rate"]
    say(f"generator: {rate:,.0f} requests/s against a server that does nothing", end="\n")


def _measure(start: Start, figures: Figures, terms: Terms) -> None:
    with start() as server:
        for case in CASES:
            load(server, case, seconds=terms.warm_up[server.name] / len(CASES))
        for case in CASES:
            measured = load(server, case, seconds=terms.seconds)
            figures.cases.setdefault(case.name, []).append(measured)
        figures.statuses = server.statuses


def _start_up(start: Start, figures: Figures) -> None:
    for _ in range(3):
        with start() as server:
            figures.startups.append(server.startup)
            figures.fresh.append(server.pss())


def _after_sends(sends: int) -> float:
    """PSS of ours after so many text sends."""
    say(f"memory: {sends:,} sends")
    with ours() as server:
        load(server, SEND_TEXT, requests=sends)
        return server.pss()


@dataclass(frozen=True)
class Hooked:
    """Sends whose webhooks leave at the same time."""

    rate: float
    webhooks: float
    arrived: int
    pss: float


def _with_webhooks(sends: int) -> Hooked:
    """Ours with a receiver beside it, until nothing is on its way any more."""
    say(f"webhooks: {sends:,} sends")
    with plain(LOAD_CORE) as sink, ours() as server:
        hook = f'"webhookUrl": "http://127.0.0.1:{sink.port}/hook", "webhookEnabled": true'
        path = f"/rest/webhook/{KEY}/configWebhook"
        status, body = server.call(Case("", "POST", path, f'{{"messageData": {{{hook}}}}}'))
        if status != 200:
            raise SystemExit(f"ours answers configWebhook with {status}: {body!r}")
        began = time.perf_counter()
        measured = load(server, SEND_TEXT, requests=sends)
        arrived, last = _drained(server, sink)
        return Hooked(measured["rate"], arrived / (last - began), arrived, server.pss())


def _drained(server: Server, sink: Server) -> tuple[int, float]:
    """How many webhooks arrived, and when the last was seen; nothing is queued any more."""
    queued = Case("", "GET", "/_mock/deliveries?status=queued&limit=1")
    count, seen = -1, 0.0
    while True:
        now = time.perf_counter()
        arrived = int(sink.call(Case("", "GET", "/count"))[1])
        if arrived != count:
            count, seen = arrived, now
        elif now - seen > 2 and not json.loads(server.call(queued)[1])["items"]:
            return count, seen
        elif now - seen > 30:
            raise SystemExit("webhooks are queued, and none has arrived for 30 s")
        time.sleep(0.2)


# --- telling ------------------------------------------------------------------------------------


def say(text: str, end: str = "") -> None:
    """What is going on, one line that the next one overwrites in a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end=end, file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


def _print_tables(figures: dict[str, Figures], memory: float, hooked: Hooked, terms: Terms) -> None:
    say("")
    head = ("case", "server", "status", "requests/s", "p50 ms", "p99 ms")
    print_table(head, [_row(case, name, figures[name]) for case in CASES for name in figures])
    found, owed = figures.values(), EVENTS_PER_SEND * terms.webhook_sends
    plain_rows: list[tuple[str, ...]] = [
        ("start-up, s", *(f"{each.startup:.2f}" for each in found)),
        ("memory after start, MB", *(f"{median(each.fresh):.0f}" for each in found)),
        (f"memory after {terms.sends:,} sends, MB", f"{memory:.0f}", ""),
        (f"memory after {terms.webhook_sends:,} sends with webhooks, MB", f"{hooked.pss:.0f}", ""),
        ("sends/s with webhooks on", f"{hooked.rate:,.0f}", ""),
        ("webhooks/s until all are out", f"{hooked.webhooks:,.0f}", ""),
        (f"of {owed:,} webhooks arrived", f"{hooked.arrived:,}", ""),
    ]
    print_table(("", *figures), plain_rows)


def _row(case: Case, name: str, found: Figures) -> tuple[str, ...]:
    status = str(found.statuses[case.name])
    late = (f"{found.of(case, what):.1f}" for what in ("p50_ms", "p99_ms"))
    return case.name, name, status, f"{found.of(case, 'rate'):,.0f}", *late


def print_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Markdown, so that it can be pasted."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, tuple("-" * width for width in widths), *rows):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
    print()


def _judge(figures: dict[str, Figures], memory: float, terms: Terms) -> bool:
    """A line for each bound; whether all of them hold."""
    ours_, other = figures["ours"], figures["Prism"]
    ratio = ours_.of(SEND_TEXT, "rate") / other.of(SEND_TEXT, "rate")
    late, bound = ours_.of(SEND_TEXT, "p99_ms"), other.of(SEND_TEXT, "p99_ms")
    verdicts = [
        (ratio >= RATIO, f"send text: {ratio:.1f} times Prism's requests/s, at least {RATIO}"),
        (late <= bound, f"send text: p99 {late:.1f} ms, no worse than Prism's {bound:.1f} ms"),
        (ours_.startup < STARTUP, f"start-up: {ours_.startup:.2f} s, under {STARTUP:.0f} s"),
        (
            memory < MEMORY,
            f"memory: {memory:.0f} MB after {terms.sends:,} sends, under {MEMORY:.0f} MB",
        ),
    ]
    for holds, text in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")
    return all(holds for holds, _ in verdicts)


if __name__ == "__main__":
    sys.exit(main())
