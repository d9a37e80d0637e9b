"""Sums up which operations were answered, and why others were not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from megaapi_mock.spec.operations import Operation
from megaapi_mock.spec.plans import EVERY_PLAN, PLANS, offers

from ..judging.contract import Contract
from ..judging.coverage import Coverage
from ..judging.results import Exchange, OperationCoverage, Report, Result
from ..probes.cases import LINKING
from ..probes.probe import Probe
from ..probes.routes import MISSING, is_guessed_path, is_unknown_route
from ..safety.gate import BUDGET_OPTION, MAX_RECORDED_BODY
from .context import RunContext
from .options import RunOptions
from .selection import skip_reason

# At most so many exchanges are kept whole for the reports; the counts go on.
MAX_EXCHANGES = 50_000


class ExchangeKeeper:
    """Counts every exchange, and stores as many as a report can show."""

    def __init__(self, report: Report, coverage: Coverage) -> None:
        self.report, self._coverage = report, coverage

    def record(self, exchange: Exchange) -> None:
        self._coverage.record(exchange)
        if len(self.report.exchanges) < MAX_EXCHANGES:
            self.report.exchanges.append(
                replace(
                    exchange,
                    request_body=exchange.request_body[:MAX_RECORDED_BODY],
                    body=exchange.body[:MAX_RECORDED_BODY],
                )
            )


def coverage_of(
    coverage: Coverage, probes: Iterable[Probe], context: RunContext
) -> dict[str, OperationCoverage]:
    """The coverage of each operation that the run was about."""
    operation_ids = {
        name for probe in probes if not skip_reason(probe, context) for name in probe.operations
    }
    coverage_by_id: dict[str, OperationCoverage] = {}
    for operation in context.contract.operations:
        if operation.id not in operation_ids or operation.effect not in context.allowed_effects:
            continue
        if context.options.operations and operation.id not in context.options.operations:
            continue
        operation_coverage = coverage.of_operation(operation.id)
        if not operation_coverage.answered:
            operation_coverage.why_not = _reason_without_success(
                operation, operation_coverage, context
            )
        coverage_by_id[operation.id] = operation_coverage
    return coverage_by_id


def _reason_without_success(
    operation: Operation, operation_coverage: OperationCoverage, context: RunContext
) -> str:
    """Why a given instance gave no 2xx, if its state or the allowance is the reason."""
    if context.options.probes:
        return "only some probes were asked for"
    if context.routes.missing((operation.id,)):
        return MISSING
    if context.instance is None:
        return ""
    refusals = context.gate.refusals_by_operation.get(operation.id)
    if not operation_coverage.requests and refusals:
        return f"no request of it left: {refusals.most_common(1)[0][0]}"
    spent = next((reason for reason in refusals or () if BUDGET_OPTION in reason), "")
    if spent:
        # What has to be refused is asked all the same.
        return f"no good request of it left: {spent}"
    if operation.id in LINKING and (context.instance.connected or context.began_linked):
        return "the given instance is connected, so it has nothing to link"
    if operation.needs_connection and not context.instance.connected:
        return "the given instance is not connected"
    if operation.id == "download_media" and "sends" not in context.allowed_effects:
        return "only a sent picture has keys to ask for: --allow sends"
    if operation.id == "group_details" and not context.gate.known_groups:
        return "the given instance is in no group"
    return ""


def note_on_plan(report: Report, contract: Contract) -> str:
    """Which plan the host may be of, where it lacks routes as that one does; else empty.

    Whoever does not say what plan a host is of judges it as one of plan Code.
    """
    if contract.plan == EVERY_PLAN:
        return ""
    reached = {one.operation for one in report.exchanges if not is_unknown_route(one)}
    requested = {one.operation for one in report.exchanges}
    operations = [one for one in contract.operations if one.id in requested]
    missing = [
        one for one in operations
        if one.id not in reached and not is_guessed_path(contract, one.id)
    ]  # fmt: skip
    plans = [
        plan for plan in PLANS
        if plan != contract.plan
        and not any(offers(plan, one.plans) for one in missing)
        and all(offers(plan, one.plans) for one in operations if one.id in reached)
    ]  # fmt: skip
    if not (missing and plans):
        return ""
    names = ", ".join(one.id for one in missing[:3])
    return (
        f"the host has no route of {names}, and plan {plans[0]} has none either: if it is a host "
        f"of that plan, judge it as one (--gateway-plan {plans[0]})"
    )


def nothing_tried(report: Report, options: RunOptions) -> bool:
    """Whether no probe, or no request of the selected operations, was made."""
    any_request = any(operation.requests for operation in report.coverage.values())
    is_selection = bool(options.operations and report.coverage)
    return (is_selection and not any_request) or all(
        result.state == "left out" for result in report.results
    )


def reason_of(result: Result) -> str:
    return result.reason or "no request of it was made"
