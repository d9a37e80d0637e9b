"""Medians, spreads and ratios of rounds, and figures rounded to one side."""

from __future__ import annotations

import pytest
from comparison.figures import Spread, downwards, percentile, ratio, spread, upwards
from hypothesis import given
from hypothesis import strategies as st

RATES = st.floats(0.01, 1e6)
DIGITS = st.integers(0, 3)


def test_spread_has_median_least_and_most() -> None:
    assert spread([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0)


def test_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])


def test_ratio_is_that_of_the_medians() -> None:
    """The median of the rounds' ratios would be 10."""
    assert ratio([10.0, 20.0, 60.0], [1.0, 10.0, 2.0]).middle == 10.0
    assert ratio([10.0, 20.0, 30.0], [1.0, 1.0, 15.0]).middle == 20.0


def test_ratio_spreads_as_its_rounds_do() -> None:
    times = ratio([10.0, 20.0, 60.0], [1.0, 10.0, 2.0])
    assert (times.least, times.most) == (2.0, 30.0)


def test_ratio_needs_as_many_rounds_of_both() -> None:
    with pytest.raises(ValueError, match="2 rounds beside 1"):
        ratio([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 99, 5.0),
        ([float(number) for number in range(1, 101)], 99, 99.0),
        ([float(number) for number in range(1, 1001)], 99, 990.0),
        ([2.0, 1.0], 50, 1.0),
        ([3.0, 1.0, 2.0], 99, 3.0),
    ],
)
def test_percentile_is_a_measured_value(values: list[float], share: int, expected: float) -> None:
    assert percentile(values, share) == expected


@given(st.lists(RATES, min_size=1), st.integers(1, 100))
def test_percentile_is_not_exceeded_by_its_share(values: list[float], share: int) -> None:
    limit = percentile(values, share)
    assert sum(value <= limit for value in values) * 100 >= share * len(values)
    assert sum(value < limit for value in values) * 100 < share * len(values)


@pytest.mark.parametrize(
    ("value", "digits", "down", "up"),
    [
        (7.999, 2, "7.99", "8.00"),
        (1.1, 2, "1.10", "1.10"),
        (0.6, 2, "0.60", "0.60"),
        (11_999.7, 0, "11,999", "12,000"),
        (1.101, 2, "1.10", "1.11"),
    ],
)
def test_figures_are_rounded_to_one_side(value: float, digits: int, down: str, up: str) -> None:
    assert (downwards(value, digits), upwards(value, digits)) == (down, up)


@given(RATES, DIGITS)
def test_rounded_figures_enclose_the_value(value: float, digits: int) -> None:
    step = 10.0**-digits
    below = float(downwards(value, digits).replace(",", ""))
    above = float(upwards(value, digits).replace(",", ""))
    slack = step * 1e-5 + value * 1e-12
    assert below - slack <= value <= above + slack
    assert above - below <= step + slack
