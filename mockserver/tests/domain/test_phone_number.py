"""Numbers as people write them, and numbers that lack their country code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.phone_number import (
    as_written,
    digits_of,
    is_group_id,
    is_none_of_brazil,
    lacks_country,
    national,
    probably_meant,
    written_otherwise,
)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("(11) 90000-0002", "5511900000002"),
        ("11 90000-0002", "5511900000002"),
        ("11900000002", "5511900000002"),
        ("011 90000-0002", "5511900000002"),
        ("+55 (11) 90000-0002", "5511900000002"),
        ("55 11 90000-0002", "5511900000002"),
        ("(31) 9000-0005", "553190000005"),
        ("(11) 3000-0001", "551130000001"),
        ("+1 212 555-0100", "12125550100"),
        ("+11900000002", "11900000002"),
        ("5511900000002@s.whatsapp.net", "5511900000002@s.whatsapp.net"),
        ("100000000000002@lid", "100000000000002@lid"),
        ("5511900000001-1600000000", "5511900000001-1600000000"),
        ("120363000000000001@g.us", "120363000000000001@g.us"),
        ("Ana", "Ana"),
        ("+55 011 90000-0002", "5511900000002"),
        ("0055 11 90000-0002", "5511900000002"),
        ("0055 (011) 90000-0002", "5511900000002"),
        ("55-1130000001", "551130000001"),
        ("0011900000002", "11900000002"),
        ("00", "00"),
        ("0 15 11 90000-0002", "5511900000002"),
        ("01511900000002", "5511900000002"),
        ("+55 0 41 11 90000-0002", "5511900000002"),
        ("\u202a+55 11 90000\u20110002\u202c", "5511900000002"),
        ("\u200e(11) 90000-0002\ufeff", "5511900000002"),
        ("\u202a+11900000002\u202c", "11900000002"),
        ("tel:+55-11-90000-0002", "5511900000002"),
        ("whatsapp:+5511900000002", "5511900000002"),
        ("https://wa.me/5511900000002", "5511900000002"),
        ("wa.me/12125550100", "12125550100"),
        ("https://api.whatsapp.com/send?phone=5511900000002", "5511900000002"),
        ("https://example.test/5511900000002", "https://example.test/5511900000002"),
        ("tel:Ana", "tel:Ana"),
        ("tel:11900000002", "5511900000002"),
    ],
)
def test_numbers_as_people_write_them(written: str, number: str) -> None:
    assert as_written(written) == number


def test_a_listed_number_is_whole_as_it_is() -> None:
    assert as_written("11 90000-0002", numbers=["11900000002"]) == "11900000002"


@pytest.mark.parametrize(
    "number",
    [
        "5511900000002", "551190000002", "12125550100", "447700900000", "351910000000",
        "4520123456", "4740000000", "6580000000", "5350000000", "919000000000", "595981000000",
    ],
)  # fmt: skip
def test_whole_numbers_of_other_countries_stay(number: str) -> None:
    assert national(number) is None
    assert not lacks_country(number)
    assert as_written(number) == number


@pytest.mark.parametrize(
    "number", ["11900000002", "1190000002", "1130000001", "900000002", "30000001"]
)
def test_numbers_without_their_country(number: str) -> None:
    assert lacks_country(number)


@pytest.mark.parametrize(
    "text",
    ["\uff15\uff15 11 90000-0002", "0 21 11 90000 0002", "tel:11900000002", "\u202a5511900000002"],
)
def test_what_was_meant_is_named(text: str) -> None:
    assert probably_meant(text) == "5511900000002"
    assert written_otherwise(text).endswith("digits alone, 5511900000002?")


def test_ids_of_groups_are_known_by_their_form() -> None:
    assert is_group_id("120363000000000001")
    assert not any(map(is_group_id, ("5511900000002", "12036300000000000", "120363-1", "")))


@given(area=st.sampled_from(["11", "21", "31", "48", "98"]), rest=st.integers(0, 99_999_999))
def test_every_mobile_is_found_behind_its_national_form(area: str, rest: int) -> None:
    digits = f"{area}9{rest:08d}"
    assert national(digits) == f"55{digits}"
    assert national(f"55{digits}") is None


@given(written=st.text())
def test_reading_twice_changes_nothing_more(written: str) -> None:
    assert digits_of(digits_of(written)) == digits_of(written)


@pytest.mark.parametrize(
    "number",
    ["55119000000", "5511900000", "5500900000002", "5520900000002", "5511800000002", "55110000"],
)
def test_digits_like_no_number_of_brazil(number: str) -> None:
    assert is_none_of_brazil(number)


@pytest.mark.parametrize(
    "number",
    [
        "5511900000002", "551190000002", "551130000001", "553100000005", "558000000000",
        "5508000000000", "5540040000", "12125550100", "447700900000", "595981000000",
        "351910000000", "5611900000002", "100000000000002", "5400900000002",
    ],
)  # fmt: skip
def test_healthy_numbers_are_like_others(number: str) -> None:
    assert not is_none_of_brazil(number)
