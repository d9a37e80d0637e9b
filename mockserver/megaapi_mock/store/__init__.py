"""The store port: where instances live, and how one is changed whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from ..domain.gateway import InstanceSeed
from ..domain.instance import Instance


class Store(Protocol):
    """All state belongs to one instance key; two keys never wait for each other.

    `due_earlier` is called when something is scheduled before all else.
    """

    due_earlier: Callable[[], None]

    def change(self, key: str) -> AbstractContextManager[Instance]:
        """Hold one instance alone; kept when the block ends, undone when it raises.

        Raises UnknownInstance. What is due by then happens before the change is kept.
        """

    def add(self, seed: InstanceSeed) -> None:
        """A new instance; an old one with the same key is replaced."""

    def remove(self, key: str) -> None:
        """An instance is gone with all it knew. Raises UnknownInstance."""

    def keys(self) -> Sequence[str]:
        """Every key, in order of creation."""

    def reset(self, key: str | None = None) -> None:
        """Back to the starting world: all of it, or one instance alone."""

    def next_due(self) -> tuple[float, str] | None:
        """The instance that has something scheduled first, and when."""

    def next_due_besides(self, key: str) -> float | None:
        """When the first of the other instances has something; None while none write to others."""
