"""This checkout beside another one: how many times the calls per second, memory, start.

    python benchmarks/against.py --base DIR              both ways, about three minutes
    python benchmarks/against.py --base DIR --only cpu   in one process: steady on a busy machine

`cpu` counts CPU seconds of one thread through the WSGI app (in_process.py); `http` counts requests
per second of `megaapi-mock serve`, pinned to one core, as `make bench` does. Runs of both checkouts
alternate, each in a fresh process, and the ratios are those of the medians. Both run with this
checkout's Python environment.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from in_process import CASES
from servers import CHECKOUT, CORES, SEND_TEXT, SERVER_CORE, load, on_cores, ours

HERE = Path(__file__).resolve().parent
Figures = dict[str, list[float]]


def main() -> int:
    """Measure both in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--base", type=Path, required=True, help="the other checkout")
    parser.add_argument("--only", choices=("cpu", "http", "memory"))
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load for each case")
    parser.add_argument("--sends", type=int, default=100_000, help="before memory is read")
    options = parser.parse_args()
    if not (options.base / "mockserver" / "megaapi_mock").is_dir():
        parser.error(f"--base {options.base}: no checkout of this project stands there")
    ways: dict[str, tuple[Callable[[], dict[str, float]], int]] = {
        "cpu": (_cpu, options.rounds),
        "http": (lambda: _http(options.seconds), options.rounds),
        "memory": (lambda: _memory(options.sends), 1),
    }
    for name, (measure, rounds) in ways.items():
        if options.only in (None, name):
            _compare(name, measure, options.base, rounds)
    return 0


def _compare(name: str, measure: Callable[[], dict[str, float]], base: Path, rounds: int) -> None:
    figures: dict[Path, Figures] = {base.resolve(): {}, CHECKOUT: {}}
    for _ in range(rounds):
        for checkout, rates in figures.items():
            with _mock_of(checkout):
                for case, value in measure().items():
                    rates.setdefault(case, []).append(value)
    before, after = figures.values()
    for case in after:
        _print(f"{name} {case}", median(before[case]), median(after[case]))


def _print(name: str, before: float, after: float) -> None:
    print(
        f"{name:28} base {before:10,.1f}   here {after:10,.1f}   x {after / before:.2f}", flush=True
    )


@contextmanager
def _mock_of(checkout: Path) -> Iterator[None]:
    """Processes started here import the mock of that checkout."""
    os.environ["PYTHONPATH"] = str(checkout / "mockserver")
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]


def _in_process(*arguments: str) -> dict[str, float]:
    command = [sys.executable, str(HERE / "in_process.py"), *arguments]
    with on_cores(SERVER_CORE):
        process = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    measured: dict[str, float] = json.loads(process.stdout)
    return measured


def _cpu() -> dict[str, float]:
    """Calls per CPU second, and the CPU milliseconds of a start."""
    measured = _in_process()
    start = measured.pop("start") * 1000
    return {**{f"{case}/s": 1 / value for case, value in measured.items()}, "start ms": start}


def _http(seconds: float) -> dict[str, float]:
    """Requests per second, and per CPU second; the milliseconds until the first answer."""
    with ours() as server:
        rates = {}
        for name, case in CASES.items():
            load(server, case, seconds=1.0)
            before = server.cpu()
            measured = load(server, case, seconds=seconds)
            rates[f"{name}/s"] = measured["rate"]
            # What the server's core could answer if nobody else had a turn on it.
            rates[f"{name}/CPU s"] = measured["requests"] / (server.cpu() - before)
        return {**rates, "start ms": server.startup * 1000}


def _memory(sends: int) -> dict[str, float]:
    """MB after so many sends, in one process and over HTTP."""
    alone = _in_process("--sends", str(sends))["memory_mb"]
    with ours() as server:
        load(server, SEND_TEXT, requests=sends)
        return {"alone MB": alone, "served MB": server.pss()}


if __name__ == "__main__":
    if len(CORES) < 2:
        print("one core: load and server share it", file=sys.stderr)
    sys.exit(main())
