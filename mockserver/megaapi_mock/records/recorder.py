"""Who writes down what the journal keeps, so that it is there after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .delivery import Delivery
from .exchange import Exchange
from .fault_hit import RecordedHit


class Recorder(Protocol):
    """Hears of everything in the journal that is not written with a change.

    It returns at once and raises nothing; the journal is held meanwhile.
    """

    def record(self, record: Exchange | Delivery | RecordedHit) -> None:
        """One more record."""

    def delivery_changed(self, delivery: Delivery) -> None:
        """A delivery has come further."""

    def forget(self, owner: str | None) -> None:
        """All records and numbers of one owner, or of everybody, are gone."""

    def count(self, owner: str, numbers: Mapping[str, int]) -> None:
        """An owner has counted so far."""

    def forget_numbers(self, owner: str) -> None:
        """Nobody remembers any more how far this owner has counted."""
