"""What the instances of one gateway may take in memory, all together."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

# For a room that one thread alone uses.
NO_LOCK: AbstractContextManager[object] = nullcontext()


class SharedRoom:
    """Bytes that all instances may take. Each has a share that nobody else can use up."""

    def __init__(
        self,
        budget: int = 256 * 2**20,
        *,
        instances: int = 10_000,
        lock: AbstractContextManager[object] = NO_LOCK,
    ) -> None:
        self.budget = budget
        self.share = budget // max(1, instances)
        self.size = 0
        self.lock = lock


class Part:
    """What one instance takes of it, from when a store keeps the instance until it does not.

    An instance says its own size, at the end of each change: nobody adds up those of all others.
    """

    def __init__(self, room: SharedRoom) -> None:
        self._room = room
        self.size = 0
        self._is_counted = False

    @property
    def free(self) -> int:
        """Bytes that nobody takes."""
        return self._room.budget - self._room.size

    @property
    def most(self) -> int:
        """Bytes that the instance may take as things stand, with those it takes already."""
        room = self._room
        return max(room.share, room.budget - room.size + self.size)

    def resize(self, size: int) -> None:
        """Say how much the instance takes now."""
        if size == self.size or not self._is_counted:
            return
        with self._room.lock:
            self._room.size += size - self.size
            self.size = size

    def take(self, size: int) -> None:
        """The instance is kept from now on."""
        if not self._is_counted:
            self._is_counted = True
            self.resize(size)

    def give_back(self) -> None:
        """The instance is no longer kept: what it still changes counts no more."""
        self.resize(0)
        self._is_counted = False
