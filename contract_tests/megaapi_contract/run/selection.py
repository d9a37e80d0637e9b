"""Which probes a run tries, in which order, and why the others are left out."""

from __future__ import annotations

from dataclasses import replace

from megaapi_mock.spec.operations import Operation, find_operation
from megaapi_mock.spelling import did_you_mean

from ..errors import SetupError
from ..probes.cases import Cases
from ..probes.generated import generated
from ..probes.laws import all_laws
from ..probes.probe import PHASES, Probe
from ..probes.stateful import stateful
from .options import RunOptions
from .ready import Ready

DISCONNECTS = "disconnects"


def probes(made: Ready) -> list[Probe]:
    """Every probe, in the order of the phases: what is cheap and telling first."""
    cases = Cases(made.contract)
    options = made.options
    found = [
        *generated(cases, made.contract.operations, examples=options.examples, quick=options.quick),
        *stateful(
            made.contract,
            cases,
            [found for found in made.contract.operations if _may_be_chained(found, made)],
            chains=options.chains,
        ),
        *all_laws(),
    ]
    return sorted(found, key=lambda probe: (_parting(probe, made), PHASES.index(probe.phase)))


def _may_be_chained(operation: Operation, made: Ready) -> bool:
    """On a given instance no chain ends the link: nobody is there to scan the code again."""
    chained = operation.effect in made.allowed
    return chained and (made.place is None or operation.effect != DISCONNECTS)


def _parting(probe: Probe, made: Ready) -> int:
    """What may end the link of a given instance comes last, what ends it for good at the end."""
    if made.place is None or DISCONNECTS not in probe.effects:
        return 0
    return 2 if "logout" in probe.operations else 1


def why_not(probe: Probe, made: Ready) -> str:
    """Why a probe is left out; nothing when it may be tried."""
    missing = probe.effects - made.allowed
    if missing:
        return f"it {', '.join(sorted(missing))}: --allow {' --allow '.join(sorted(missing))}"
    if probe.phone and not made.stage.phone:
        return "it needs a phone and customers in our hands, which a mock has"
    unknown = [name for name in probe.operations if name not in made.contract.by_id]
    if unknown:
        return f"plan {made.contract.plan} has no {', '.join(unknown)}"
    if made.options.quick and not probe.quick:
        return "not in a quick run"
    return ""


def wanted(probe: Probe, options: RunOptions) -> bool:
    """Whether the options ask for it."""
    if options.probes and probe.name not in options.probes:
        return False
    return not options.operations or bool(set(probe.operations) & set(options.operations))


def chosen_probes(made: Ready) -> list[Probe]:
    """The probes the options ask for; SetupError names an operation or a probe there is not."""
    every, options = list(probes(made)), made.options
    names = [probe.name for probe in every]
    for name in options.probes:
        if name not in names:
            raise SetupError(
                f"--probe {name}: there is no such probe: {did_you_mean(name, names)}"
                "`megaapi-contract probes` lists them all"
            )
    chosen = [probe for probe in every if wanted(probe, options)]
    if not chosen:
        raise SetupError("no probe of that name is about that operation: give one of the two")
    return chosen


def with_operation_ids(made: Ready) -> Ready:
    """The same, `--operation` with the ids of the operations a person named in any spelling."""
    ids = tuple(_operation(name, made) for name in made.options.operations)
    return replace(made, options=replace(made.options, operations=ids))


def _operation(name: str, made: Ready) -> str:
    """The id of an operation as a person effects it."""
    known = made.contract.operations
    operation = find_operation(known, name)
    if operation is None:
        guess = did_you_mean(name, [one.id for one in known])
        raise SetupError(
            f"--operation {name}: plan {made.options.gateway_plan} has no such operation: {guess}"
            "`megaapi-contract probes` names them all"
        )
    return operation.id
