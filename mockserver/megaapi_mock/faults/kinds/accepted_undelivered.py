"""The fault accepted-undelivered: a message is accepted and never arrives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...domain.fault_effects import NOWHERE, FaultEffects
from ...domain.message_states import PENDING, SERVER
from ...spec.operations import Operation
from ..kind import Kind, sends_message
from ..parameters import about, one_of


@dataclass(frozen=True, slots=True)
class AcceptedUndelivered(Kind):
    """Sends are answered 200 and never arrive: no acknowledgement comes after `stays`."""

    subject: ClassVar[str] = "sends"
    example: ClassVar[Mapping[str, Any]] = {
        "fault": "accepted-undelivered",
        "recipient": "5511900000002",
    }

    stays: str = field(
        default=SERVER,
        metadata=about(
            one_of(PENDING, SERVER),
            "how far the message comes: not even to the server, or there",
        ),
    )

    def concerns(self, operation: Operation) -> bool:
        """Only sends."""
        return sends_message(operation)

    def fault_effects(self) -> FaultEffects:
        """A message sent now stays where it is."""
        return FaultEffects(stays=self.stays, because=NOWHERE)
