"""What waits on another instance cost senders: sends a second beside 0, 8 and 40 of them.

    python benchmarks/waits.py [--seconds 3] [--rounds 5]
    python benchmarks/waits.py --open 1000       beside so many waits and streams, on granian alone

The mock runs on one core, in a process of its own with everything at its default, once on granian
and once on waitress; the generator (load.py, 16 kept-alive connections) has another core. The
numbers of waits take turns, beside as many idle connections as make 40 together, so that whatever
else the machine does meets each of them; the best round of each counts. With `--open`
rounds without and with them alternate, and the ratio of the medians counts.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median

import servers
from megaapi_mock.serving.server import Engine, serve
from megaapi_mock.web.app import MockApp, build_app
from open_waits import LISTS, OTHER, is_open, opened

WAITS = (0, 8, 40)
ENGINES: tuple[Engine, ...] = ("granian", "waitress")


def main() -> None:
    """Print a table; exit 1 when 40 waits cost more than a tenth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each number")
    parser.add_argument("--serve", nargs=2, metavar=("ENGINE", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--open", type=int, help="measure beside so many waits and streams")
    options = parser.parse_args()
    if options.serve:
        run_server(options.serve[0], int(options.serve[1]))
        return
    if options.open:
        raise SystemExit(report_open(options.open, options.seconds, options.rounds) < 0.9)
    print(f"{'':10}" + "".join(f"{number:>4} waits" for number in WAITS) + "   cost of 40")
    costs = [report(engine, options.seconds, options.rounds) for engine in ENGINES]
    raise SystemExit(max(costs) > 0.1)


def report(engine: Engine, seconds: float, rounds: int) -> float:
    """One line of the table: sends a second; the share that 40 waits cost."""
    best = dict.fromkeys(WAITS, 0.0)
    with running(engine) as server:
        for _ in range(rounds):
            for number in WAITS:
                with waits(server.port, number):
                    rate = servers.load(server, servers.SEND_TEXT, seconds=seconds)["rate"]
                best[number] = max(best[number], rate)
    cost = 1 - best[WAITS[-1]] / best[0]
    print(f"{engine:10}" + "".join(f"{best[number]:8.0f}/s" for number in WAITS) + f"{cost:12.1%}")
    return cost


def report_open(number: int, seconds: float, rounds: int) -> float:
    """Print what `number` waits and streams leave of the speed of sends; that ratio."""
    rates: dict[bool, list[float]] = {False: [], True: []}
    costs: dict[bool, list[float]] = {False: [], True: []}
    with running("granian") as server:
        for _ in range(rounds):
            for beside in rates:
                with opened(server.port, number if beside else 0) as clients:
                    before = servers.cpu_seconds(serving_pid(server))
                    case = servers.load(server, servers.SEND_TEXT, seconds=seconds)
                    used = servers.cpu_seconds(serving_pid(server)) - before
                    assert all(is_open(client) for client in clients), "one was answered"
                rates[beside].append(case["rate"])
                costs[beside].append(1e6 * used / case["requests"])
        threads = len(os.listdir(f"/proc/{serving_pid(server)}/task"))
    without, with_ = median(rates[False]), median(rates[True])
    ratios = sorted(b / w for w, b in zip(rates[False], rates[True], strict=True))
    print(f"no waits: {without:.0f} sends/s; beside {number} waits and streams: {with_:.0f}/s")
    print(f"ratio of medians {with_ / without:.3f}; of rounds {ratios[0]:.3f} to {ratios[-1]:.3f}")
    cpu = [round(median(costs[beside])) for beside in (False, True)]
    print(f"CPU of the mock for one send: {cpu[0]} us, beside them {cpu[1]} us")
    print(f"threads at the end: {threads}")
    return with_ / without


def serving_pid(server: servers.Server) -> int:
    """The process that answers: granian's worker."""
    return servers.family(server.process.pid)[-1]


@contextmanager
def waits(port: int, number: int) -> Iterator[None]:
    """So many waits on another instance are open; their clients leave at the end.

    On granian their threads stay until a newer wait needs the place, or their time is over.
    """
    with ExitStack() as clients:
        # Waitress looks at every connection for every request, idle ones too: always as many.
        for at in range(max(WAITS)):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            if at >= number:
                continue
            path = f"/_mock/{LISTS[at % len(LISTS)]}?instance={OTHER}&wait=60"
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        yield


@contextmanager
def running(engine: Engine) -> Iterator[servers.Server]:
    """The mock on this engine."""
    port = servers.free_port()
    argv = [sys.executable, os.path.abspath(__file__), "--serve", engine, str(port)]
    with servers.running(engine, port, argv) as server:
        yield server


def run_server(engine: Engine, port: int) -> None:
    """Serve until a signal comes."""
    serve(
        make_app,
        host="127.0.0.1",
        port=port,
        stop_grace=1,
        on_ready=partial(print, "ready"),
        on_stopped=partial(print, "abandoned"),
        engine=engine,
    )


def make_app() -> MockApp:
    """Everything at its default."""
    return build_app()


if __name__ == "__main__":
    main()
