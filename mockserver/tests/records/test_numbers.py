"""How far each instance has counted its records, for a bounded number of instances."""

from __future__ import annotations

import pytest
from megaapi_mock.records import numbers
from megaapi_mock.records.numbers import RecordNumbers

ONE, TWO, THREE = "megacode-TESTKEY0001", "megacode-TESTKEY0002", "megacode-TESTKEY0003"


@pytest.fixture
def counted() -> RecordNumbers:
    counted = RecordNumbers()
    counted.set(TWO, {"x": 5})
    counted.set(ONE, {"x": 2, "d": 7})
    return counted


def test_each_kind_of_each_owner_counts_for_itself(counted: RecordNumbers) -> None:
    assert counted.all() == {f"d.{ONE}": 7, f"x.{ONE}": 2, f"x.{TWO}": 5}
    assert list(counted.all()) == sorted(counted.all())
    assert (counted.of(ONE), counted.of(THREE)) == ({"x": 2, "d": 7}, {})


def test_setting_one_kind_leaves_the_others(counted: RecordNumbers) -> None:
    counted.set(ONE, {"x": 3})
    assert counted.of(ONE) == {"x": 3, "d": 7}


def test_what_is_read_is_a_copy(counted: RecordNumbers) -> None:
    counted.of(ONE)["x"] = 99
    assert counted.of(ONE)["x"] == 2


def test_who_counted_nothing_for_longest_is_forgotten(
    counted: RecordNumbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "OWNERS_MOST", 2)
    crowded_out: list[str] = []
    counted.on_crowded_out = crowded_out.append
    counted.set(TWO, {"x": 6})
    counted.set(THREE, {"x": 1})
    assert list(counted) == [TWO, THREE]
    counted.of_new(ONE)["x"] = 1
    assert list(counted) == [THREE, ONE]
    assert crowded_out == [ONE, TWO]


def test_numbers_are_forgotten_by_owner_or_all(counted: RecordNumbers) -> None:
    counted.forget(THREE)
    counted.forget(ONE)
    assert counted.all() == {f"x.{TWO}": 5}
    counted.forget(None)
    assert counted.all() == {}
