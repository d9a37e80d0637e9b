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

from .cases import group_jids
from .errors import NotTried, Unusable
from .options import RunOptions
from .outcome import Broken, Exchange
from .placeholders import Private
from .probe import Probe
from .redaction import Redaction
from .replay import Recording, load, replay
from .reports import check_folder, show, write_reports
from .runner import Ready, probes, ready, try_probe
from .runner import run as run_all
from .session import Session
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
        session = made.session("replay")
        try:
            ended = replay(
                recording,
                judge=made.judge,
                send=session.exchange,
                values=_values(recording, made, session),
                learn=lambda exchange, value: _learn(made, exchange, value),
                rerun=lambda probe, seed: _again(made, probe),
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


def _values(recording: Recording, made: Ready, session: Session) -> dict[str, str]:
    """What a replay fills in; without those that this host, or this command, does not have."""
    place = made.place or made.stage.place(connected=recording.connected)
    people = made.options.recipients or WORLD
    values = {
        "instance_key": place.key,
        "token": place.token,
        "own_number": place.number,
        "media_url": made.options.media_url,
        "webhook_url": made.receiver.url,
        **{f"recipient_{number}": jid for number, jid in enumerate(people, 1)},
    }
    if "other_token" in recording.needs and made.stage.phone:
        values["other_token"] = made.stage.place().token
    if recording.about_a_group and made.place is not None:
        jids = set(group_jids(session.call("list_groups", place).json))
        made.gate.may_read(jids)
        values["group"] = min(jids, default="")
    return {name: value for name, value in values.items() if value}


def _learn(made: Ready, exchange: Exchange | None, value: str) -> None:
    """What the host gave out may be said to it again, as in the run."""
    made.gate.learn([value])
    if exchange is not None and exchange.operation == "list_groups" and value.endswith("@g.us"):
        made.gate.may_read([value])


def _again(made: Ready, name: str) -> tuple[Broken, ...]:
    """What the probe finds now; NotTried when it cannot be made, as it was, or to its end."""
    probe = next((each for each in probes(made) if each.name == name), None)
    if probe is None:
        raise NotTried(f"this version has no probe called {name}")
    result = try_probe(probe, made)
    if result.state == "unusable":
        raise Unusable(result.reason)
    spent = next((why for why in made.gate.held if why.endswith("(--max-messages)")), "")
    if not result.broken and (result.reason or spent):
        raise NotTried(result.reason or spent)
    return result.broken


def _private(options: RunOptions, made: Ready) -> Private:
    number = made.place.number if made.place else ""
    return Private(
        key=options.key,
        token=options.token,
        control_token=options.control_token,
        own=number,
        recipients=options.recipients,
        media_url=options.media_url,
        webhook_url=made.receiver.url,
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
