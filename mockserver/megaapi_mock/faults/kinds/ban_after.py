"""The fault ban-after: the number is banned after some messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...domain.instance import Instance
from ...spec.operations import Operation
from ..kind import FaultTally, Kind, sends_message
from ..parameters import COUNT, about


@dataclass(frozen=True, slots=True)
class BanAfter(Kind):
    """Bans the number after so many messages: the last one is accepted, then the link ends."""

    late: ClassVar[bool] = True
    subject: ClassVar[str] = "sends"
    example: ClassVar[Mapping[str, Any]] = {
        "fault": "ban-after",
        "messages": 3,
        "instance": "megacode-TESTKEY0001",
    }

    messages: int = field(
        default=1,
        metadata=about(
            COUNT, "good sends of one instance until the ban; linked again, as many more"
        ),
    )

    def concerns(self, operation: Operation) -> bool:
        """Only sends."""
        return sends_message(operation)

    def is_due(self, tally: FaultTally, now: float) -> bool:
        """Every so many good sends."""
        tally.in_window += 1
        return tally.in_window % self.messages == 0

    def finish(self, instance: Instance) -> None:
        """The link ends by a ban, with its webhook."""
        if instance.linking.connected:
            instance.linking.unlink("ban")
