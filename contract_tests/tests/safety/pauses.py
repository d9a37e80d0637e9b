"""Pauses that are counted, not made."""

from __future__ import annotations


class Pauses:
    """In place of a pause: the seconds that were waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)
