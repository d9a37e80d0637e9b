"""The faults thought up without looking at the suite, as the page shows them."""

from __future__ import annotations

from megaapi_contract.mutation.held_out import RUNS, HeldOutRun, section


def test_no_run_has_more_outcomes_than_faults() -> None:
    for run in RUNS:
        assert 0 <= run.missed < run.faults


def test_what_was_neither_failure_nor_finding_was_missed() -> None:
    assert HeldOutRun("2026-11-30", "at home", "all", 10, 6, 3).missed == 1


def test_the_page_has_every_run() -> None:
    lines = list(section())
    for run in RUNS:
        cells = (run.faults, run.failures, run.findings, run.missed)
        row = f"| {run.subject} | " + " | ".join(map(str, cells)) + " |"
        assert any(row in line and run.date in line for line in lines)
