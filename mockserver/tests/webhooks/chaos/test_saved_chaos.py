"""Chaos as plain values: chance goes on where it was, records stand in the order they came."""

from __future__ import annotations

import struct
from random import Random

import pytest
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.webhooks.chaos.saved_chaos import as_recorded, pack_chance, set_chance

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"


def delivery(number: int, time: float, key: str = ONE) -> Delivery:
    return Delivery(f"d{number}.{key}", time, key, "text-plain", "", "http://a", b"{}", key)


def test_chance_goes_on_where_it_was() -> None:
    chance = Random(7)
    chance.random()
    saved = pack_chance(chance)
    expected = [chance.random() for _ in range(5)]
    other = Random(99)
    set_chance(other, saved)
    assert [other.random() for _ in range(5)] == expected


def test_what_is_no_state_of_chance_is_refused() -> None:
    with pytest.raises(struct.error):
        set_chance(Random(), b"short")
    beyond = struct.pack("<625I", *range(624), 10_000)
    with pytest.raises(ValueError, match="invalid state"):
        set_chance(Random(), beyond)


def test_number_tells_the_order_within_an_instance_whatever_its_time() -> None:
    first, copy, last = delivery(2, 9.0), delivery(10, 3.0), delivery(11, 10.0)
    assert as_recorded([last, copy, first]) == [first, copy, last]


def test_of_several_instances_the_time_tells_the_order() -> None:
    first, other, last = delivery(5, 1.0), delivery(1, 2.0, TWO), delivery(6, 3.0)
    assert as_recorded([last, other, first]) == [first, other, last]


def test_an_id_without_a_number_comes_first() -> None:
    odd = delivery(1, 5.0)
    odd.id = "odd"
    later = delivery(1, 5.0)
    assert as_recorded([later, odd]) == [odd, later]
