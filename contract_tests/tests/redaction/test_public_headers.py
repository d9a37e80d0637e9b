"""Header values that say nothing private: types, numbers, dates, words of the contract."""

from __future__ import annotations

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.public_headers import PUBLIC_HEADERS, is_public
from megaapi_contract.redaction.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(Contract())


@pytest.mark.parametrize(
    ("value", "public"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON;charset=UTF-8", True),
        ("application/json; name=Zorba", False),
        ("zorba/private", False),
        ("0", True),
        ("999999", True),
        ("1000000", False),
        ("5511900000002", False),
        ("²", False),
        ("keep-alive", True),
        ("close", True),
        ("*", True),
        ("gzip, deflate, br", True),
        ("gzip", True),
        ("gzip, zorba", False),
        ("Tue, 01 Dec 2026 10:00:00 GMT", True),
        ("Tue, 01 Dec 2026 10:00:00 BRT", False),
        ("axios/1.7.2", True),
        ("zorba/1.7.2", False),
        ("axios/1.7.2 of Zorba", False),
        ("", False),
        ("Zorba", False),
    ],
)
def test_a_value_is_public_by_its_form(vocabulary: Vocabulary, value: str, public: bool) -> None:
    assert is_public(value, vocabulary) == public


def test_names_are_standard_and_in_small_letters() -> None:
    assert {"content-type", "authorization", "x-mock-reason"} <= PUBLIC_HEADERS
    assert all(name == name.lower() for name in PUBLIC_HEADERS)
    assert "x-forwarded-for" not in PUBLIC_HEADERS
