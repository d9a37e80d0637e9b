"""Calls to an instance that wait while nobody holds it, and may wait in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..errors import Overloaded

Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class _WaitingCall:
    """A call that waits; `is_over` once its instance started over."""

    key: str
    is_over: bool = False


class WaitingCalls:
    """Thread-safe."""

    def __init__(self) -> None:
        self._waiting: set[_WaitingCall] = set()

    def wait(self, key: str, wait: Callable[[Result], object], how_long: Result) -> None:
        """Wait. Overloaded where the instance, or all of them, started over meanwhile."""
        waiting = _WaitingCall(key)
        self._waiting.add(waiting)
        try:
            wait(how_long)
        finally:
            self._waiting.discard(waiting)
        if waiting.is_over:
            raise Overloaded(f"{key} was reset, replaced or deleted while this call waited")

    def end(self, key: str | None) -> None:
        """This instance, or all of them, start over: whoever waits for one waits in vain."""
        for waiting in tuple(self._waiting):
            waiting.is_over = waiting.is_over or key in (None, waiting.key)
