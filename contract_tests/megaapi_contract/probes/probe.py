"""A probe: one thing the suite tries, with what it is about and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..errors import Impossible
from ..host.stage import Stage
from ..judging.results import Breach, Promise
from .session import Session

# In the order of a run.
PHASES = ("examples", "laws", "coverage", "fuzzing", "stateful", "lifecycle", "webhooks")
# Those whose probes are laws that look at one thing each.
SINGLE_LAWS = ("laws", "webhooks")

# The promise behind the host being in the state that its own answers told of.
STATE_PROMISE = Promise("vendor-doc", "openapi.yaml")
NEXT_STEP_RULE = "what comes next can happen"

ProbeFunction = Callable[[Session, Stage], None]


@dataclass(frozen=True)
class Probe:
    """`effects` are those of all calls it makes; `events` the webhooks it looks at.

    With `phone` it needs a target whose phones can be played; `customer` are the events that
    somebody must cause by writing to the instance; with `by_hand` a person at the terminal may
    be asked to. With `scan` somebody links the instance by its QR code; with `phone_off` somebody
    switches a customer's phone to flight mode; with `reader` another instance gets what is sent.
    Where only so many messages may be sent, those of the probe with the highest `worth` are sent
    first.
    """

    name: str
    phase: str
    operations: tuple[str, ...]
    run: ProbeFunction = field(repr=False)
    effects: frozenset[str] = frozenset({"reads"})
    events: tuple[str, ...] = ()
    phone: bool = False
    customer: tuple[str, ...] = ()
    by_hand: bool = False
    scan: bool = False
    phone_off: bool = False
    reader: bool = False
    quick: bool = True
    worth: int = 0

    @property
    def needs_people(self) -> bool:
        """Whether the calls of an instance alone cannot try it."""
        is_on_a_phone = self.phone or self.scan or self.phone_off
        return is_on_a_phone or self.reader or bool(self.customer)


def phases_from(*first: str) -> tuple[str, ...]:
    """All phases, these first; the others keep their order."""
    if unknown := sorted({*first} - {*PHASES}):
        raise ValueError(f"{', '.join(unknown)}: no phase of that name")
    return (*first, *(phase for phase in PHASES if phase not in first))


class Laws:
    """A list of probes that grows by decoration; one module of `laws` makes one."""

    def __init__(self) -> None:
        self.probes: list[Probe] = []

    def law(
        self,
        *operations: str,
        effects: Iterable[str] = ("reads",),
        events: Iterable[str] = (),
        phone: bool = False,
        customer: Iterable[str] = (),
        by_hand: bool = False,
        scan: bool = False,
        phone_off: bool = False,
        reader: bool = False,
        phase: str = "laws",
        about: str = "",
        quick: bool = True,
        worth: int = 0,
    ) -> Callable[[ProbeFunction], ProbeFunction]:
        """The function's name is its sentence, `about` tells apart; what it changed is put back."""

        def add_probe(run: ProbeFunction) -> ProbeFunction:
            self.probes.append(
                Probe(
                    name=f"{sentence(run)}: {about}" if about else sentence(run),
                    phase=phase,
                    operations=operations,
                    run=restoring(run, operations[0]),
                    effects=frozenset(effects),
                    events=tuple(events),
                    phone=phone,
                    customer=tuple(customer),
                    by_hand=by_hand,
                    scan=scan,
                    phone_off=phone_off,
                    reader=reader,
                    quick=quick,
                    worth=worth,
                )
            )
            return run

        return add_probe


def sentence(run: Callable[..., None]) -> str:
    """A law's name in words."""
    return run.__name__.replace("_", " ")


def restoring(run: ProbeFunction, about: str = "") -> ProbeFunction:
    """The same function, which restores what it changed even when it fails.

    What cannot happen next is a broken rule of the operation it is `about`: the host said that
    it could.
    """

    def restoring_run(session: Session, stage: Stage) -> None:
        try:
            run(session, stage)
        except Impossible as refusal:
            message = f"{NEXT_STEP_RULE}: {refusal}"
            session.breaches.append(
                Breach(session.probe, "law", about, message, STATE_PROMISE, rule=NEXT_STEP_RULE)
            )
        finally:
            session.put_back()

    return restoring_run
