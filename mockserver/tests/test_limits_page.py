"""docs/limits.md has every limit there is, as the code has it."""

from __future__ import annotations

from dataclasses import fields

from megaapi_mock.settings import Settings

from .limits_page import PAGE, amount, limits, page

# Numbers that bound nothing.
NO_LIMITS = {"port", "contacts", "seed", "workers"}


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make generated`"


def test_every_number_of_the_settings_is_a_limit_with_unit_and_effect() -> None:
    numbers = {setting.name for setting in fields(Settings) if type(setting.default) is int}
    assert {setting.name for setting in limits()} == numbers - NO_LIMITS
    for setting in limits():
        assert setting.metadata["unit"]
        assert setting.metadata["beyond"]


def test_every_limit_of_the_settings_is_a_row_of_the_page() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    for setting in limits():
        option = f"`--{setting.name.replace('_', '-')}`"
        (row,) = [row for row in rows if option in row]
        assert f"| {amount(setting.default, setting.metadata['unit'])} |" in row


def test_amounts_are_read_at_a_glance() -> None:
    assert amount(64 * 2**20, "bytes") == "64 Mi"
    assert amount(16 * 2**10, "bytes") == "16 Ki"
    assert amount(100_000, "messages") == "100,000"
