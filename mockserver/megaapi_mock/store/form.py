"""What a form of a type is, and how a document is refused that does not fit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Misfit(Exception):
    """A document that is not a value of the type wanted; `str` says where and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why, self.path = why, ""

    def inside(self, step: str | int) -> Misfit:
        """The same, seen from one level further out."""
        step_text = f"[{step}]" if isinstance(step, int) else f".{step}"
        self.path = step_text + self.path
        return self

    def __str__(self) -> str:
        return f"{self.path.removeprefix('.')}: {self.why}" if self.path else self.why


class _Inside:
    """A context manager: what does not fit in here is said to be in this place."""

    # Not of contextlib, which takes three times as long: each of 100,000 messages enters it.
    __slots__ = ("_step",)

    def __init__(self, step: str | int) -> None:
        self._step = step

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Misfit):
            raise error.inside(self._step) from None


inside = _Inside


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written as JSON, and read from it: Misfit for what is none."""

    written: Callable[[Any], Any]
    decode: Callable[[Any], Any]


class Digits(int):
    """The type of a whole number that is a key of an object: written as a text."""
