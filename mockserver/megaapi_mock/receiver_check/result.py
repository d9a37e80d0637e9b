"""The verdict on a receiver: checks that held or did not, as JSON, as a table, as JUnit's XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

CheckOutcome = Literal["passed", "failed", "undecided", "not applicable"]
# Ids in the table; the other forms have them all.
SHOWN = 20
PASSED: CheckOutcome = "passed"
FAILED: CheckOutcome = "failed"
UNDECIDED: CheckOutcome = "undecided"
OPEN: CheckOutcome = "not applicable"
# The check of a loop.
LOOP = "ignored_its_echo"


@dataclass(frozen=True, slots=True)
class Check:
    """One property of a receiver: whether it held, in a sentence, and the ids that broke it."""

    name: str
    outcome: CheckOutcome
    message: str
    offending: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        return {
            "name": self.name,
            "outcome": self.outcome,
            "message": self.message,
            "offending": list(self.offending),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every check, and the figures behind them. `notes`: what whoever reads it should know."""

    instance: str
    checks: tuple[Check, ...]
    figures: Mapping[str, float]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """No check failed or is undecided, and there was something to judge."""
        return self.outcome == PASSED

    @property
    def outcome(self) -> CheckOutcome:
        """failed, undecided while something is still to come, passed, or not applicable."""
        outcomes = {check.outcome for check in self.checks}
        return next(kind for kind in (FAILED, UNDECIDED, PASSED, OPEN) if kind in outcomes)

    @property
    def open(self) -> bool:
        """Whether a moment more may decide something: the verdict, or whether there is a loop.

        One check that has failed does not end a conversation that still goes on.
        """
        loop = any(c.name == LOOP and c.outcome == UNDECIDED for c in self.checks)
        return loop or self.outcome == UNDECIDED

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        document = {
            "instance": self.instance,
            "passed": self.passed,
            "outcome": self.outcome,
            "checks": [check.as_json() for check in self.checks],
            "figures": dict(self.figures),
        }
        return {**document, "notes": list(self.notes)} if self.notes else document

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Verdict:
        """A verdict from the JSON that `as_json` returned."""
        checks = tuple(
            Check(each["name"], each["outcome"], each["message"], tuple(each["offending"]))
            for each in document["checks"]
        )
        notes = tuple(document.get("notes", ()))
        return cls(document["instance"], checks, document["figures"], notes)

    def as_table(self) -> str:
        """Lines of text for people."""
        wide = max(len(check.name) for check in self.checks)
        lines = [
            f"{check.name:<{wide}}  {check.outcome:<14}  {check.message}" for check in self.checks
        ]
        for check in self.checks:
            if check.offending:
                more = len(check.offending) - SHOWN
                ids = ", ".join(check.offending[:SHOWN]) + (f" and {more} more" if more > 0 else "")
                lines.append(f"{check.name}: {ids}")
        lines.append("  ".join(f"{name} {value:g}" for name, value in self.figures.items()))
        lines += [f"note: {note}" for note in self.notes]
        outcome = FAILED if self.outcome == OPEN else self.outcome
        lines.append(f"{self.instance}: {outcome}")
        return "\n".join(lines) + "\n"

    def as_junit(self) -> str:
        """One test case for each check, as CI servers read it."""
        count = {kind: sum(check.outcome == kind for check in self.checks) for kind in _KINDS}
        suite = (
            f'<testsuite name="receiver" tests="{len(self.checks)}" '
            f'failures="{count[FAILED]}" errors="{count[UNDECIDED]}" skipped="{count[OPEN]}">'
        )
        cases = "".join(_case(self.instance, check) for check in self.checks)
        properties = "".join(
            f'<property name={quoteattr(name)} value="{value:g}"/>'
            for name, value in self.figures.items()
        )
        notes = escape("\n".join(self.notes))
        output = f"<system-out>{notes}</system-out>" if notes else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<testsuites>{suite}<properties>{properties}</properties>{cases}{output}"
            "</testsuite></testsuites>\n"
        )


_KINDS = (PASSED, FAILED, UNDECIDED, OPEN)


def _case(instance: str, check: Check) -> str:
    head = f"<testcase classname={quoteattr(instance)} name={quoteattr(check.name)}"
    if check.outcome == PASSED:
        return f"{head}/>"
    if check.outcome == OPEN:
        return f"{head}><skipped message={quoteattr(check.message)}/></testcase>"
    ids = escape("\n".join(check.offending))
    kind = "failure" if check.outcome == FAILED else "error"
    return f"{head}><{kind} message={quoteattr(check.message)}>{ids}</{kind}></testcase>"
