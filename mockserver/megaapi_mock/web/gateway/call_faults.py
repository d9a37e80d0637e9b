"""What faults do to one call: found once behind the token check, then done to its reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from ...domain.fault_effects import FaultCount, FaultEffects, together
from ...domain.instance import Instance
from ...faults.active import ActiveFaults
from ...faults.armed_fault import HEADER, MatchedFault
from ...faults.kind import Replacing, WireAnswer
from ...faults.parameters import BadParameter, read_header
from ...faults.registry import kind_named
from ...spec.operations import Operation
from .reply import BrokenEnding, Reply

ASKED = f"HTTP_{HEADER.upper().replace('-', '_')}"
_NOTHING = WireAnswer(0, b"", "")


class WaitFirst(Exception):
    """The call waits before anything of it happens."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        super().__init__()
        self.seconds = seconds


class NeedsChange(Exception):
    """The call reads, and has to change something this time."""


class UndoChange(Exception):
    """The real answer is known; what the call changed is undone."""


@dataclass
class CallFaults:
    """The faults at one call. `notes` tell of a header that asks for what there is not."""

    hits: list[MatchedFault] = field(default_factory=list)
    late: list[MatchedFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # What the faults have counted of the call.
    counts: list[FaultCount] = field(default_factory=list)

    @cached_property
    def replacing(self) -> tuple[Replacing, MatchedFault] | None:
        """What stands in for the real answer."""
        for fault in self.hits:
            if isinstance(fault.kind, Replacing):
                return fault.kind, fault
        return None

    @property
    def early(self) -> bool:
        """Whether nothing of the call happens at all."""
        replacement = self.replacing
        return replacement is not None and not (
            replacement[0].after or replacement[0].needs_real_answer
        )

    @property
    def takes_back(self) -> bool:
        """Whether the call is done for its answer alone."""
        return self.replacing is not None and not self.replacing[0].after

    @property
    def wait(self) -> float:
        """Seconds before anything happens; a fault that was cleared since holds nobody up."""
        return sum(fault.kind.wait(fault.moment) for fault in self.hits if not fault.is_lifted)

    @property
    def pause(self) -> float:
        """Seconds until the answer is sent, counted the same."""
        return sum(fault.kind.pause(fault.moment) for fault in self.hits if not fault.is_lifted)

    @property
    def fault_effects(self) -> FaultEffects:
        """What befalls the instance meanwhile."""
        return together(fault.kind.fault_effects() for fault in (*self.hits, *self.late))

    def refuse(self, instance: Instance) -> None:
        """Raise the refusal that one of them is, if one is."""
        for fault in self.hits:
            fault.kind.refuse(instance)

    def went_well(self, faults: ActiveFaults, instance: Instance) -> None:
        """The call is done: now the late ones hit, or do not."""
        for fault in self.late:
            if faults.settle(self.counts, fault, instance.key):
                self.hits.append(fault)
                fault.kind.finish(instance)

    def begin_wait(self) -> list[FaultCount]:
        """What holds the call up has hit it from now on, whatever comes of the call."""
        begun = [fault.count for fault in self.hits if fault.kind.wait(fault.moment)]
        hits = [count for count in self.counts if count in begun]
        self.counts = [count for count in self.counts if count not in begun]
        return hits

    def give_back(self) -> None:
        """Nothing of the call has happened: the faults count as if it had not been made."""
        for count in self.counts:
            count.give_back()

    def apply(self, real: Reply) -> Reply:
        """The reply that is sent; the real one with a reason beside it, or another in its place."""
        fault_reasons = [fault.reason for fault in self.hits]
        reply = real
        if self.replacing is not None:
            kind, fault = self.replacing
            reply = _replacement(kind, fault, _NOTHING if self.early else _as_answer(real))
            if kind.after:
                fault_reasons.append(f"the real answer was {real.status}")
            if kind.after or kind.needs_real_answer:
                reply.violations = real.violations
        if self.hits:
            first = self.replacing[1] if self.replacing else self.hits[0]
            reply.fault = (first.id, first.name)
        own_reasons = [] if self.early or real.reason is None else [real.reason]
        reply.reason = "; ".join((*fault_reasons, *self.notes, *own_reasons)) or None
        reply.pause = real.pause
        return reply


def find(
    faults: ActiveFaults,
    operation: Operation,
    key: str,
    *,
    recipient: str | None,
    header: str | None,
) -> CallFaults:
    """What hits this call; what its own header asks for comes before what is armed."""
    call_faults = CallFaults()
    matched_faults = (
        [] if header is None else _fault_of_header(faults, operation, key, header, call_faults)
    )
    is_replaced = any(fault.kind.replaces for fault in matched_faults)
    if faults.has_faults:
        counts = call_faults.counts
        matched_faults += faults.match(counts, operation, key, recipient, is_replaced=is_replaced)
    call_faults.hits = [fault for fault in matched_faults if not fault.kind.late]
    call_faults.late = [fault for fault in matched_faults if fault.kind.late]
    return call_faults


def _fault_of_header(
    faults: ActiveFaults, operation: Operation, key: str, header: str, call_faults: CallFaults
) -> list[MatchedFault]:
    notes = call_faults.notes
    try:
        name, values = read_header(header)
        entry = kind_named(faults.kinds, name)
        kind = entry.create(values)
    except BadParameter as refusal:
        notes.append(f"{HEADER} is ignored: {refusal}")
        return []
    if not kind.concerns(operation):
        notes.append(f"{HEADER} is ignored: {name} concerns {kind.subject}, not {operation.id}")
        return []
    fault = faults.from_header(call_faults.counts, entry, kind, key, operation)
    if fault is None:
        notes.append(f"{HEADER}: {name} lets a single call pass")
        return []
    return [fault]


def _as_answer(reply: Reply) -> WireAnswer:
    return WireAnswer(reply.status, reply.body, reply.content_type)


def _replacement(kind: Replacing, fault: MatchedFault, real: WireAnswer) -> Reply:
    answer = kind.answer(real, fault.moment)
    reply = Reply(
        answer.status, answer.body, answer.content_type, extra=list(answer.headers.items())
    )
    if answer.ending != "whole":
        reply.broken = BrokenEnding(
            answer.ending, answer.bytes_sent, answer.seconds, lambda: fault.is_lifted
        )
    return reply
