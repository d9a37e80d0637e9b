"""What one change leaves behind beside the new state: kept with it, or dropped with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..domain.event import Event
from ..domain.peer_messages import Envelope
from .delivery import Delivery
from .exchange import Exchange
from .fault_hit import RecordedHit


@dataclass(slots=True, eq=False)
class Outcome:
    """What a change of `instance` owes and what is recorded of it.

    Its `deliveries` wait until the answer has been handed over (`released`), its
    `peer_messages` are carried to other instances at once, its `exchange` is the call that asked
    for it, None where nobody called, its `fault_hits` are the faults that hit it; `peer_message` is
    the message of a peer that it carries out, if any. `turned_away` are those of its deliveries
    that nobody will claim: they have ended, and whoever made the change tells of it.
    """

    instance: str
    events: list[Event] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    peer_messages: Sequence[Envelope] = ()
    exchange: Exchange | None = None
    fault_hits: Sequence[RecordedHit] = ()
    is_released: bool = False
    peer_message: Envelope | None = None
    turned_away: Sequence[Delivery] = ()
