"""The fault slow-start: a restart that takes long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...domain.fault_effects import FaultEffects
from ...spec.operations import Operation
from ..kind import Kind
from ..parameters import SECONDS, about


@dataclass(frozen=True, slots=True)
class SlowStart(Kind):
    """After a restart the instance is not connected for a while."""

    subject: ClassVar[str] = "restart"
    example: ClassVar[Mapping[str, Any]] = {"fault": "slow-start", "seconds": 45}

    seconds: float = field(
        default=30.0, metadata=about(SECONDS, "seconds on the mock's clock until it is connected")
    )

    def concerns(self, operation: Operation) -> bool:
        """Only the restart."""
        return operation.id == "restart"

    def fault_effects(self) -> FaultEffects:
        """A restart takes longer than the switch `restart_seconds` says."""
        return FaultEffects(restart_seconds=self.seconds)
