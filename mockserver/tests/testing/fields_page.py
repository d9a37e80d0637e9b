"""The tables of docs/testing.md that list fields, made of the code's own docstrings.

.venv/bin/python mockserver/tests/testing/fields_page.py     writes them into the page again
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from megaapi_mock.testing import Call, Message, Webhook

PAGE = Path(__file__).parents[3] / "docs" / "testing.md"
RECORDS = (Message, Webhook, Call)


def table(record: type) -> str:
    """One row for each public property: its name, its type, and the first sentence of its docs."""
    rows = ["| field | type | what |", "| --- | --- | --- |"]
    properties = (
        (name, member.fget)
        for name, member in vars(record).items()
        if isinstance(member, property) and not name.startswith("_")
    )
    for name, getter in properties:
        words = " ".join(str(inspect.getdoc(getter)).split())
        kind = str(inspect.get_annotations(getter)["return"]).replace("|", "or")
        rows.append(f"| `{name}` | {kind} | {words} |")
    return "\n".join(rows)


def with_tables(page: str) -> str:
    """The page with every table between its two marks as the code has it."""
    for record in RECORDS:
        name = record.__name__
        marks = rf"(<!-- fields of {name} -->\n).*?(<!-- end of {name} -->)"
        page, count = re.subn(
            marks,
            lambda found, it=record: f"{found[1]}{table(it)}\n{found[2]}",
            page,
            flags=re.DOTALL,
        )
        assert count == 1, f"docs/testing.md has {count} places for the fields of {name}"
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
