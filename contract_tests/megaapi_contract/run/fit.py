"""Reads the switches of a host, and writes a profile of the mock that behaves like it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from ..errors import Unusable
from ..judging.results import Report
from ..judging.switch_readings import RunObservations, SwitchReadings, read_switches
from ..probes.probe import Probe
from ..redaction.redaction import Redaction
from ..reports.new_file import NewFile
from ..reports.profile_file import Origin, changed_readings, profile_text
from .command import print_notices, progress_bar
from .context import RunContext
from .notices import notices_after_run, notices_before_run
from .options import RunOptions
from .private import private_of
from .runner import prepare_run
from .runner import run as run_all


def fit(options: RunOptions, path: Path) -> None:
    """Run the probes that show switches, and write the profile; a summary is printed.

    SetupError when the file is there already, or nothing can be tried; Unusable when the host
    shows nothing. The file is made first: nobody waits for a run whose result cannot be kept.
    """
    with NewFile(path) as file:
        options = replace(options, fitting=True)
        with prepare_run(options) as context:
            print_notices(notices_before_run(context))
            report = _run(context)
            readings = _readings(context, report)
            redaction = Redaction(context.contract, private_of(options, context))
        print_notices(notices_after_run(context))
        origin = Origin(report.target, options.gateway_plan, options.seed, report.started)
        file.write(profile_text(readings, origin, redaction))
    for line in summary(readings, report, path):
        click.echo(line)


def _run(context: RunContext) -> Report:
    with progress_bar(Console(stderr=True)) as progress:
        task = progress.add_task("getting ready", total=None)

        def show_progress(probe: Probe, number: int, total: int) -> None:
            progress.update(task, description=probe.name[:40], completed=number, total=total)

        return run_all(context, show_progress)


def _readings(context: RunContext, report: Report) -> SwitchReadings:
    if report.unusable:
        raise Unusable(report.unusable)
    observations = RunObservations(report.exchanges, report.webhooks, context.routes.present)
    readings = read_switches(context.settled_switches, observations)
    if not readings.read:
        raise Unusable("the host showed nothing that a switch decides")
    return readings


def summary(readings: SwitchReadings, report: Report, path: Path) -> Iterator[str]:
    """What was read, for the terminal."""
    different = changed_readings(readings)
    total = len(readings.read) + len(readings.unread)
    yield (
        f"{len(readings.read)} of {total} switches read; "
        f"{len(different)} are not as the mock has them by default"
    )
    for name, reading in different.items():
        yield f"  {name}={reading.value}"
    yield f"{len(readings.unread)} not seen: {path} names each, with what would settle it"
    yield from report.notes
    if report.failures:
        yield (
            f"{len(report.failures)} promises were broken on the way: "
            "`megaapi-contract run` with the same options says which"
        )
    yield f"Start a mock like it: megaapi-mock serve --profile {path}"
