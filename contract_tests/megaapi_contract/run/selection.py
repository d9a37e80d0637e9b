"""Which probes a run tries, in which order, and why the others are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from megaapi_mock.errors.names import did_you_mean
from megaapi_mock.spec.operations import Operation, find_operation

from ..errors import SetupError
from ..host.stage import Stage
from ..probes.cases import Cases
from ..probes.fitting import fitting_probes
from ..probes.generated import generate_probes
from ..probes.laws import all_laws
from ..probes.probe import PHASES, SINGLE_LAWS, Probe, phases_from
from ..probes.stateful import stateful
from .context import RunContext
from .options import RunOptions

DISCONNECTS = "disconnects"
# On a given instance laws send before the others do: what is sent shows less there.
GIVEN_PHASES = phases_from(*SINGLE_LAWS)
WORTH_OF_OTHERS = -5


def probes(context: RunContext) -> list[Probe]:
    """Every probe, in the order of the phases."""
    cases = Cases(context.contract)
    options = context.options
    if options.fitting:
        return _in_order(_fitting_probes(context), context)
    every_probe = [
        *generate_probes(
            cases, context.contract.operations, examples=options.examples, quick=options.quick
        ),
        *stateful(
            context.contract,
            cases,
            [
                every_probe
                for every_probe in context.contract.operations
                if _may_be_chained(every_probe, context)
            ],
            chains=options.chains,
        ),
        *_laws_of_plan(context, all_laws()),
    ]
    return _in_order(every_probe, context)


def _in_order(probes: Iterable[Probe], context: RunContext) -> list[Probe]:
    is_limited = context.instance is not None and not context.options.fitting

    def order(probe: Probe) -> tuple[int, int, int, int]:
        disconnection = _disconnection_order(probe, context)
        # Nobody wants to sit before a terminal until the last question.
        later = not (context.person is not None and context.stage_for(probe) is context.person)
        if is_limited:
            worth = probe.worth if probe.phase in SINGLE_LAWS else WORTH_OF_OTHERS
            return disconnection, later, -worth, GIVEN_PHASES.index(probe.phase)
        return disconnection, later, 0, PHASES.index(probe.phase)

    return sorted(probes, key=order)


def _fitting_probes(context: RunContext) -> Iterator[Probe]:
    """The laws, which note what they see; what is drawn at random notes nothing.

    First what shows most of a host whose customers nobody plays, as long as it may send.
    """
    if not context.stage.phone:
        yield from _laws_of_plan(context, fitting_probes())
    yield from _laws_of_plan(context, all_laws())


def _laws_of_plan(context: RunContext, laws: Iterable[Probe]) -> Iterator[Probe]:
    """The laws whose operations the plan has; the others say nothing about such a host."""
    for law in laws:
        if context.contract.by_id.keys() >= set(law.operations):
            yield law


def _may_be_chained(operation: Operation, context: RunContext) -> bool:
    """Whether a chain may use it: on a given instance none may end the link."""
    is_allowed = operation.effect in context.allowed_effects
    return is_allowed and (context.instance is None or operation.effect != DISCONNECTS)


def _disconnection_order(probe: Probe, context: RunContext) -> int:
    """Sort key: probes that may unlink a given instance come last, logouts after all others."""
    if context.instance is None or DISCONNECTS not in probe.effects:
        return 0
    return 2 if "logout" in probe.operations else 1


def skip_reason(probe: Probe, context: RunContext) -> str:
    """Why a probe is left out; empty when it may be tried."""
    missing = probe.effects - context.allowed_effects
    if missing:
        return f"it {', '.join(sorted(missing))}: --allow {' --allow '.join(sorted(missing))}"
    if probe.phone and not context.stage.phone:
        return "it needs a simulated phone and customers, which only a mock has"
    if reason := _missing_people(probe, context.stage_for(probe)):
        return reason
    if context.options.quick and not probe.quick:
        return "not in a quick run"
    return ""


def _missing_people(probe: Probe, stage: Stage) -> str:
    """Why nobody does here what the probe needs somebody for; empty when somebody does."""
    if probe.reader and (reason := stage.why_nobody_reads()):
        return reason
    if probe.phone_off and (reason := stage.why_no_phone_is_off()):
        return reason
    if probe.scan and (reason := stage.why_nobody_scans()):
        return reason
    return next(filter(None, map(stage.why_nobody_writes, probe.customer)), "")


def is_selected(probe: Probe, options: RunOptions) -> bool:
    """Whether the options ask for it."""
    if options.probes and probe.name not in options.probes:
        return False
    return not options.operations or bool(set(probe.operations) & set(options.operations))


def _probe_meant(wrong: str, names: Sequence[str]) -> str:
    """`did you mean X? ` with the nearest names, else with those that share a long word."""
    words = [word for word in re.split(r"\W+|_", wrong.lower()) if len(word) > 3]
    sharing = [name for name in names if any(word in name.lower() for word in words)]
    guess = f"did you mean {' or '.join(sharing[:3])}? " if sharing else ""
    return did_you_mean(wrong, names) or guess


def chosen_probes(context: RunContext) -> list[Probe]:
    """The probes the options ask for; SetupError names an operation or a probe there is not."""
    all_probes, options = list(probes(context)), context.options
    names = [probe.name for probe in all_probes]
    for name in options.probes:
        if name not in names:
            raise SetupError(
                f"--probe {name}: there is no such probe: {_probe_meant(name, names)}"
                "`megaapi-contract probes` lists them all"
            )
    selection = [probe for probe in all_probes if is_selected(probe, options)]
    if not selection:
        raise SetupError("no probe of that name is about that operation: give one of the two")
    return selection


def with_operation_ids(context: RunContext) -> RunContext:
    """The same context with `--operation` resolved to operation ids."""
    ids = tuple(_operation_id(name, context) for name in context.options.operations)
    return replace(context, options=replace(context.options, operations=ids))


def _operation_id(name: str, context: RunContext) -> str:
    """The id of the operation that a person named."""
    operations = context.contract.operations
    operation = find_operation(operations, name)
    if operation is None:
        suggestion = did_you_mean(name, [each.id for each in operations])
        raise SetupError(
            f"--operation {name}: plan {context.options.gateway_plan} has no such operation: "
            f"{suggestion}`megaapi-contract probes` names them all"
        )
    return operation.id
