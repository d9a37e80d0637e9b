"""The mock keeps the contract of every plan that it can serve."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from megaapi_contract.judging.results import Report
from megaapi_contract.probes.probe import Probe
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run, probes, try_probe
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.spec.plans import PLANS

EVERYTHING = frozenset({"reads", "sends", "changes", "disconnects"})
each_plan = pytest.mark.parametrize("plan", PLANS)


def options(plan: str) -> RunOptions:
    return RunOptions(target="mock", allow=EVERYTHING, seed=1, quick=True, gateway_plan=plan)


def complaints(context: RunContext, is_chosen: Callable[[Probe], bool]) -> list[str]:
    """The failures that these probes find."""
    found = []
    for probe in filter(is_chosen, probes(context)):
        result = try_probe(probe, context, lambda exchange: None)
        found += [
            f"{probe.name}: {breach.message}"
            for breach in result.breaches
            if breach.severity() == "failure"
        ]
        found += [f"{probe.name}: {result.reason}"] if result.state == "unusable" else []
    return found


@each_plan
def test_every_operation_of_a_plan_is_answered_as_its_contract_says(plan: str) -> None:
    with prepare_run(options(plan)) as context:
        assert {one.id for one in context.contract.operations} == {
            name
            for probe in probes(context)
            if probe.phase == "examples"
            for name in probe.operations
        }
        assert complaints(context, lambda probe: probe.phase == "examples") == []


def test_form_that_is_filled_with_a_file_stays_a_good_one() -> None:
    """Schemathesis takes no body with bytes in it for a good one."""
    with prepare_run(options("token")) as context:
        uploads = {f"coverage of {one.id}" for one in context.contract.operations if one.takes_file}
        assert len(uploads) == 5
        assert complaints(context, lambda probe: probe.name in uploads) == []


@each_plan
def test_a_run_has_laws_about_operations_of_the_plan_alone(plan: str) -> None:
    with prepare_run(options(plan)) as context:
        names = {name for probe in probes(context) for name in probe.operations}
        assert names <= context.contract.by_id.keys()
        # Dedicated hosts have a fourth of the operations.
        assert len(probes(context)) > (300 if plan == "admin" else 500)


@pytest.mark.hosts
@each_plan
def test_a_quick_run_under_a_plan_finds_no_failure(plan: str) -> None:
    with prepare_run(options(plan)) as context:
        report: Report = run_all(context)
    assert [breach.message for breach in report.failures] == []
    assert report.complete and not report.unusable
