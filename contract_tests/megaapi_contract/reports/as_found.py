"""Failures told while the run goes on: one line for each cause, the first time it is found."""

from __future__ import annotations

import sys
from contextlib import suppress

from ..judging.results import Broken, Exchange, Result
from ..redaction.redaction import Redaction
from .wording import cause


class AsFound:
    """Prints to standard output at once, piped or not; clean of what is private.

    What cannot be printed is not lost: the report at the end has it.
    """

    def __init__(self, redaction: Redaction, *, strict: bool) -> None:
        self._redaction, self._strict = redaction, strict
        self._seen: set[tuple[str, ...]] = set()
        self._told: set[tuple[str, ...]] = set()

    def ended(self, result: Result, exchanges: list[Exchange]) -> None:
        """A probe ended, with these exchanges."""
        new = [each for each in result.broken if self._is_new(each)]
        # What the exchanges hold is looked for in sentences afterwards.
        for exchange in exchanges if new else ():
            self._redaction.exchange(exchange)
        for broken in new:
            self._tell(self._redaction.broken(broken))
        if result.bug:
            _print(f"mistake: {self._redaction.said(result.reason)}")

    def _tell(self, clean: Broken) -> None:
        """As the report has it: what has one cause is one line, however many places it breaks."""
        if cause(clean) in self._told:
            return
        self._told.add(cause(clean))
        _print(f"failure: {clean.operation}: {clean.message}")
        if clean.got:
            _print(f"  expected {clean.expected}")
            _print(f"  got      {clean.got}")

    def _is_new(self, broken: Broken) -> bool:
        if broken.verdict(strict=self._strict) != "failure" or broken.identity in self._seen:
            return False
        self._seen.add(broken.identity)
        return True


def _print(line: str) -> None:
    with suppress(OSError):
        print(line)
        sys.stdout.flush()
