"""The contract suite against every healthy host of the table, seed after seed.

A run of one host takes some seven seconds of one core, mostly for requests that are made up.
`--mixed` has, for each seed, few hosts with everything at once, another mixture each time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contract_tests.tests.healthy import complaints
from contract_tests.tests.healthy_table import HOSTS, mixed

# A host's name, the seed, and whether the run is a quick one.
Job = tuple[str, int, bool]


def tried(job: Job) -> tuple[str, int, float, list[str]]:
    """Host, seed, seconds, and what the run should not have said."""
    name, seed, quick = job
    host = HOSTS[name] if name in HOSTS else mixed(seed)[name]
    started = time.perf_counter()
    try:
        said = complaints(host, seed=seed, quick=quick)
    except Exception as error:
        said = [repr(error)]
    return name, seed, time.perf_counter() - started, said


def jobs(options: argparse.Namespace) -> list[Job]:
    """What is to be run, seed after seed, so that a run that is ended has seen every host."""
    all_jobs: list[Job] = []
    first, _, last = options.seeds.partition("-")
    for seed in range(int(first) if last else 1, int(last or first) + 1):
        together = mixed(seed) if options.mixed != "no" else ()
        for name in (*together, *(HOSTS if options.mixed != "only" else ())):
            if not options.host or any(one in name for one in options.host):
                all_jobs.append((name, seed, not options.full))
    return all_jobs


def main() -> int:
    """Exit code 1 when any healthy host was condemned."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="20", help="how many, or from-to such as 5-8")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="whole runs, not quick ones")
    help_text = "hosts with everything at once: beside those alone, only they, or none"
    parser.add_argument("--mixed", choices=("too", "only", "no"), default="too", help=help_text)
    parser.add_argument("--host", action="append", help="only hosts with this in their name")
    options = parser.parse_args()
    todo = jobs(options)
    condemned = 0
    with tempfile.TemporaryDirectory() as folder:
        # What runs on given instances write down for their next one stays out of the user's own.
        os.environ["XDG_STATE_HOME"] = folder
        # A process of its own for every few runs: what Schemathesis and Hypothesis remember grows.
        fresh = get_context("spawn")
        # Not a ProcessPoolExecutor: that of Python 3.11 may wait for ever when it replaces one.
        with fresh.Pool(options.workers, maxtasksperchild=8) as pool:
            for name, seed, seconds, lines in pool.imap(tried, todo):
                print(
                    f"{name:<40} seed {seed:>3}  {seconds:6.1f} s  {len(lines)} said",
                    flush=True,
                )
                for line in lines:
                    print(f"          {line}", flush=True)
                condemned += bool(lines)
    print(f"{len(todo) - condemned} of {len(todo)} runs without a failure")
    return 1 if condemned else 0


if __name__ == "__main__":
    sys.exit(main())
