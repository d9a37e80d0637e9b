"""Sentences that every database says alike."""

from __future__ import annotations

from megaapi_mock.store.sql.database import VERSION, closed_text, damage_text, newer_text


def test_damage_is_one_line_that_says_what_to_do() -> None:
    text = damage_text("mock.db", "row 5\n is  missing", "start with a new file")
    assert text == (
        "the store mock.db is damaged: row 5 is missing; it is left as it is: use a copy, or "
        "start with a new file"
    )


def test_newer_store_is_named_with_both_versions() -> None:
    text = newer_text("mock.db", VERSION + 1)
    assert text.startswith(f"the store mock.db has version {VERSION + 1} and this mock reads up to")
    assert f"up to {VERSION}:" in text and "left as it is" in text


def test_closed_store_is_named() -> None:
    assert closed_text("mock.db") == "the mock is stopping: mock.db is closed"
