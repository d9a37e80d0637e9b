"""On a phone every row of a table is a block of its own, each value beside its name."""

from __future__ import annotations

import re

from megaapi_contract.reports.page import page

from ..made_up import bad


def tables() -> list[str]:
    return re.findall(r"<table.*?</table>", page(bad()), re.DOTALL)


def test_every_table_can_be_stacked() -> None:
    assert len(tables()) == 3
    for table in tables():
        assert table.startswith('<table class="stack">')
        body = table.partition("<tbody>")[2]
        cells = re.findall(r"<td[^>]*>", body)
        assert cells and all("data-name=" in cell for cell in cells)


def test_long_words_are_broken_where_rows_are_stacked() -> None:
    style = page(bad())
    assert ".stack td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr)" in style
    assert re.search(r"\.more ul \{[^}]*overflow-wrap: anywhere", style)
