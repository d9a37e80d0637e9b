"""Runs the selected probes on a prepared host, and reports."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from ..errors import SetupError, SuiteError
from ..host.stage import MockStage
from ..host.status import read_status
from ..judging.coverage import Coverage
from ..judging.results import Exchange, ProbeInterrupted, Report, Result, RunInterrupted
from ..probes.probe import Probe
from ..safety.put_back import restore_leftovers
from .attempt import INTERRUPTED_REASON, give_up_on_cuts, try_probe
from .context import RunContext, leave_groups, use_given_instance
from .default_pace import REAL_PACE
from .operation_coverage import ExchangeKeeper, coverage_of, nothing_tried, reason_of
from .preparation import make_target, prepare_run
from .selection import DISCONNECTS, chosen_probes, probes, skip_reason, with_operation_ids

# Said after a run that has ended the link of a given instance.
LOGGED_OUT = "the run has logged the instance out: scan the QR code, or it stays offline"
# Said after a run on a mock whose clock was frozen.
CLOCK_RAN = "the mock's clock was frozen: it ran during the run, and was put back where it stood"
# How often, and every how many seconds, a restarted instance is looked at.
MAX_LOOKS, LOOK_EVERY = 20, 0.5

OnProgress = Callable[[Probe, int, int], None]
OnResult = Callable[[Result, list[Exchange]], None]


def run(
    context: RunContext,
    on_progress: OnProgress = lambda probe, number, total: None,
    on_result: OnResult = lambda result, exchanges: None,
) -> Report:
    """Try every selected probe and report on all of it; never raises for what the host does.

    `on_result` is called after each probe with its result and the exchanges kept of it.
    RunInterrupted, raised when somebody ends the run, holds the report of what was tried.
    """
    context = with_operation_ids(context)
    start = time.perf_counter()
    report = _new_report(context)
    probes_to_try = _require_probes(context)
    coverage = Coverage(context.contract)
    keeper = ExchangeKeeper(report, coverage)
    try:
        _try_all(probes_to_try, context, keeper, on_progress, on_result)
    except KeyboardInterrupt as interruption:
        if isinstance(interruption, ProbeInterrupted):
            report.results.append(interruption.result)
        report.interrupted = True
    _leave_groups(context, report)
    report.coverage = coverage_of(coverage, probes_to_try, context)
    _add_totals(report, context)
    report.seconds = time.perf_counter() - start
    if report.interrupted:
        for operation in report.coverage.values():
            operation.why_not = operation.why_not or (
                "" if operation.answered else INTERRUPTED_REASON
            )
        raise RunInterrupted(report)
    return report


def _new_report(context: RunContext) -> Report:
    return Report(
        target=context.target.name,
        real=context.target.real,
        seed=context.options.seed,
        started=time.time(),
        strict=context.options.strict,
        options=context.options.public_values(),
    )


def _require_probes(context: RunContext) -> list[Probe]:
    """The selected probes; SetupError with the most common reason when none may be tried."""
    probes = chosen_probes(context)
    reasons = Counter(skip_reason(probe, context) for probe in probes)
    if "" not in reasons:
        raise SetupError(f"nothing can be tried: {reasons.most_common(1)[0][0]}")
    return probes


def _try_all(
    probes_to_try: list[Probe],
    context: RunContext,
    keeper: ExchangeKeeper,
    on_progress: OnProgress,
    on_result: OnResult,
) -> None:
    report = keeper.report
    for number, probe in enumerate(probes_to_try):
        on_progress(probe, number, len(probes_to_try))
        if context.instance is not None and DISCONNECTS in probe.effects:
            # Once the link has ended no group can be left any more.
            _leave_groups(context, report)
        first_exchange = len(report.exchanges)
        report.results.append(try_probe(probe, context, keeper.record))
        on_result(report.results[-1], report.exchanges[first_exchange:])
        if not _can_continue(context, probe, report):
            return


def _add_totals(report: Report, context: RunContext) -> None:
    """Webhooks and messages of the run, and why it says nothing of the host if it does not."""
    report.webhooks = list(context.receiver.webhooks)
    report.messages_sent = context.messages_sent
    report.webhooks_missing = context.receiver.silence_reason
    if context.terminal is not None and context.terminal.summary:
        report.notes.append(context.terminal.summary)
    gates = [context.gate, *([context.peer.gate] if context.peer is not None else [])]
    report.notes += dict.fromkeys(note for gate in gates for note in gate.clock.notes)
    if isinstance(context.stage, MockStage) and context.stage.frozen_at is not None:
        report.notes.append(CLOCK_RAN)
    cuts = sum(result.cut for result in report.results)
    if cuts or context.gate.calls_repeated:
        report.notes.append(
            f"calls cut, or answered by what stands before the host: {context.gate.calls_repeated} "
            f"reads asked again, {cuts} probes ended early"
        )
    if not report.unusable and nothing_tried(report, context.options):
        reasons = Counter(report.unanswered.values()) or Counter(map(reason_of, report.results))
        report.unusable = f"nothing could be tried: {reasons.most_common(1)[0][0]}"


def _can_continue(context: RunContext, probe: Probe, report: Report) -> bool:
    """Whether the host can still be judged after this probe."""
    result = report.results[-1]
    give_up_on_cuts(context, report.results)
    if result.state == "unusable":
        report.unusable = report.unusable or result.reason
        return result.bug
    if DISCONNECTS in probe.effects and result.cases:
        _check_link(context, report, patient="logout" not in probe.operations)
    if probe.scan and result.cases:
        _use_new_link(context)
    return True


def _use_new_link(context: RunContext) -> None:
    """Use the given instance as linked from now on, if somebody has scanned its code."""
    if context.instance is None or context.instance.connected:
        return
    status = read_status(context.session("after a scan").call("instance_status", context.instance))
    if status.connected:
        number = status.number or context.instance.number
        use_given_instance(context, replace(context.instance, connected=True, number=number))
        if context.gate.fence is not None:
            context.gate.fence.own = number


def _check_link(context: RunContext, report: Report, *, patient: bool) -> None:
    """Check whether the given instance is still linked, and use it as such from now on."""
    if context.instance is None or not context.instance.connected:
        return
    for _ in range(MAX_LOOKS if patient else 1):
        answer = context.session("after a disconnection").call("instance_status", context.instance)
        if read_status(answer).connected:
            return
        context.gate.rest(LOOK_EVERY)
    use_given_instance(context, replace(context.instance, connected=False))
    report.notes.append(LOGGED_OUT)


def _leave_groups(context: RunContext, report: Report) -> None:
    """Leave the groups of the run before the report is written, which names those that stay."""
    try:
        leave_groups(context)
        if report.interrupted and context.gate.restore is not None:
            # Noted, but interrupted before anybody knew how to take it back.
            session = context.session("what was interrupted")
            restore_leftovers(session, session.restorer, context.gate.restore)
    except KeyboardInterrupt:
        report.interrupted = True
    except SuiteError as error:
        report.unusable = report.unusable or str(error)


__all__ = [
    "REAL_PACE",
    "RunContext",
    "make_target",
    "prepare_run",
    "probes",
    "run",
    "skip_reason",
    "try_probe",
]
