"""The copies that chaos makes: on record before they leave, or ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from ...records.bugs import log_failure
from ...records.delivery import Delivery, copy_of

log = logging.getLogger(__name__)


class CopyRecords(Protocol):
    """The part of the journal that copies need."""

    def next_id(self, prefix: str, owner: str | None) -> str:
        """A new id of this owner."""

    def write_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what is owed from now on."""


class Copies:
    """Makes them; `abandon` ends those that could not be put on record, and says why."""

    def __init__(
        self, records: CopyRecords, abandon: Callable[[Iterable[Delivery], Exception], None]
    ) -> None:
        self._records, self._abandon = records, abandon

    def make(self, delivery: Delivery, mark: str, moment: float) -> Delivery | None:
        """One more of this delivery, in a lane of its own; None where that fails."""
        copies: list[Delivery] = []
        try:
            id_ = self._records.next_id("d", delivery.instance)
            lane = f"{delivery.lane}#{id_}"
            copies.append(copy_of(delivery, id=id_, time=moment, lane=lane, chaos=mark))
            self._records.write_deliveries(copies)
        except Exception as error:
            log_failure(log, "our own bug: there is no %s", mark)
            # The journal may have it all the same, and it never leaves.
            self._abandon(copies, error)
            return None
        return copies[0]
