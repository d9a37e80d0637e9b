"""Two ways to dial one phone are one phone, and no two phones are taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.judging.phone_spellings import is_same_phone, spellings, without_repeats

numbers = st.from_regex(r"(55[1-9][0-9]9?|549?|521?|351|1)[0-9]{8,10}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5531900000005", "553100000005"),
        ("5531990000005", "553190000005"),
        ("5511980000001", "551180000001"),
        ("5491100000001", "541100000001"),
        ("5215500000001", "525500000001"),
    ],
)
def test_a_phone_may_be_dialled_in_two_ways(one: str, other: str) -> None:
    assert spellings(one) == (one, other) and spellings(other) == (other, one)
    assert is_same_phone(one, other) and is_same_phone(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A mobile of nine digits, and the landline with the other eight.
        ("5511920000001", "551120000001"),
        ("5511900000002", "5511900000003"),
        ("5511900000002", "5521900000002"),
        ("5511900000002", "11900000002"),
        ("351910000002", "35110000002"),
        ("12025550102", "1912025550102"),
    ],
)
def test_another_phone_is_not_the_same(one: str, other: str) -> None:
    assert not is_same_phone(one, other) and not is_same_phone(other, one)


@given(one=numbers, other=numbers)
def test_each_way_to_dial_a_phone_has_the_same_ways(one: str, other: str) -> None:
    for number in spellings(one):
        assert {*spellings(number)} == {*spellings(one)}
    assert is_same_phone(one, other) is is_same_phone(other, one)


def test_a_phone_that_is_listed_twice_is_dialled_as_listed_first() -> None:
    listed = ("5531900000005", "5511900000002", "553100000005", "5511900000002")
    assert without_repeats(listed) == listed[:2]
