"""The store port: where instances live, and how one is changed whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ..domain.gateway import Gateway, InstanceSeed
from ..domain.instance import Instance
from ..domain.peer_messages import Envelope
from ..records.log import RecordQueries
from ..records.outcome import Outcome


class Owed(Protocol):
    """What kept changes owe and nobody has taken yet: deliveries, and messages to peers."""

    def claim_deliveries(self, key: str) -> Iterator[Outcome]:
        """Take out the outcomes of an instance that may leave, in the order of their changes.

        What is not `released` stops all behind it.
        """

    def free_room(self, outcome: Outcome) -> None:
        """What was claimed waits here no longer."""

    def claim_peer_message(self) -> Envelope | None:
        """Take out the message between two instances that was written first."""

    def return_peer_message(self, envelope: Envelope) -> None:
        """What was claimed could not be taken just now: it is the first to be claimed again."""

    def keep_peer_message(self, envelope: Envelope) -> None:
        """Remember one more message to an instance, which is not part of a change."""

    @property
    def has_peer_messages(self) -> bool:
        """Whether a message between two instances is on its way."""

    def abandon(self, key: str | None = None) -> Sequence[Outcome]:
        """Take out all that one instance, or everybody, owes; its messages to peers are gone."""


class Store(Protocol):
    """All state belongs to one instance key; two keys never wait for each other.

    `owed` is filled by kept changes. `due_earlier` is called when
    something is scheduled to be due before everything else.
    """

    owed: Owed
    # What is on record, of this process and of whoever else keeps it in the same place.
    records: RecordQueries
    due_earlier: Callable[[], None]

    @property
    def gateway(self) -> Gateway:
        """What the instances share: world, rules, files; `restore` brings another."""

    def read(self, key: str) -> AbstractContextManager[Instance]:
        """Hold one instance alone and read it as it is now: no change begins, nothing is written.

        Raises UnknownInstance. What is due by now has not happened yet: see `Instance.is_due`.
        """

    def change(
        self, key: str, moment: float | None = None, outcome: Outcome | None = None
    ) -> AbstractContextManager[Instance]:
        """Hold one instance alone; kept when the block ends, undone when it raises.

        Raises UnknownInstance. What is due by then happens before the change is kept. It is made
        now, or at an earlier moment that a jump of the clock has just come to. What stands in the
        outcome when the block ends is kept with the state, in one step: its exchange and
        deliveries are on record from then on, and what it owes can be claimed, but for what is
        `turned_away`.
        """

    def add(
        self, seed: InstanceSeed, *, is_name_given: bool = True, most: int | None = None
    ) -> AbstractContextManager[Instance]:
        """Hold a new instance alone, under a key that nobody has; kept when the block ends.

        It is gone when the block raises. Impossible, and nothing has changed, where there is one
        already, or `most`, or where the gateway does not admit the seed.
        """

    def remove(self, key: str) -> None:
        """An instance is gone with all it knew. Raises UnknownInstance."""

    def keys(self) -> Sequence[str]:
        """Every key, in order of creation."""

    def has(self, key: str) -> bool:
        """Whether there is an instance with this key."""

    def reset(self, key: str | None = None) -> None:
        """Back to the starting world: all of it, or one instance alone."""

    def hold(self) -> AbstractContextManager[Sequence[Instance]]:
        """Hold every instance at once, in order of creation; nothing changes meanwhile.

        What the holder adds or restores is held too, until all are free.
        """

    def restore(self, gateway: Gateway, instances: Sequence[Instance]) -> None:
        """These instead of all others; a reset leads back to what this gateway starts with."""

    def restore_one(self, instance: Instance) -> None:
        """This instead of the one with its key, or beside the others."""

    def settle(self) -> None:
        """All that has happened so far is kept, records and settings too.

        Raises StoreUnavailable where that cannot be.
        """

    def close(self) -> None:
        """Keep what is left, and let go of whatever the state is kept in."""

    def hindrance(self) -> str | None:
        """Why no change can be kept just now; None where it can."""

    def next_due(self) -> tuple[float, str] | None:
        """The instance that has something scheduled first, and when."""
