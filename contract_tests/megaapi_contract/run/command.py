"""Runs and replays as commands: progress bar, summary, reports, exit code."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from megaapi_mock.errors import SetupError as MockSetupError
from megaapi_mock.errors.stdout_guard import is_output_problem
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..errors import NotTried, SetupError, Unusable, as_bug
from ..host.stage import WORLD
from ..host.target import HttpTarget
from ..judging.contract import Contract
from ..judging.results import Breach, Exchange, Report, RunInterrupted
from ..judging.values import jid_of
from ..probes.case_parts import group_jids
from ..probes.probe import Probe
from ..probes.session import Session
from ..redaction.redaction import Redaction
from ..replay.replay import Recording, load, replay
from ..reports import prepare_folder, show, show_folder, write_reports
from ..reports.failure_printer import FailurePrinter
from ..reports.wording import headline
from ..safety.restore_file import read_file as read_restore_file
from .console import OutputConsole, draws_progress
from .notices import (
    notices_after_run,
    notices_before_run,
    notices_of_earlier_run,
    plan_notices,
)
from .options import RunOptions
from .planning import PlanTarget, larger_budget, line
from .private import private_of
from .runner import RunContext, make_target, prepare_run, probes, try_probe
from .runner import run as run_all

# How a sentence ends that a budget has made.
BUDGET_SUFFIXES = ("(--max-messages)", "(--max-groups)")


@dataclass
class _Outcome:
    """What a run came to: its report, its context if one was made, and the error that ended it."""

    report: Report
    context: RunContext | None = None
    error: BaseException | None = None
    output_error: OSError | None = None


def run(options: RunOptions, folder: Path | None) -> int:
    """Run the suite and write its reports; the exit code of the report.

    An error that ended the run (SetupError, Unusable, KeyboardInterrupt, SuiteBug) is raised after
    the reports are written: they hold what was known until then. So is an error of standard
    output, after the verdict was said on standard error; that its reader has gone is none.
    """
    if folder is not None:
        prepare_folder(folder)
    outcome = _Outcome(_empty_report(options))
    _run_to_outcome(outcome, options)
    context = outcome.context
    if context is not None:
        print_notices(notices_after_run(context))
    contract = context.contract if context is not None else _contract_or_packaged(options)
    redaction = Redaction(contract, private_of(options, context))
    _write_and_show(outcome, folder, redaction)
    if outcome.error is not None:
        raise outcome.error
    if outcome.output_error is not None:
        raise outcome.output_error
    return outcome.report.exit_code


def show_plan(options: RunOptions) -> None:
    """Print every request a run would begin with, and send nothing; SetupError for `mock`."""
    if options.target == "mock":
        raise SetupError("--plan is for hosts: calls of the mock never leave this process")
    # Nothing leaves, so nothing has to be waited for.
    options = replace(options, pace=0.0)
    contract = Contract(options.spec, plan=options.gateway_plan)
    target = PlanTarget(contract, make_target(options), options.token)
    with prepare_run(options, target) as context:
        report = run_all(context)
        for request in target.requests:
            click.echo(line(request, token=options.token))
        refusal_count = sum(context.gate.refusals.values())
    tried_probes = sum(result.state != "left out" for result in report.results)
    click.echo(
        f"{len(target.requests)} requests of {tried_probes} probes; "
        f"{refusal_count} more are held back; "
        f"seed {options.seed}; nothing was sent. "
        "Later requests depend on what the host answers: here on the contract's examples",
        err=True,
    )
    for sentence in (larger_budget(report), *plan_notices(options)):
        click.echo(sentence, err=True, nl=bool(sentence))


def _run_to_outcome(outcome: _Outcome, options: RunOptions) -> None:
    """Run, and note in `outcome` whatever ended the run instead of raising it."""
    try:
        _run_with_progress(outcome, options)
    except KeyboardInterrupt as interruption:
        outcome.report.interrupted, outcome.error = True, interruption
    except (SetupError, Unusable, MockSetupError) as error:
        outcome.report.unusable, outcome.error = str(error), error
    except Exception as error:
        # A mistake of ours must stop neither the report nor what is still to be restored.
        outcome.error = as_bug(error)
        outcome.report.unusable = str(outcome.error)


def _run_with_progress(outcome: _Outcome, options: RunOptions) -> None:
    with prepare_run(options) as context, progress_bar(Console(stderr=True)) as progress:
        outcome.context = context
        print_notices(notices_before_run(context))
        task = progress.add_task("getting ready", total=None)
        if context.terminal is not None:
            context.terminal.pause = lambda: _pause_progress(progress)

        def show_progress(probe: Probe, number: int, total: int) -> None:
            progress.update(task, description=probe.name[:40], completed=number, total=total)

        redaction = Redaction(context.contract, private_of(options, context))
        printer = FailurePrinter(redaction, strict=options.strict)
        try:
            outcome.report = run_all(context, show_progress, printer.print_failures)
        except RunInterrupted as interruption:
            outcome.report, outcome.error = interruption.report, interruption
        finally:
            outcome.output_error = printer.output_error


def _write_and_show(outcome: _Outcome, folder: Path | None, redaction: Redaction) -> None:
    """Write the report files, and print the report when any probe has run.

    Where one of the two fails the other has the result.
    """
    report = outcome.report
    if folder is not None:
        report.seconds = report.seconds or time.time() - report.started
        try:
            write_reports(report, folder, redaction)
        except SetupError as error:
            outcome.error = outcome.error or error
            folder = None
    try:
        _show_on_terminal(report, folder, redaction)
        sys.stdout.flush()
    except OSError as error:
        if not (isinstance(error, BrokenPipeError) or is_output_problem(error)):
            raise
        outcome.output_error = error
    if isinstance(outcome.output_error, BrokenPipeError):
        # Who has read enough wants the exit code all the same.
        outcome.output_error = None
    elif outcome.output_error is not None:
        where = "" if folder is None else f" (the report is in {folder})"
        print_notices([f"{redaction.sentence(headline(report))}{where}"])


def _show_on_terminal(report: Report, folder: Path | None, redaction: Redaction) -> None:
    if report.results:
        show(redaction.report(report), OutputConsole(), folder=str(folder) if folder else "")
    elif folder is not None:
        show_folder(OutputConsole(), str(folder))


def _empty_report(options: RunOptions) -> Report:
    """The report of a run that has not begun."""
    name, real = "the given host", True
    if options.target == "mock":
        name, real = "mock", False
    else:
        with suppress(SetupError):
            host = HttpTarget(options.target)
            name, real = host.name, host.real
    return Report(
        target=name,
        real=real,
        seed=options.seed,
        started=time.time(),
        strict=options.strict,
        options=options.public_values(),
    )


def _contract_or_packaged(options: RunOptions) -> Contract:
    """The contract of the run, or the packaged one where that cannot be read."""
    try:
        return Contract(options.spec, plan=options.gateway_plan)
    except MockSetupError:
        return Contract()


def print_notices(sentences: Iterable[str]) -> None:
    """Say what concerns whoever started the run, on standard error."""
    with suppress(OSError):
        for sentence in sentences:
            print(f"megaapi-contract: {sentence}", file=sys.stderr, flush=True)


def restore(path: Path, options: Mapping[str, Any]) -> str:
    """Restore what a run has left in its file; a sentence about what was restored.

    SetupError when something of it cannot be put back.
    """
    restore_file = read_restore_file(path)
    if not restore_file.lock():
        raise SetupError("a run on this machine is changing this instance now: wait for it")
    run_options = RunOptions(
        target=restore_file.target, key=restore_file.key, control_api=False, **options
    )
    restore_file.token = run_options.token
    try:
        with prepare_run(run_options, restore=restore_file) as context:
            restored_things = ", ".join(context.restored_before_run) or "nothing"
    finally:
        restore_file.unlock()
    if restore_file.entries:
        raise SetupError(f"{restore_file.description} could not be put back, and stays in {path}")
    return f"put back: {restored_things}"


def replay_file(path: Path, options: RunOptions) -> int:
    """Replay one kept fault: 0 it does not fail any more, 1 it does, 2 it could not be tried."""
    recording = load(path)
    with prepare_run(options) as context:
        print_notices(notices_of_earlier_run(context))
        session = context.session("replay")
        try:
            result = replay(
                recording,
                judge=context.judge,
                send=session.exchange,
                values=_values(recording, context, session),
                learn=lambda exchange, value: _learn(context, exchange, value),
                rerun=lambda probe, seed: _rerun_probe(context, probe),
            )
        finally:
            session.put_back()
    try:
        OutputConsole().print(result.sentence, markup=False, highlight=False, soft_wrap=True)
        sys.stdout.flush()
    except BrokenPipeError:
        return result.exit_code
    except OSError:
        print_notices([result.sentence])
        raise
    return result.exit_code


def seed_of(path: Path) -> int:
    """The seed of the run that kept the fault."""
    return int(load(path).document["seed"])


def draw_seed() -> int:
    """A new seed, small enough to be typed."""
    return random.SystemRandom().randrange(10**6)


def _values(recording: Recording, context: RunContext, session: Session) -> dict[str, str]:
    """The values a replay fills in, as far as this host and this command have them."""
    instance = context.instance or context.stage.instance(connected=recording.connected)
    people = context.recipients or WORLD
    values = {
        "instance_key": instance.key,
        "token": instance.token,
        "own_number": instance.number,
        "media_url": context.media_url,
        "webhook_url": context.receiver.url,
        **{f"recipient_{number}": jid for number, jid in enumerate(people, 1)},
    }
    if "other_token" in recording.needs and context.stage.phone:
        values["other_token"] = context.stage.instance().token
    if recording.about_a_group and context.instance is not None:
        jids = set(group_jids(session.call("list_groups", instance).json))
        context.gate.allow_reading_groups(jids)
        values["group"] = min(jids, default="")
    return {name: value for name, value in values.items() if value}


def _learn(context: RunContext, exchange: Exchange | None, value: str) -> None:
    """Allow a value of an answer in later requests, as a run does."""
    context.gate.learn([value])
    if exchange is not None and exchange.operation == "list_groups" and jid_of(value).group:
        context.gate.allow_reading_groups([value])


def _rerun_probe(context: RunContext, name: str) -> tuple[Breach, ...]:
    """The breaches the probe finds now; NotTried when it cannot run as before, or to its end."""
    probe = next((each for each in probes(context) if each.name == name), None)
    if probe is None:
        raise NotTried(f"this version has no probe called {name}")
    result = try_probe(probe, context)
    if result.state == "unusable":
        raise Unusable(result.reason)
    budget_reason = next(
        (reason for reason in context.gate.refusals if reason.endswith(BUDGET_SUFFIXES)), ""
    )
    if not result.breaches and (result.reason or budget_reason):
        raise NotTried(result.reason or budget_reason)
    return result.breaches


@contextmanager
def _pause_progress(progress: Progress) -> Iterator[None]:
    """Draw no progress as long as a question stands."""
    progress.stop()
    try:
        yield
    finally:
        progress.start()


def progress_bar(console: Console) -> Progress:
    """How far a run is, as long as it runs."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not draws_progress(),
        # When standard output is not a terminal, it may be a file.
        redirect_stdout=sys.stdout.isatty(),
    )
