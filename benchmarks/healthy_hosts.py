"""The contract suite against every healthy host of the table, seed after seed."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contract_tests.tests.healthy import HOSTS, judged


def tried(name: str, seed: int, quick: bool) -> tuple[str, int, float, list[str]]:
    """Host, seed, seconds, and what the run should not have said."""
    started = time.perf_counter()
    try:
        report = judged(HOSTS[name], seed=seed, quick=quick)
    except Exception as error:
        return name, seed, time.perf_counter() - started, [repr(error)]
    said = [f"{each.probe}: {each.operation}: {each.message}" for each in report.failures]
    if report.exit_code and not said:
        said = [report.unusable, *(f"{one}: {why}" for one, why in report.unanswered.items())]
    return name, seed, time.perf_counter() - started, said


def main() -> int:
    """Exit code 1 when any healthy host was condemned."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--full", action="store_true", help="whole runs, not quick ones")
    parser.add_argument("--host", action="append", help="only hosts with this in their name")
    given = parser.parse_args()
    names = [name for name in HOSTS if not given.host or any(one in name for one in given.host)]
    jobs = list(product(names, range(1, given.seeds + 1)))
    condemned = 0
    with ProcessPoolExecutor(given.workers) as pool:
        runs = pool.map(tried, *zip(*jobs, strict=True), [not given.full] * len(jobs))
        for name, seed, seconds, said in runs:
            print(f"{name:<40} seed {seed:>3}  {seconds:6.1f} s  {len(said)} said", flush=True)
            for line in said:
                print(f"          {line}", flush=True)
            condemned += bool(said)
    print(f"{len(jobs) - condemned} of {len(jobs)} runs without a failure")
    return 1 if condemned else 0


if __name__ == "__main__":
    sys.exit(main())
