"""A run, and a replay, as the command shows them: a bar, a summary, reports, an exit code."""

from __future__ import annotations

import random
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
from .outcome import Broken
from .placeholders import Private
from .probe import Probe
from .redaction import Redaction
from .replay import Recording, load, replay
from .reports import check_folder, show, write_reports
from .runner import Ready, probes, ready, try_probe
from .runner import run as run_all
from .stage import WORLD, MockStage


def run(options: RunOptions, folder: Path | None) -> int:
    """The exit code: 0 fine, 1 broken promises or an incomplete run, 2 no judgement possible."""
    if folder is not None:
        check_folder(folder)
    with ready(options) as made, _bar(Console(stderr=True)) as progress:
        task = progress.add_task("getting ready", total=None)

        def shown(probe: Probe, done: int, of: int) -> None:
            progress.update(task, description=probe.name[:40], completed=done, total=of)

        report = run_all(made, shown)
        redaction = Redaction(made.contract, _private(options, made))
    if folder is not None:
        write_reports(report, folder, redaction)
    show(redaction.report(report), Console(), folder=str(folder) if folder else "")
    return report.exit_code


def run_again(path: Path, options: RunOptions) -> int:
    """Replay one kept fault: 0 it does not fail any more, 1 it does, 2 it could not be tried."""
    recording = load(path)
    with ready(options) as made:
        place = made.place or made.stage.place(connected=recording.connected)
        people = options.recipients or WORLD
        values = {
            "instance_key": place.key,
            "token": place.token,
            "own_number": place.number,
            **{f"recipient_{number}": jid for number, jid in enumerate(people, 1)},
        }
        session = made.session("replay")
        try:
            ended = replay(
                recording,
                judge=made.judge,
                send=session.exchange,
                values={name: value for name, value in values.items() if value},
                learn=lambda value: made.gate.learn([value]),
                rerun=lambda probe, seed: _again(made, recording, probe),
            )
        finally:
            session.put_back()
    Console().print(ended.sentence, markup=False, highlight=False, soft_wrap=True)
    return ended.exit_code


def seed_of(path: Path) -> int:
    """The seed of the run that kept the fault."""
    return int(load(path).document["seed"])


def drawn_seed() -> int:
    """A new seed, small enough to be typed."""
    return random.SystemRandom().randrange(10**6)


def _again(made: Ready, recording: Recording, name: str) -> tuple[Broken, ...]:
    for probe in probes(made):
        if probe.name == name:
            return try_probe(probe, made).broken
    return ()


def _private(options: RunOptions, made: Ready) -> Private:
    number = made.place.number if made.place else ""
    return Private(
        key=options.key,
        token=options.token,
        control_token=options.control_token,
        own=number,
        recipients=options.recipients,
        tokens=made.stage.tokens if isinstance(made.stage, MockStage) else {},
    )


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
