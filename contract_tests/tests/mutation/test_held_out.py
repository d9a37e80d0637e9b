"""The faults thought up without looking at the suite, as the page shows them."""

from __future__ import annotations

from megaapi_contract.mutation.held_out import RUNS, section


def test_what_was_neither_failure_nor_finding_was_missed() -> None:
    for run in RUNS:
        assert 0 <= run.missed < run.faults == run.failures + run.findings + run.missed


def test_the_page_has_every_run() -> None:
    lines = list(section())
    for run in RUNS:
        cells = (run.faults, run.failures, run.findings, run.missed)
        row = f"| {run.subject} | " + " | ".join(map(str, cells)) + " |"
        assert any(row in line and run.date in line for line in lines)
