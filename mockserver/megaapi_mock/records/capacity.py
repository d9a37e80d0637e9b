"""What is held back on its way to the courier, counted: all instances share one bounded room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .delivery import Delivery


class Capacity:
    """How many deliveries, and bytes of payload, wait in one place of all instances together."""

    def __init__(self, limit: int = 50_000, budget: int = 64 * 2**20) -> None:
        self.limit, self.budget = limit, budget
        self.count = self.size = 0

    @property
    def is_over(self) -> bool:
        """Whether more is held than may be; one delivery may always be."""
        return self.count > self.limit or (self.size > self.budget and self.count > 1)

    def add(self, delivery: Delivery, sign: int = 1) -> None:
        """Count one more, or with -1 one less."""
        self.count += sign
        self.size += sign * len(delivery.body)


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
