"""Chains of calls along the contract's links, as Schemathesis draws them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis.stateful import run_state_machine_as_test
from megaapi_mock.spec.operations import Operation
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation.stateful.state_machine import ExtractedParam, StepInput, StepOutput

from ..errors import HeldBack
from ..host.place import Place
from ..host.stage import Stage
from ..judging.contract import Contract
from ..judging.results import Exchange
from ..session import Session
from .cases import Cases, Casting
from .hypothesis_settings import suite_settings, without_flaky_errors
from .laws.calls import texts
from .probe import Probe, restoring

PHASE = "stateful"
# Calls in one chain.
STEPS = 10
# A link is no promise that the phone is still there, or the group.
FAIR = (403, 404)


def stateful(
    contract: Contract, cases: Cases, operations: Iterable[Operation], *, chains: int
) -> Iterator[Probe]:
    """One probe: so many chains of these operations, each from an instance of its own.

    No probe when no link leads from one of them to another.
    """
    chosen = tuple(operations)
    names = {operation.id for operation in chosen}
    if not any(target in names for operation in chosen for target in contract.links(operation)):
        return

    @cache
    def machine() -> type[Any]:
        state_machine: type[Any] = cases.schema.include(
            operation_id=sorted(names)
        ).as_state_machine()
        return state_machine

    def run(session: Session, stage: Stage) -> None:
        walk = Walk(session, stage)
        chain = _chain(machine(), walk)
        with without_flaky_errors(walk):
            run_state_machine_as_test(
                suite_settings(session.seed, chains, stateful_step_count=STEPS)(chain)
            )
        if walk.error is not None:
            raise walk.error

    yield Probe(
        name="chains along the links",
        phase=PHASE,
        operations=tuple(operation.id for operation in chosen),
        run=restoring(run),
        effects=frozenset(operation.effect for operation in chosen),
    )


def _chain(base: type[Any], walk: Walk) -> type[Any]:
    """The machine with its calls going through the gate, and nothing raised."""

    def setup(self: Any) -> None:
        walk.begin()

    def step(self: Any, input: StepInput) -> StepOutput | None:
        return walk.step(input)

    return type("Chain", (base,), {"setup": setup, "step": step})


class Chained(Casting):
    """A casting that keeps what a link brought along."""

    link_input: StepInput | None = None

    def prepare(self, case: Any) -> None:
        """Values that exist, and over them those of the call before."""
        super().prepare(case)
        if self.link_input is None or self.link_input.transition is None:
            return
        transition = self.link_input.transition
        body = _value(transition.request_body)
        for location, name in self.link_input.applied_parameters:
            if location is ParameterLocation.QUERY and name is not None:
                case.query[name] = _value(transition.parameters["query"][name])
            elif location is ParameterLocation.BODY and isinstance(body, dict) and name in body:
                case.body = _merged(case.body, {name: body[name]})


def _value(extracted: ExtractedParam | None) -> Any:
    """What a link found; None when it found nothing."""
    if extracted is None or not isinstance(extracted.value, Ok):
        return None
    return extracted.value.ok()


def _merged(base: Any, over: Any) -> Any:
    """Objects merged, everything else replaced."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return {**base, **{name: _merged(base.get(name), part) for name, part in over.items()}}


class Walk:
    """All chains of one probe; `ended` is what ended them early."""

    def __init__(self, session: Session, stage: Stage) -> None:
        self._session, self._stage = session, stage
        self._casting: Chained | None = None
        self._left_groups: set[str] = set()
        self.error: Exception | None = None

    def begin(self) -> None:
        """Another chain, from another place."""
        self._casting = None
        self._left_groups.clear()

    def step(self, input: StepInput) -> StepOutput | None:
        """One call; None when it could not be made, so that no link leads on from it."""
        if self.error is not None:
            return None
        try:
            return self._call(input)
        except HeldBack:
            return None
        except Exception as error:
            self.error = error
            return None

    def _call(self, input: StepInput) -> StepOutput:
        if self._casting is None:
            self._casting = Chained(self._session, self._place())
        self._casting.link_input = None if _negative(input.case) else input
        exchange, response = self._casting.send(input.case)
        self._hold(input, exchange)
        if exchange.ok:
            self._learn(exchange)
        if exchange.ok and exchange.operation == "leave_group":
            self._left_groups.update(parse_qs(urlsplit(exchange.url).query).get("jid", ()))
        return StepOutput(Response.from_requests(response, verify=False), input.case)

    def _place(self) -> Place:
        """A linked instance, or the given one as it is."""
        return self._stage.place(connected=True if self._stage.phone else None)

    def _hold(self, input: StepInput, exchange: Exchange) -> None:
        """What a host gave out is something it can be asked about."""
        if input.transition is None or not input.is_applied or _negative(input.case):
            return
        operation = str(exchange.operation)
        request_text = unquote(exchange.url).encode() + exchange.request_body
        if any(jid.encode() in request_text for jid in self._left_groups):
            # Of a group that the chain itself has left nothing more is promised.
            return
        self._session.hold(
            exchange.ok or exchange.status in FAIR,
            "what an answer names can be used in the next call",
            promise=self._session.contract.promise(operation, 200),
            exchange=exchange,
        )

    def _learn(self, exchange: Exchange) -> None:
        """What a real host gave out may be said to it again."""
        gate = self._session.gate
        if isinstance(exchange.json, dict):
            gate.learn(texts(exchange.json.get("messageData")))


def _negative(case: Any) -> bool:
    return case.meta is not None and bool(case.meta.generation.mode.is_negative)
