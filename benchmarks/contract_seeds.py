"""The whole contract suite against the mock, seed after seed: time, and everything it found."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all


def tried(seed: int, quick: bool) -> tuple[int, float, int, list[str]]:
    """Seed, seconds, requests, and what was found."""
    started = time.perf_counter()
    with prepare_run(RunOptions(target="mock", seed=seed, quick=quick)) as context:
        report = run_all(context)
        requests = context.gate.requests
    complaints = [f"{each.operation}: {each.message}" for each in report.broken]
    complaints += [f"{name}: no 2xx" for name in report.unanswered]
    return seed, time.perf_counter() - started, requests, complaints


def main() -> int:
    """Exit code 1 when any seed found anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    failed = 0
    with ProcessPoolExecutor(options.workers) as pool:
        runs = pool.map(tried, range(1, options.seeds + 1), [options.quick] * options.seeds)
        for seed, seconds, requests, complaints in runs:
            print(
                f"seed {seed:>3}  {seconds:6.1f} s  {requests:>6,} requests  "
                f"{len(complaints)} found"
            )
            for line in complaints:
                print(f"          {line}")
            failed += bool(complaints)
    print(f"{options.seeds - failed} of {options.seeds} seeds clean")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
