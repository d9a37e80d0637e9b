"""Two ways to dial one Brazilian mobile, one of them registered."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.ninth_digit import NinthDigit

LONGER, SHORTER = "5511900000002", "551190000002"
WITH_NINE, WITHOUT_NINE = (
    NinthDigit(registered_with=frozenset({"11", "21"})),
    NinthDigit(registered_without=frozenset({"11", "21"})),
)


@pytest.mark.parametrize(
    ("longer", "shorter"), [("5511900000002", "551100000002"), ("5521900000021", "552100000021")]
)
def test_each_form_is_the_other_way_to_dial_the_same(longer: str, shorter: str) -> None:
    for table in (WITH_NINE, WITHOUT_NINE):
        assert table.other(longer) == shorter and table.other(shorter) == longer
    for number in (longer, shorter):
        assert WITH_NINE.registered_form(number) == longer
        assert WITHOUT_NINE.registered_form(number) == shorter


@pytest.mark.parametrize(
    "number",
    [
        "5531900000002",  # an area that the table does not name
        "551130000000",  # a landline
        "14155550123",  # another country
        "55119000000021",  # too long
        "٥٥١١٩٠٠٠٠٠٠٠٢",  # digits, and not ours
    ],
)
def test_what_the_table_does_not_know_is_what_was_dialled(number: str) -> None:
    assert WITH_NINE.registered_form(number) == number
    assert WITH_NINE.other(number) is None


def test_without_a_table_nothing_is_taken_for_granted() -> None:
    assert NinthDigit().other(LONGER) is None
    assert NinthDigit().registered_form(SHORTER) == SHORTER
