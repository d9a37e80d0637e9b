"""This mock beside Prism, WireMock, Mockoon and json-server: one run, one core for the server.

    make bench                        about twenty minutes on a quiet machine
    make bench ARGS=--quick           about six minutes: fewer rounds, no cost of a million messages
    make bench ARGS=--long            about an hour and a half: a million messages on every store

Everyone serves the same operation, a text send of the contract; the peers get schema and answer of
it from the contract in one file (comparison/peer_files.py, which says what each can be told). Ours
runs as anybody would start it, `megaapi-mock serve --quiet`: it checks the request and its own
answer, keeps state and journal, and its courier is on. All servers are up together, each with its
database and everything that belongs to it on the same core; one of them has the load, from another
core, over 16 kept connections with one request in flight on each (load.py). Peers are warmed up for
30 s. Rounds go from server to server; a ratio is that of both medians, its spread that of the
rounds. `per CPU s` is what the server did in a second that it had the core: it moves less than
sends/s where other programs use the machine.

A cold start is the time from the start of the process to the first good answer, with the contract's
verdict remembered (the second start on a machine). Memory is the proportional set size of all
processes of a server together, in MB of 10^6 bytes, without its database. `no recipient` is the
status that a text without `to` gets: 2xx is from a server that does not look.

Linux only. Exit code 0: all that was measured holds; 1: something does not; 2: set-up is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from comparison.growth import measure_growth
from comparison.judgement import judge
from comparison.machine import cores_in_use, describe
from comparison.mocks import Stores, stores
from comparison.page import write_page
from comparison.peer_files import Contract
from comparison.peers import INSTALLED
from comparison.progress import say
from comparison.report import Report
from comparison.rounds import Terms, measure_sends
from comparison.scaling import measure_processes, measure_waits
from comparison.starts import measure_starts, measure_stored_start
from comparison.tables import whole
from comparison.webhooks import measure_latency, measure_webhooks
from servers import CORES, LOAD_CORE

SECTIONS = (
    "sends",
    "starts",
    "stored-start",
    "growth",
    "webhooks",
    "latency",
    "processes",
    "waits",
)
Work = Callable[[Contract, Stores, Report], None]


@dataclass(frozen=True)
class Form:
    """How much one form of the comparison measures."""

    terms: Terms
    starts: int
    many: int
    webhook_rounds: int
    deliveries: int
    seconds: float
    leaves_out: tuple[str, ...] = ()


FORMS = {
    "quick": Form(
        Terms(rounds=3, seconds=2.0, warm_up=4.0, peer_warm_up=30.0, sends=100_000),
        starts=3, many=0, webhook_rounds=2, deliveries=8_000, seconds=3.0,
        leaves_out=("growth",),
    ),
    "usual": Form(
        Terms(rounds=7, seconds=4.0, warm_up=5.0, peer_warm_up=30.0, sends=100_000),
        starts=5, many=100_000, webhook_rounds=3, deliveries=10_000, seconds=10.0,
    ),
    "long": Form(
        Terms(rounds=9, seconds=6.0, warm_up=5.0, peer_warm_up=30.0, sends=1_000_000),
        starts=7, many=1_000_000, webhook_rounds=5, deliveries=20_000, seconds=30.0,
    ),
}  # fmt: skip


def main() -> int:
    """Measure, print, judge."""
    options = _options()
    if options.of:
        report: Report = json.loads(options.of.read_text(encoding="utf-8"))
    else:
        if problem := _missing(_sections(options)):
            print(problem, file=sys.stderr)
            return 2
        report = _measured(options)
    say("")
    print(whole(report))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if options.page:
        write_page(options.page, report)
    return 1 if any(verdict.holds is False for verdict in judge(report)) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", dest="form", action="store_const", const="quick")
    parser.add_argument("--long", dest="form", action="store_const", const="long")
    parser.add_argument("--only", help=f"some of {', '.join(SECTIONS)}, with commas between")
    parser.add_argument("--rounds", type=int, help="of each server")
    parser.add_argument("--seconds", type=float, help="of each round")
    parser.add_argument("--peer-warm-up", type=float, help="seconds (30)")
    parser.add_argument("--many", type=int, help="messages for the cost of a send")
    parser.add_argument("--sends", type=int, help="before the memory is read")
    parser.add_argument("--deliveries", type=int, help="of each round of webhooks")
    parser.add_argument("--json", type=Path, help="file for every figure")
    parser.add_argument("--page", type=Path, help="document that gets the figures")
    parser.add_argument("--of", type=Path, help="do not measure: print what a --json file has")
    options = parser.parse_args()
    wrong = set(options.only.split(",") if options.only else ()) - {*SECTIONS}
    if wrong:
        parser.error(f"--only {', '.join(sorted(wrong))}: there are {', '.join(SECTIONS)}")
    return options


def _form(options: argparse.Namespace) -> Form:
    """The form that was asked for, with what was asked for besides."""
    form = FORMS[options.form or "usual"]
    asked = {
        name: value
        for name in ("rounds", "seconds", "peer_warm_up", "sends")
        if (value := getattr(options, name)) is not None
    }
    form = replace(form, terms=replace(form.terms, **asked))
    return replace(
        form,
        many=options.many or form.many,
        deliveries=options.deliveries or form.deliveries,
    )


def _sections(options: argparse.Namespace) -> tuple[str, ...]:
    """Those that were asked for, by name or by the form."""
    if options.only:
        return tuple(options.only.split(","))
    return tuple(name for name in SECTIONS if name not in _form(options).leaves_out)


def _missing(sections: Collection[str]) -> str | None:
    if sys.platform != "linux":
        return "the comparison needs Linux: it pins processes to cores and reads their PSS"
    if len(CORES) < 2:
        return "the comparison needs two cores: one for the server, one for the load"
    if not {"sends", "starts"} & {*sections}:
        return None
    if not INSTALLED.is_dir():
        return f"{INSTALLED} is not there: run `make bench`"
    if shutil.which("java") is None:
        return "WireMock needs Java: run `make bench`, or apt-get install default-jre-headless"
    return None


def _measured(options: argparse.Namespace) -> Report:
    _prepare()
    form, began = _form(options), time.monotonic()
    used = cores_in_use()
    report = Report(machine=describe(), form=options.form or "usual", cores_in_use=used)
    report["machine"]["cores in use before the run"] = f"{used:.1f}"
    sections = _sections(options)
    with tempfile.TemporaryDirectory() as folder, stores() as opened:
        contract = _contract(Path(folder, "megaapi.json"))
        for name, work in _work(form).items():
            if name in sections:
                work(contract, opened, report)
                if options.json:
                    # What was measured until somebody ends it stays.
                    options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    report["took"] = time.monotonic() - began
    return report


def _prepare() -> None:
    """This process leaves the servers' core alone; connections may be many; an end is tidy."""
    os.sched_setaffinity(0, LOAD_CORE)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _contract(path: Path) -> Contract:
    """Also leaves the contract's verdict behind, so that no measured start pays for it."""
    command = Path(sys.executable).with_name("megaapi-mock")
    subprocess.run(
        [str(command), "spec", "bundle", "-o", str(path)], check=True, stdout=subprocess.DEVNULL
    )
    return Contract(path)


def _work(form: Form) -> Mapping[str, Work]:
    return {
        "sends": lambda contract, opened, report: measure_sends(
            contract, opened, form.terms, report
        ),
        "starts": lambda contract, opened, report: measure_starts(
            contract, opened, form.starts, report
        ),
        "stored-start": lambda _, opened, report: measure_stored_start(opened, form.starts, report),
        "growth": lambda _, opened, report: measure_growth(opened, form.many, report),
        "webhooks": lambda _, __, report: measure_webhooks(
            form.webhook_rounds, form.deliveries, report
        ),
        "latency": lambda _, opened, report: measure_latency(opened, form.seconds, report),
        "processes": lambda _, opened, report: measure_processes(
            opened, form.terms.rounds, form.seconds, report
        ),
        "waits": lambda _, opened, report: measure_waits(
            opened, form.terms.rounds, form.terms.seconds, report
        ),
    }


if __name__ == "__main__":
    sys.exit(main())
