"""Letting go of instances that are no longer kept."""

from __future__ import annotations

import threading

from ..domain.instance import Instance


def retire(instance: Instance, lock: threading.RLock) -> None:
    """Let go of the messages of an instance that is no longer kept.

    It refers to itself, and stays in memory until garbage is collected, which tens of megabytes
    of texts alone do not bring about. Whoever is in the middle of a change keeps them.
    """
    instance.room.give_back()
    if lock.acquire(blocking=False):
        try:
            instance.state.drop_messages()
        finally:
            lock.release()
