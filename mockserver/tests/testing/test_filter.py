"""What a wait asks for, how a record differs from it, and which record is nearest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from megaapi_mock.testing.filter import Filter


@dataclass
class Record:
    text: Any = "bom dia"
    to: str = "5511900000002@s.whatsapp.net"
    state: str = "delivered"
    number: int = 3


def wanted(condition: Any = None, ends: Any = None, **fields: Any) -> Filter[Record]:
    return Filter("a webhook", fields, condition, ends or {})


@pytest.mark.parametrize(
    ("fields", "misses"),
    [
        ({}, []),
        ({"text": "bom dia", "number": 3}, []),
        ({"text": re.compile("dia")}, []),
        ({"text": re.compile("noite")}, ["text is 'bom dia', not /noite/"]),
        ({"number": re.compile("3")}, ["number is 3, not /3/"]),
        ({"text": "oi", "number": 4}, ["text is 'bom dia', not 'oi'", "number is 3, not 4"]),
        ({"text": "b.m"},
         ["text is 'bom dia', not 'b.m' (a text is equal; re.compile(...) makes it a pattern)"]),
        ({"text": "x.m"}, ["text is 'bom dia', not 'x.m'"]),
        ({"text": "("}, ["text is 'bom dia', not '('"]),
    ],
)  # fmt: skip
def test_each_difference_is_said(fields: dict[str, Any], misses: list[str]) -> None:
    assert wanted(**fields).misses(Record()) == misses


def test_a_condition_of_the_test_counts_too() -> None:
    assert wanted(lambda record: record.number == 3).misses(Record()) == []
    assert wanted(lambda record: False, number=4).misses(Record()) == [
        "number is 3, not 4", "where() says no",
    ]  # fmt: skip
    [miss] = wanted(lambda record: record.text["a"]).misses(Record())
    assert miss.startswith("where() raised TypeError")
    with pytest.raises(ZeroDivisionError):
        wanted(lambda record: 1 / 0).misses(Record())


def test_how_it_ends_counts_once_it_has_settled() -> None:
    one = wanted(ends={"state": "failed"}, number=3)
    assert one.misses(Record()) == []
    assert one.failures(Record()) == ["state is 'delivered', not 'failed'"]


def test_texts_that_are_alike_are_nearer_than_others() -> None:
    one = wanted(text="bom dia!")
    near, far = Record("bom dia"), Record("quanto custa?")
    assert 0 < one.distance(near) < one.distance(far) <= 1
    assert one.distance(Record("bom dia!")) == 0


def test_numbers_and_addresses_fit_or_do_not() -> None:
    assert wanted(number=4).distance(Record()) == 1
    assert wanted(to="5511900000003@s.whatsapp.net").distance(Record()) == 1
    assert wanted(text="123").distance(Record("124")) == 1
    assert wanted(text="oi").distance(Record(None)) == 1


def test_a_condition_and_an_end_put_a_record_farther_away() -> None:
    assert wanted(lambda record: False).distance(Record()) == 1
    assert wanted(ends={"state": 5}).distance(Record()) == 1
    assert wanted(lambda record: False, ends={"state": 5}, number=4).distance(Record()) == 3


def test_a_wait_is_said_in_words() -> None:
    one = wanted(lambda record: True, {"state": "failed"}, text=re.compile("a"), number=3)
    assert str(one) == ("a webhook with text /a/ and number 3 and state 'failed' and where() true")
    assert str(wanted()) == "a webhook"
