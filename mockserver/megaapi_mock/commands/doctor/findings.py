"""What one check found, and the screen that shows all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

FindingOutcome = Literal["ok", "warning", "wrong", "skipped"]
# Letters of one sentence on the screen; --json has all.
SHOWN_MOST = 200
_MARKS = {"ok": "ok", "warning": "look", "wrong": "WRONG", "skipped": "-"}


class CheckSkipped(Exception):
    """A check that cannot be made, and why."""


@dataclass(frozen=True)
class Finding:
    """One check's outcome, what was seen, and what to do about it."""

    check: str
    outcome: FindingOutcome
    message: str
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        """The members that `doctor --json` prints."""
        return asdict(self)


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """All of them, and whether nothing is wrong."""
    return {
        "passed": nothing_is_wrong(findings),
        "findings": [finding.as_json() for finding in findings],
    }


def as_screen(findings: Sequence[Finding]) -> str:
    """A line for each check, advice below those that need it, and the sum."""
    width = max(len(finding.check) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(
            f"{_MARKS[finding.outcome]:<5}  {finding.check:<{width}}  {_one_line(finding.message)}"
        )
        if finding.advice and finding.outcome in ("wrong", "warning"):
            lines.append(f"{'':<5}  {'':<{width}}  -> {_one_line(finding.advice)}")
    counts = {
        outcome: sum(finding.outcome == outcome for finding in findings) for outcome in _MARKS
    }
    lines.append(
        f"{counts['wrong']} wrong, {counts['warning']} to look at, {counts['ok']} ok, "
        f"{counts['skipped']} not checked"
    )
    return "\n".join(lines)


def _one_line(text: str) -> str:
    """On one line of a terminal, whatever the host said."""
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= SHOWN_MOST else f"{line[:SHOWN_MOST]}..."


def nothing_is_wrong(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.outcome != "wrong" for finding in findings)
