"""Prints failures while the run goes on: one line per cause."""

from __future__ import annotations

import sys

from ..judging.results import Breach, Exchange, Result
from ..redaction.redaction import Redaction
from .wording import cause


class FailurePrinter:
    """Prints new failures to standard output at once, without private values.

    What cannot be printed is not lost: the report at the end has it.
    """

    def __init__(self, redaction: Redaction, *, strict: bool) -> None:
        self._redaction, self._strict = redaction, strict
        self._known_identities: set[tuple[str, ...]] = set()
        self._printed_causes: set[tuple[str, ...]] = set()
        # Why something could not be printed.
        self.output_error: OSError | None = None

    def print_failures(self, result: Result, exchanges: list[Exchange]) -> None:
        """Print the new failures of a probe that has ended, with these exchanges."""
        new_breaches = [breach for breach in result.breaches if self._is_new(breach)]
        # What the exchanges hold is looked for in sentences afterwards.
        for exchange in exchanges if new_breaches else ():
            self._redaction.exchange(exchange)
        for breach in new_breaches:
            self._print_failure(self._redaction.breach(breach))
        if result.bug:
            self._print(f"mistake: {self._redaction.sentence(result.reason)}")

    def _print_failure(self, clean: Breach) -> None:
        """Print a failure unless one of the same cause was printed before."""
        if cause(clean) in self._printed_causes:
            return
        self._printed_causes.add(cause(clean))
        self._print(f"failure: {clean.operation}: {clean.message}")
        if clean.got:
            self._print(f"  expected {clean.expected}")
            self._print(f"  got      {clean.got}")

    def _is_new(self, breach: Breach) -> bool:
        if (
            breach.severity(strict=self._strict) != "failure"
            or breach.identity in self._known_identities
        ):
            return False
        self._known_identities.add(breach.identity)
        return True

    def _print(self, line: str) -> None:
        try:
            print(line)
            sys.stdout.flush()
        except OSError as error:
            self.output_error = error
