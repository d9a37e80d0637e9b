"""A run as the command shows it: a bar while it goes on, a summary and reports at the end."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .options import RunOptions
from .outcome import Report
from .probe import Probe
from .runner import ready
from .runner import run as run_all


def run(options: RunOptions, folder: Path | None) -> int:
    """The exit code: 0 fine, 1 broken promises or an incomplete run, 2 no judgement possible."""
    console = Console(stderr=True)
    with ready(options) as made, _bar(console) as progress:
        task = progress.add_task("getting ready", total=None)

        def shown(probe: Probe, done: int, of: int) -> None:
            progress.update(task, description=probe.name, completed=done, total=of)

        report = run_all(made, shown)
    _summary(report)
    return report.exit_code


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def _summary(report: Report) -> None:
    out = Console()
    out.print(
        f"{report.target}: {len(report.failures)} failures, {len(report.findings)} findings, "
        f"seed {report.seed}, {report.seconds:.1f} s"
    )
    for broken in report.broken:
        out.print(f"  {broken.kind} {broken.operation}: {broken.message}", markup=False)
    for name, why in report.unanswered.items():
        out.print(f"  no 2xx: {name}: {why}", markup=False)
    if report.unusable:
        out.print(report.unusable)
