"""The fault zombie-session: connected, but nothing passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...domain.fault_effects import ZOMBIE, FaultEffects
from ...domain.message_states import PENDING
from ...spec.operations import Operation
from ..kind import Kind, sends_message


@dataclass(frozen=True, slots=True)
class ZombieSession(Kind):
    """Status says connected, sends are accepted; nothing is delivered and nothing comes in."""

    cuts_link: ClassVar[bool] = True
    subject: ClassVar[str] = "sends, and what contacts do"
    example: ClassVar[Mapping[str, Any]] = {
        "fault": "zombie-session",
        "instance": "megacode-TESTKEY0001",
    }

    def concerns(self, operation: Operation) -> bool:
        """Only sends."""
        return sends_message(operation)

    def fault_effects(self) -> FaultEffects:
        """A message sent now stays where it is."""
        return FaultEffects(stays=PENDING, because=ZOMBIE)
