"""Faults thought up by people who had not read the suite: what it noticed of them, as measured.

The catalogue stands beside the laws it tries, and who adds to one reads the other. These lists were
written from README, spec and evidence alone, planted in the mock's own code, and measured before
anybody who works on the suite saw them. They are not kept: whoever reads a list mends its faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldOutRun:
    """One list against one way to run the suite. What is left over was missed.

    `failures` end the run with exit code 1; `findings` are told, but the fact that the fault breaks
    is one that the contract grades `baileys` or `inferred`.
    """

    date: str
    way: str
    subject: str
    faults: int
    failures: int
    findings: int

    @property
    def missed(self) -> int:
        """How many were not told at all."""
        return self.faults - self.failures - self.findings


_HOME = "at home: `run --target mock --quick`"
_EVERY_PLAN = "at home: `run --target mock --quick --gateway-plan all`"
_HOST = "a host without control API: `--allow sends --allow changes`, a webhook receiver"
_PEER = "the same, with `--peer-instance-key`"
_PEER_ALONE = f"{_HOST}, `--peer-instance-key`, `--quick`, every plan"
RUNS = (
    HeldOutRun("2026-11-30", _HOME, "the first 60 of the list", 60, 54, 5),
    HeldOutRun("2026-11-30", _HOME, "all 100", 100, 89, 10),
    HeldOutRun("2026-11-30", _HOST, "those that one instance can show", 62, 53, 7),
    HeldOutRun("2026-11-30", _PEER, "those that two instances can show", 79, 69, 7),
    HeldOutRun("2026-11-30", _HOME, "another list: the first 60", 60, 53, 4),
    HeldOutRun("2026-11-30", _HOME, "another list: all 100", 100, 85, 9),
    HeldOutRun(
        "2026-11-30", _HOST, "another list: those that a linked instance can show", 62, 45, 5
    ),
    HeldOutRun("2026-11-30", _PEER, "another list: those that two instances can show", 79, 55, 6),
    HeldOutRun("2026-11-30", _EVERY_PLAN, "a third list: all 60", 60, 46, 6),
    HeldOutRun(
        "2026-11-30", _PEER_ALONE,
        "a fourth list: 71 of the 86 that two instances can show, ten or so at a time", 71, 38, 7,
    ),
)  # fmt: skip


def section() -> Iterator[str]:
    """Its part of the page, line by line."""
    yield "## Faults thought up without looking at the suite"
    yield ""
    yield "Lists of 100 faults, the third of 60, written down and planted in the mock's code by"
    yield "people who had read README, spec and evidence alone, and measured before the suite was"
    yield "changed. Of the second list seven need a logout, a link or the host's own token there."
    yield "With a second instance only what one instance had not shown as a failure was run again."
    yield "Each fault of the third was tried on the probes that call what it spoils, until a"
    yield "failure was seen. Of the fourth, eight lots of some ten faults were planted at once,"
    yield "and what one of them hid of another is not counted."
    yield "A finding is told, but breaks only a fact that is graded `baileys` or `inferred`."
    yield ""
    yield "| Measured | How | Faults | Of them | Failure | Finding | Missed |"
    yield "| --- | --- | --- | ---: | ---: | ---: | ---: |"
    for run in RUNS:
        yield (
            f"| {run.date} | {run.way} | {run.subject} | {run.faults} | {run.failures}"
            f" | {run.findings} | {run.missed} |"
        )
    yield ""
