"""What a kind of fault is: what it concerns, when it hits, what it does then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..domain.fault_effects import NO_EFFECTS, FaultEffects
from ..domain.instance import Instance
from ..spec.operations import Operation
from .parameters import SECONDS, YES_NO, about

JSON = "application/json; charset=utf-8"
# How an answer ends: as it should, cut, with no byte of it sent, or never while somebody waits.
Ending = Literal["whole", "cut", "reset", "hang"]
# Where a fault hits: a call of the gateway, or the phone that scans.
Occasion = Literal["call", "link"]


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """A reply as faults see it: the real one, and the one that is sent instead.

    With `ending` cut, only `bytes_sent` bytes of the body are sent; with hang, nothing for
    `seconds`.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = "whole"
    bytes_sent: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class FaultTally:
    """What one fault has seen of one instance: calls it might have hit, and its window."""

    calls: int = 0
    window: float | None = None
    in_window: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """When a fault hits: the mock's time, a number in [0, 1) drawn from the seed, its window."""

    now: float
    chance: float
    window: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind with its parameters set. The first line of the docstring is its line in the table."""

    example: ClassVar[Mapping[str, Any]] = {}
    # Where it hits, and whether nothing passes between the instance and the world meanwhile.
    occasion: ClassVar[Occasion] = "call"
    cuts_link: ClassVar[bool] = False
    # Whether it stands in for the gateway's own answer: one such fault is enough for a call.
    replaces: ClassVar[bool] = False
    # Whether it is decided only once a call went well.
    late: ClassVar[bool] = False
    subject: ClassVar[str] = "any call"
    # What it changes: the answer (`wire`) or the instance (`domain`).
    group: ClassVar[Literal["wire", "domain"]] = "domain"

    def concerns(self, operation: Operation) -> bool:
        """Whether calls of this operation can be hit; `concerned` is the same in words."""
        return True

    def is_due(self, tally: FaultTally, now: float) -> bool:
        """Whether it is time: called in order, once for each call that matches."""
        return True

    def wait(self, moment: Moment) -> float:
        """Seconds the call waits before anything of it happens."""
        return 0.0

    def pause(self, moment: Moment) -> float:
        """Real seconds until the answer is sent, once everything has happened."""
        return 0.0

    def fault_effects(self) -> FaultEffects:
        """What it does to the instance while the call changes it."""
        return NO_EFFECTS

    def refuse(self, instance: Instance) -> None:
        """Raise the gateway's refusal, if that is what the fault is."""

    def finish(self, instance: Instance) -> None:
        """What happens to the instance after a call that went well; for late kinds."""


@dataclass(frozen=True, slots=True)
class Replacing(Kind):
    """A kind that sends something else than the real answer."""

    replaces: ClassVar[bool] = True
    group: ClassVar[Literal["wire", "domain"]] = "wire"
    # Whether it needs the real answer to make its own.
    needs_real_answer: ClassVar[bool] = False

    after: bool = field(
        default=False,
        metadata=about(
            YES_NO,
            "true: the call is done and its webhooks leave, only the answer is lost",
        ),
    )
    seconds: float = field(default=0.0, metadata=about(SECONDS, "seconds before the answer"))

    def pause(self, moment: Moment) -> float:
        """Real seconds until the answer is sent."""
        return self.seconds

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """What is sent instead. `real` is empty unless the kind shapes it or comes after."""
        raise NotImplementedError


def sends_message(operation: Operation) -> bool:
    """Whether a good call of this operation puts a message on its way."""
    return operation.controller == "send_message"
