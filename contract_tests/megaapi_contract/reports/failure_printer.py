"""Failures told while the run goes on: one line for each cause, the first time it is found."""

from __future__ import annotations

import sys
from contextlib import suppress

from ..judging.results import Breach, Exchange, Result
from ..redaction.redaction import Redaction
from .wording import cause


class FailurePrinter:
    """Prints to standard output at once, piped or not; clean of what is private.

    What cannot be printed is not lost: the report at the end has it.
    """

    def __init__(self, redaction: Redaction, *, strict: bool) -> None:
        self._redaction, self._strict = redaction, strict
        self._known_identities: set[tuple[str, ...]] = set()
        self._printed_causes: set[tuple[str, ...]] = set()

    def print_failures(self, result: Result, exchanges: list[Exchange]) -> None:
        """A probe ended, with these exchanges."""
        new_breaches = [each for each in result.breaches if self._is_new(each)]
        # What the exchanges hold is looked for in sentences afterwards.
        for exchange in exchanges if new_breaches else ():
            self._redaction.exchange(exchange)
        for breach in new_breaches:
            self._print_failure(self._redaction.breach(breach))
        if result.bug:
            _print(f"mistake: {self._redaction.sentence(result.reason)}")

    def _print_failure(self, clean: Breach) -> None:
        """As the report has it: what has one cause is one line, however many places it breaks."""
        if cause(clean) in self._printed_causes:
            return
        self._printed_causes.add(cause(clean))
        _print(f"failure: {clean.operation}: {clean.message}")
        if clean.got:
            _print(f"  expected {clean.expected}")
            _print(f"  got      {clean.got}")

    def _is_new(self, breach: Breach) -> bool:
        if (
            breach.severity(strict=self._strict) != "failure"
            or breach.identity in self._known_identities
        ):
            return False
        self._known_identities.add(breach.identity)
        return True


def _print(line: str) -> None:
    with suppress(OSError):
        print(line)
        sys.stdout.flush()
