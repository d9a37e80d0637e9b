"""Figures of several rounds: their median, how far they spread, the ratio of two of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median, and the least and the most beside it."""

    middle: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Of figures of one kind; ValueError where there are none."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(median(values), min(values), max(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """The ratio of both medians; least and most are those of the rounds, one by one.

    The rounds of two servers follow each other at once: what else the machine did met both.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} rounds beside {len(theirs)}")
    rounds = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Spread(spread(ours).middle / spread(theirs).middle, min(rounds), max(rounds))


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` percent of them do not exceed: one that was measured, none between."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share / 100), 1) - 1]


def downwards(value: float, digits: int) -> str:
    """In so many digits behind the point, never more than it is."""
    return _shown(math.floor(_scaled(value, digits)), digits)


def upwards(value: float, digits: int) -> str:
    """In so many digits behind the point, never less than it is."""
    return _shown(math.ceil(_scaled(value, digits)), digits)


def _scaled(value: float, digits: int) -> float:
    # 1.1 * 100 is a little more than 110: that is an error of the machine, not a figure above it.
    return round(value * 10**digits, 6)


def _shown(scaled: int, digits: int) -> str:
    return f"{scaled / 10**digits:,.{digits}f}"
