"""The fault media-expired: media that can no longer be downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...domain.fault_effects import FaultEffects
from ...spec.operations import Operation
from ..kind import Kind


@dataclass(frozen=True, slots=True)
class MediaExpired(Kind):
    """Media is gone: downloadMediaMessage answers as for expired media (switch `media_gone`)."""

    subject: ClassVar[str] = "download_media"
    example: ClassVar[Mapping[str, Any]] = {"fault": "media-expired", "times": 1}

    def concerns(self, operation: Operation) -> bool:
        """Only the download."""
        return operation.id == "download_media"

    def fault_effects(self) -> FaultEffects:
        """Nothing is found."""
        return FaultEffects(media_gone=True)
