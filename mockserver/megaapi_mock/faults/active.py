"""The faults that are armed: which of them hits what, how often, and until when."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..clock import Clock
from ..codec import dumps
from ..domain.contacts import Directory
from ..domain.fault_effects import FaultCount
from ..domain.jid import Jid
from ..errors import ControlRefused
from ..errors.names import quoted
from ..ids import Ids
from ..spec.operations import Operation
from .armed_fault import (
    SCOPE,
    SCOPE_NAMES,
    ArmedFault,
    FaultMemory,
    MatchedFault,
    copies_of,
)
from .fault_count import HeaderHit, TallyCount
from .kind import FaultTally, Kind, Moment, Occasion
from .parameters import BadParameter, check_arguments, name_advice
from .registry import DiscoveredKinds, KindEntry, Kinds, kind_named

# As many as anybody needs; spent ones make room for new ones.
ARMED_MOST = 1_000
# Bytes of all that they were asked for: answers of their own may be long.
GIVEN_MOST = 16 * 2**20
# Instances whose faults are numbered on.
NUMBERED_MOST = 20_000


class ActiveFaults:
    """Thread-safe. `has_faults` is false while there is nothing to ask: look at it first.

    What is counted of a call, or of what a contact does, is added to the `counts` that are handed
    in: it is kept or given back with the change in which that happens.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        directory: Directory,
        operations: Sequence[Operation],
        kinds: Kinds | None = None,
    ) -> None:
        self.kinds = DiscoveredKinds() if kinds is None else kinds
        self.has_faults = False
        self._clock, self._ids, self._directory = clock, ids, directory
        self._operations = {operation.id: operation for operation in operations}
        # Reentrant: a reset, and another state, are one step of several.
        self._lock = threading.RLock()
        self._all: tuple[ArmedFault, ...] = ()
        self._numbers: dict[str | None, int] = {}
        self._header_tallies: OrderedDict[str, FaultTally] = OrderedDict()

    # -- arming ------------------------------------------------------------------------------

    def arm(self, body: Mapping[str, Any]) -> ArmedFault:
        """Arm the fault that a body describes. ControlRefused says what is wrong with it."""
        arguments = {name: value for name, value in body.items() if value is not None}
        scope = {name: arguments[name] for name in SCOPE_NAMES if name in arguments}
        own = {name: arguments[name] for name in arguments if name not in (*SCOPE_NAMES, "fault")}
        try:
            fault_kind = kind_named(self.kinds, arguments.get("fault"))
            check_arguments(fault_kind.name, SCOPE, scope)
            kind = fault_kind.create(own, also=SCOPE_NAMES)
            self._require_concern(fault_kind, kind, scope)
        except BadParameter as refusal:
            raise ControlRefused(400, str(refusal)) from None
        recipient = scope.get("recipient")
        if recipient is not None:
            jid = self._directory.read(recipient)
            scope["recipient"] = str(self._directory.canonical_jid(jid))
        with self._lock:
            return self._arm_kind(fault_kind, kind, scope, arguments)

    def _arm_kind(
        self, fault_kind: KindEntry, kind: Kind, scope: dict[str, Any], arguments: Mapping[str, Any]
    ) -> ArmedFault:
        self._make_room()
        self._require_bytes(arguments)
        key = scope.get("instance")
        number = self._numbers.pop(key, 0) + 1
        self._numbers[key] = number
        if len(self._numbers) > NUMBERED_MOST:
            del self._numbers[next(iter(self._numbers))]
        # Counted per instance, so that what others arm does not shift what is drawn.
        id_ = f"f{number}.{key}" if key else f"f{number}"
        fault = ArmedFault(id=id_, name=fault_kind.name, kind=kind, given=arguments, **scope)
        self._replace_faults((*self._all, fault))
        return fault

    def _make_room(self) -> None:
        if len(self._all) < ARMED_MOST:
            return
        used_up_fault = next((fault for fault in self._all if fault.over), None)
        if used_up_fault is None:
            raise ControlRefused(
                409, f"{ARMED_MOST} faults are armed: clear some with DELETE /_mock/faults"
            )
        self._replace_faults(tuple(fault for fault in self._all if fault is not used_up_fault))

    def _require_bytes(self, arguments: Mapping[str, Any]) -> None:
        size = sum(len(dumps(each)) for each in (arguments, *(fault.given for fault in self._all)))
        if size > GIVEN_MOST:
            raise ControlRefused(
                413,
                f"all faults together are {size} bytes, above the {GIVEN_MOST} they may be: "
                "clear some with DELETE /_mock/faults",
            )

    def _require_concern(self, fault_kind: KindEntry, kind: Kind, scope: Mapping[str, Any]) -> None:
        operation = scope.get("operation")
        if operation is not None and operation not in self._operations:
            advice = name_advice(operation, list(self._operations))
            raise BadParameter(f"operation: there is no {quoted(operation)}{advice}")
        if operation is not None and not kind.concerns(self._operations[operation]):
            raise BadParameter(
                f"operation: {fault_kind.name} concerns {kind.subject}, never {operation}"
            )
        if "recipient" in scope and kind.occasion == "link":
            raise BadParameter(f"recipient: {fault_kind.name} concerns {kind.subject}")

    def items(self) -> Sequence[ArmedFault]:
        """All that were armed and not cleared, oldest first, spent ones included."""
        return self._all

    def clear(self, id_: str | None = None) -> int:
        """Clear one fault, or all; returns how many. ControlRefused for an unknown id."""
        with self._lock:
            faults = [fault for fault in self._all if id_ in (None, fault.id)]
            if id_ is not None and not faults:
                raise ControlRefused(
                    404, f"no fault {quoted(id_)} is armed: GET /_mock/faults lists them"
                )
            self._drop(faults)
        return len(faults)

    def clear_instance(self, key: str) -> int:
        """Clear the faults that were armed for one instance; returns how many."""
        with self._lock:
            faults = [fault for fault in self._all if fault.instance == key]
            self._drop(faults)
        return len(faults)

    def reset(self, key: str | None = None) -> None:
        """Clear all faults, or one instance's own; ids are counted from 1 again."""
        with self._lock:
            if key is None:
                self.clear()
            else:
                self.clear_instance(key)
            for fault in self._all:
                fault.tallies.pop(str(key), None)
            if key is None:
                self._numbers.clear()
                self._header_tallies.clear()
            else:
                self._numbers.pop(key, None)
                self._header_tallies.pop(key, None)

    def memory(self, key: str | None = None) -> FaultMemory:
        """A copy of what is armed and was counted, of one instance's own with a key."""
        with self._lock:
            return FaultMemory(
                armed=tuple(each.copy() for each in self._all if key in (None, each.instance)),
                numbers={
                    owner: number for owner, number in self._numbers.items() if key in (None, owner)
                },
                header_tallies=copies_of(
                    {
                        owner: tally
                        for owner, tally in self._header_tallies.items()
                        if key in (None, owner)
                    }
                ),
            )

    def put_back(
        self, memory: FaultMemory, *, directory: Directory, key: str | None = None
    ) -> None:
        """Replace all faults, or those of one instance, and who is who."""
        with self._lock:
            self.reset(key)
            self._directory = directory
            self._numbers.update(memory.numbers)
            self._header_tallies.update(memory.header_tallies)
            self._replace_faults((*self._all, *memory.armed))

    def _drop(self, faults: Sequence[ArmedFault]) -> None:
        for fault in faults:
            fault.is_cleared = True
        self._replace_faults(tuple(fault for fault in self._all if not fault.is_cleared))

    def _replace_faults(self, faults: tuple[ArmedFault, ...]) -> None:
        self._all = faults
        self.has_faults = bool(faults)

    # -- which fault hits ----------------------------------------------------------------------

    def person(self, to: str) -> str:
        """One name for all ways to write a recipient, the ninth digit included."""
        return self._directory.canonical_jid(Jid.parse(to))

    @property
    def wants_recipients(self) -> bool:
        """Whether any fault looks at who a call is for."""
        return any(fault.recipient is not None for fault in self._all)

    def match(
        self,
        counts: list[FaultCount],
        operation: Operation,
        key: str,
        recipient: str | None,
        *,
        is_replaced: bool = False,
    ) -> list[MatchedFault]:
        """What hits this call: of those that replace the answer, the oldest alone.

        With `is_replaced` none of those: the answer is replaced already.

        Late ones are only candidates: ask `settle` once the call went well.
        """
        matched_faults, now = list[MatchedFault](), self._clock.now()
        with self._lock:
            for fault in self._all:
                if is_replaced and fault.kind.replaces:
                    continue
                if not fault.matches(operation, key, recipient):
                    continue
                if fault.kind.late:
                    candidate: MatchedFault | None = fault.candidate(now, operation.id)
                else:
                    candidate = self._draw(counts, fault, key, operation.id)
                if candidate is not None:
                    matched_faults.append(candidate)
                    is_replaced = is_replaced or fault.kind.replaces
        return matched_faults

    def settle(self, counts: list[FaultCount], matched_fault: MatchedFault, key: str) -> bool:
        """Whether a late fault hits now that the call went well."""
        if matched_fault.fault is None:
            is_due = matched_fault.kind.is_due(FaultTally(), matched_fault.moment.now)
            if is_due:
                counts.append(HeaderHit(matched_fault.as_hit(key)))
            return is_due
        with self._lock:
            return self._draw(counts, matched_fault.fault, key, matched_fault.what) is not None

    def from_header(
        self,
        counts: list[FaultCount],
        fault_kind: KindEntry,
        kind: Kind,
        key: str,
        operation: Operation,
    ) -> MatchedFault | None:
        """The fault that a call's header asked for; None when its kind passes a single call."""
        with self._lock:
            count = TallyCount.begin(self._lock, self._header_tallies, key)
            counts.append(count)
            tally, now = count.tally, self._clock.now()
            if not kind.late and not kind.is_due(FaultTally(), now):
                return None
            chance = self._chance(key, "fault asked for", tally.calls)
            moment = Moment(now, chance, now)
            fault = MatchedFault(kind, fault_kind.name, None, moment, operation.id, None, count)
            if not kind.late:
                count.add_hit(fault.as_hit(key))
        return fault

    def hit_on(self, counts: list[FaultCount], occasion: Occasion, key: str) -> MatchedFault | None:
        """The fault that hits something other than a call of the gateway."""
        return self._match_without_call(
            counts, key, occasion, lambda fault: fault.kind.occasion == occasion
        )

    # -- as the domain asks ------------------------------------------------------------------

    def is_cut_off(self, key: str, *people: str) -> bool:
        """Whether nothing passes between this instance and that chat just now; not counted."""
        return any(
            fault.kind.cuts_link and not fault.over and fault.is_about(key, people)
            for fault in self._all
        )

    def swallows(self, counts: list[FaultCount], key: str, *people: str) -> str | None:
        """Why what this person does never reaches the instance; None when it does."""
        matched_fault = self._match_without_call(
            counts,
            key,
            f"inbound from {people[0]}",
            lambda fault: fault.kind.cuts_link and fault.is_about(key, people),
        )
        return matched_fault.reason if matched_fault else None

    # -- inside ------------------------------------------------------------------------------

    def _match_without_call(
        self,
        counts: list[FaultCount],
        key: str,
        subject: str,
        fits: Callable[[ArmedFault], bool],
    ) -> MatchedFault | None:
        with self._lock:
            for fault in self._all:
                if fault.operation is None and fault.instance in (None, key) and fits(fault):
                    matched_fault = self._draw(counts, fault, key, subject)
                    if matched_fault is not None:
                        return matched_fault
        return None

    def _draw(
        self, counts: list[FaultCount], fault: ArmedFault, key: str, subject: str
    ) -> MatchedFault | None:
        """Count the call, and say whether it is hit; the lock is held."""
        if fault.over:
            return None
        count = TallyCount.begin(self._lock, fault.tallies, key, fault, among=len(self._all))
        counts.append(count)
        tally, now = count.tally, self._clock.now()
        if fault.seen <= fault.skip:
            return None
        share = self._chance(key, f"fault {fault.id} percent", tally.calls)
        if fault.percent is not None and share * 100 >= fault.percent:
            return None
        if not fault.kind.is_due(tally, now):
            return None
        chance = self._chance(key, f"fault {fault.id} seconds", tally.calls)
        window = now if tally.window is None else tally.window
        moment = Moment(now, chance, window)
        matched = MatchedFault(fault.kind, fault.name, fault.id, moment, subject, fault, count)
        count.add_hit(matched.as_hit(key))
        return matched

    def _chance(self, key: str, kind: str, number: int) -> float:
        return int.from_bytes(self._ids.raw(key, kind, number, 6)) / 2**48
