"""One armed fault, what it has seen, and its hits."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..domain.fault_effects import FaultCount, FaultHit
from ..domain.jid import ADDRESS_MOST, Jid, is_number
from ..domain.phone_number import as_written
from ..spec.operations import Operation
from .kind import FaultTally, Kind, Moment
from .parameters import COUNT, FROM_ZERO, PERCENT, TEXT, Parameter, ParameterCheck

# Instances one fault keeps count of, and all faults together; the one not seen for longest is
# forgotten. However many faults there are, each knows some.
TALLIES_MOST, TALLIES_IN_ALL, TALLIES_LEAST = 10_000, 100_000, 100
# Hits that one fault shows of itself; the journal has all.
HITS_SHOWN = 10
HEADER = "X-Mock-Fault"


def _addressable(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > ADDRESS_MOST:
        return False
    jid = Jid.parse(as_written(value))
    digits = jid.user.replace("-", "") if jid.group else jid.user
    return digits.isascii() and digits.isdigit() and (jid.group or jid.lid or is_number(digits))


RECIPIENT = ParameterCheck(
    _addressable, "a number such as 5511900000002, or the JID of a person or a group"
)
SCOPE: tuple[Parameter, ...] = (
    Parameter("operation", None, TEXT, "only calls of this operation, by its id"),
    Parameter("instance", None, TEXT, "only this instance, by its key"),
    Parameter("recipient", None, RECIPIENT, "only sends to this number, JID or group"),
    Parameter("times", None, COUNT, "it hits so many times, then it is over"),
    Parameter("percent", None, PERCENT, "it hits this share of the calls, drawn from the seed"),
    Parameter("skip", None, FROM_ZERO, "so many matching calls pass first"),
)
SCOPE_NAMES = tuple(parameter.name for parameter in SCOPE)


def tally_of(tallies: OrderedDict[str, FaultTally], key: str, *, among: int = 1) -> FaultTally:
    """One instance's tally, made where there is none; there are never too many.

    `among` is how many faults there are.
    """
    tally = tallies.setdefault(key, FaultTally())
    tallies.move_to_end(key)
    most = min(TALLIES_MOST, max(TALLIES_LEAST, TALLIES_IN_ALL // max(1, among)))
    while len(tallies) > most:
        tallies.popitem(last=False)
    return tally


def copies_of(tallies: Mapping[str, FaultTally]) -> OrderedDict[str, FaultTally]:
    """Copies of the tallies: the originals go on counting."""
    return OrderedDict((owner, replace(tally)) for owner, tally in tallies.items())


@dataclass(slots=True, eq=False)
class ArmedFault:
    """One fault at work. `given` is the body it was armed with, `used` counts its hits, `seen`
    the calls that it might have hit. A state file has the same names."""

    id: str
    name: str
    kind: Kind
    given: Mapping[str, Any]
    operation: str | None = None
    instance: str | None = None
    recipient: str | None = None
    times: int | None = None
    percent: float | None = None
    skip: int = 0
    used: int = 0
    seen: int = 0
    is_cleared: bool = False
    tallies: OrderedDict[str, FaultTally] = field(default_factory=OrderedDict)
    hits: deque[FaultHit] = field(default_factory=lambda: deque(maxlen=HITS_SHOWN))

    @property
    def over(self) -> bool:
        """Whether it has hit `times` times."""
        return self.times is not None and self.used >= self.times

    def is_about(self, key: str, people: Sequence[str]) -> bool:
        """Whether it may hit what happens between an instance and one of these people."""
        return self.instance in (None, key) and self.recipient in (None, *people)

    def matches(self, operation: Operation, key: str, recipient: str | None) -> bool:
        """Whether it may hit this call."""
        return (
            not self.over
            and self.kind.occasion == "call"
            and self.instance in (None, key)
            and self.operation in (None, operation.id)
            and (self.recipient is None or self.recipient == recipient)
            and self.kind.concerns(operation)
        )

    def candidate(self, now: float, subject: str) -> MatchedFault:
        """What hits once the call went well, if it does."""
        return MatchedFault(self.kind, self.name, self.id, Moment(now, 0.0, now), subject, self)

    def match(self, moment: Moment, what: str) -> MatchedFault:
        """The fault at one call or occasion."""
        return MatchedFault(self.kind, self.name, self.id, moment, what, self)

    def copy(self) -> ArmedFault:
        """The same with tallies of its own."""
        return replace(self, tallies=copies_of(self.tallies))

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it: everything that counts, given or not."""
        own = {each.name: getattr(self.kind, each.name) for each in fields(self.kind)}
        scope = {name: getattr(self, name) for name in SCOPE_NAMES}
        newest = [
            {"time": each.time, "instance": each.instance, "what": each.what}
            for each in tuple(self.hits)
        ]
        state = {"used": self.used, "over": self.over, "hits": newest}
        return {"id": self.id, "fault": self.name, **own, **scope, **self.given, **state}


@dataclass(frozen=True, slots=True)
class FaultMemory:
    """What is armed, and what was counted: the last number of each owner, tallies by key."""

    armed: tuple[ArmedFault, ...]
    numbers: Mapping[str | None, int]
    header_tallies: Mapping[str, FaultTally]


@dataclass(frozen=True, slots=True)
class MatchedFault:
    """One fault at one thing; `id` is None for one that a call itself asked for."""

    kind: Kind
    name: str
    id: str | None
    moment: Moment
    what: str
    fault: ArmedFault | None = None
    # What was counted for it, where it is not a candidate.
    count: FaultCount | None = None

    def as_hit(self, key: str) -> FaultHit:
        """The hit as a record of this instance."""
        return FaultHit(self.moment.now, key, (self.id, self.name), self.what)

    @property
    def reason(self) -> str:
        """The fault's name, and how it was armed, in words."""
        if self.id is None:
            return f"fault {self.name}, asked for by {HEADER}"
        return f"fault {self.id} {self.name}, armed by POST /_mock/faults"

    @property
    def is_lifted(self) -> bool:
        """Whether the fault was cleared since."""
        return self.fault is not None and self.fault.is_cleared
