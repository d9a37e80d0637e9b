"""What use cases know of the payloads of events."""

from __future__ import annotations

from dataclasses import dataclass

from ..resources.samples import Samples
from ..spec.payload_fields import PayloadFields


@dataclass(frozen=True, slots=True)
class Payloads:
    """A sample of each event, the fields that each can have, and how many bytes a file may have."""

    samples: Samples
    fields: PayloadFields
    largest_file: int
