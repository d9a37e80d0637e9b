"""How often `megaapi-contract fit` reads a mock's switches rightly: many mocks, drawn at random.

    python benchmarks/fit_profiles.py [--count 30] [--seed 1] [--workers 2]

Each mock has a value drawn for every switch with several ways. What is read must be what was drawn;
what is not read must be named. Prints one line per mock, and ends with 1 if anything was misread.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.switch_readings import RunObservations, SwitchReadings, read_switches
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run, run
from megaapi_mock.profile import SWITCHES, default_profile

# A mock that is down, or lets no webhook through to the suite, is another question.
LEFT_ALONE = frozenset({"outage", "webhook_hosts"})


def drawn_switches(seed: int) -> dict[str, str]:
    """A value for each switch with several ways; most keep their default."""
    rng = random.Random(seed)
    return {
        switch.name: rng.choice(switch.choices)
        for switch in SWITCHES
        if len(switch.choices) > 1 and switch.name not in LEFT_ALONE and rng.random() < 0.3
    }


def fit(changes: Mapping[str, str], *, seed: int = 1) -> SwitchReadings:
    """What is read of a mock in this process that has these switches."""
    options = RunOptions("mock", seed=seed, fitting=True)
    target = MockTarget(seed=seed, profile=default_profile().with_switches(changes))
    with prepare_run(replace(options), target) as context:
        report = run(context)
        seen = RunObservations(report.exchanges, report.webhooks, context.routes.present)
        return read_switches(context.settled_switches, seen)


def misread(changes: Mapping[str, str], readings: SwitchReadings) -> Iterator[str]:
    """Each switch that was read as another value than the mock had."""
    profile = default_profile().with_switches(changes)
    for name, reading in readings.read.items():
        if reading.value != profile[name]:
            yield f"{name} is {profile[name]}, read as {reading.value} ({reading.probe})"


def _try(seed: int) -> tuple[int, dict[str, str], SwitchReadings, float]:
    changes, start = drawn_switches(seed), time.perf_counter()
    return seed, changes, fit(changes, seed=seed), time.perf_counter() - start


def main() -> int:
    """Try as many mocks as were asked for; 1 when a switch was misread."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=30, help="mocks")
    parser.add_argument("--seed", type=int, default=1, help="of the first mock")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    wrong_count = 0
    say = partial(print, flush=True)
    with ProcessPoolExecutor(options.workers) as pool:
        for seed, changes, readings, seconds in pool.map(
            _try, range(options.seed, options.seed + options.count)
        ):
            wrong = list(misread(changes, readings))
            wrong_count += len(wrong)
            named = [name for name in changes if name in readings.unread]
            say(
                f"seed {seed}: {len(changes)} drawn, {len(readings.read)} read, "
                f"{len(wrong)} misread, {seconds:.0f} s; drawn and not seen: {', '.join(named)}"
            )
            for sentence in wrong:
                say(f"  {sentence}")
    say(f"{options.count} mocks, {wrong_count} switches misread")
    return min(wrong_count, 1)


if __name__ == "__main__":
    sys.exit(main())
