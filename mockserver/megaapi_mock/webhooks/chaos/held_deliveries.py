"""What chaos holds back on its way to the courier, counted in a room that all instances share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...records.delivery import Delivery
from ...store.owed import Capacity


class HeldDeliveries:
    """The deliveries one series holds, in the order they came, each counted in its room."""

    def __init__(self, room: Capacity) -> None:
        self.room = room
        self._deliveries: dict[Delivery, None] = {}

    def add(self, delivery: Delivery) -> None:
        """Hold one more."""
        self._deliveries[delivery] = None
        self.room.add(delivery)

    def discard(self, delivery: Delivery) -> None:
        """Let one go; nothing happens when it is not held."""
        if delivery in self._deliveries:
            del self._deliveries[delivery]
            self.room.add(delivery, -1)

    def clear(self) -> None:
        """Let all go."""
        self.restore(())

    def restore(self, deliveries: Iterable[Delivery]) -> None:
        """Hold these and no others."""
        for delivery in list(self._deliveries):
            self.discard(delivery)
        for delivery in deliveries:
            self.add(delivery)

    def move_to(self, room: Capacity) -> None:
        """Be counted there from now on."""
        for delivery in self._deliveries:
            self.room.add(delivery, -1)
            room.add(delivery)
        self.room = room

    def __contains__(self, delivery: object) -> bool:
        return delivery in self._deliveries

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self._deliveries)

    def __len__(self) -> int:
        return len(self._deliveries)
