"""Header values that say nothing private: types, numbers, dates, words of the contract."""

from __future__ import annotations

import pytest
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.public_headers import PUBLIC_HEADERS, is_public, split_value
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


@pytest.mark.parametrize(
    ("name", "value", "parts"),
    [
        ("content-type", "text/html; charset=utf-8", ("text/html; charset=utf-8", "")),
        ("content-type", "application/json;charset=iso-8859-1",
         ("application/json; ", "charset=iso-8859-1")),
        ("content-type", "multipart/form-data; boundary=Zorba",
         ("multipart/form-data; ", "boundary=Zorba")),
        ("content-type", "zorba/json; a=1", ("", "zorba/json; a=1")),
        ("accept", "application/json; q=1", ("", "application/json; q=1")),
        ("x-zorba", "application/json", ("", "application/json")),
    ],
)  # fmt: skip
def test_of_a_content_type_only_the_parameters_are_private(
    vocabulary: Vocabulary, name: str, value: str, parts: tuple[str, str]
) -> None:
    assert split_value(name, value, vocabulary) == parts


def test_names_are_standard_and_in_small_letters() -> None:
    assert {"content-type", "authorization", "x-mock-reason"} <= PUBLIC_HEADERS
    assert all(name == name.lower() for name in PUBLIC_HEADERS)
    assert "x-forwarded-for" not in PUBLIC_HEADERS
