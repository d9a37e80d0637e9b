"""The fault qr-never-scanned: the phone never links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ...spec.operations import Operation
from ..kind import Kind, Occasion


@dataclass(frozen=True, slots=True)
class QrNeverScanned(Kind):
    """The phone never links: QR codes expire one after the other, a pairing code is never typed."""

    occasion: ClassVar[Occasion] = "link"
    subject: ClassVar[str] = "the phone: the control API's `link` answers 409"
    example: ClassVar[Mapping[str, Any]] = {
        "fault": "qr-never-scanned",
        "instance": "megacode-TESTKEY0002",
    }

    def concerns(self, operation: Operation) -> bool:
        """It concerns no call."""
        return False
