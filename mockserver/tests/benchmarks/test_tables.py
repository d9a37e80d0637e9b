"""The figures as Markdown, and where they are put on a page."""

from __future__ import annotations

from typing import Any

import pytest
from comparison.names import MEMORY, PEERS, PRISM, STORES
from comparison.page import MARK, with_figures
from comparison.tables import servers_table, table, whole

from .test_judgement import good


def cells(text: str) -> dict[str, list[str]]:
    """The cells of each row, by the first of them."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return {row[0]: row[1:] for row in rows}


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(("a", "bcd"), [("efg", "h")]) == "| a   | bcd |\n| --- | --- |\n| efg | h   |"


def test_every_server_has_a_row_with_its_ratio() -> None:
    rows = cells(servers_table(good()))
    assert [*rows][2:] == [*STORES, *PEERS]
    assert rows[PRISM][0] == "1,000"
    assert rows[PRISM][5] == "8.00 (8.00 to 8.00)"
    assert rows[MEMORY][7:9] == ["0.59", "80"]


def test_a_server_with_starts_alone_has_empty_cells() -> None:
    report = good()
    del report["sends"]
    rows = cells(servers_table(report))
    assert rows[MEMORY] == [*[""] * 7, "0.59", "80", ""]
    assert PRISM not in rows


def test_webhooks_show_what_a_whole_core_would_do() -> None:
    report: Any = good()
    report["webhooks"]["kept connections"] = {"rate": [3_000.0], "core": [0.5]}
    row = cells(whole(report))["webhooks/s, kept connections"]
    assert row == ["3,000", "3,000 to 3,000", "50%", "6,000"]


def test_a_report_of_nothing_is_a_judgement() -> None:
    text = whole({"machine": {"date": "2026-11-30"}, "form": "quick"})
    assert text.startswith("date: 2026-11-30\n\n|")
    assert text.count("not measured") == 21


def test_only_what_is_between_the_marks_is_replaced() -> None:
    page = with_figures(f"before\n{MARK}\nearlier figures\n{MARK}\nafter", good())
    before, figures, after = page.split(MARK)
    assert (before, after) == ("before\n", "\nafter")
    assert (
        "earlier figures" not in figures
        and "| holds " in figures
        and "- date: 2026-11-30" in figures
    )
    assert with_figures(page, good()) == page


@pytest.mark.parametrize(("cores", "said"), [(0.2, False), (1.1, True)])
def test_a_page_says_that_the_machine_was_busy(cores: float, said: bool) -> None:
    page = with_figures(f"{MARK}{MARK}", {**good(), "cores_in_use": cores})
    assert ("these figures decide nothing" in page) is said


@pytest.mark.parametrize("page", ["no marks", f"one {MARK}", f"{MARK} three {MARK} {MARK}"])
def test_a_page_without_two_marks_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="2 are needed"):
        with_figures(page, good())
