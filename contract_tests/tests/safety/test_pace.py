"""Requests follow each other no faster than asked, and rest where they must."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.safety.pace import Pace

from .pauses import Pauses


@given(seconds=st.floats(0.01, 10), jitter=st.floats(0, 0.9), seed=st.integers())
def test_requests_are_as_far_apart_as_asked_give_or_take_the_jitter(
    seconds: float, jitter: float, seed: int
) -> None:
    pauses, pace = Pauses(), Pace(seconds=seconds, jitter=jitter, seed=seed)
    pace._pause = pauses  # type: ignore[assignment]
    start = time.monotonic()
    pace.wait()
    assert pauses.seconds == []
    pace.wait()
    # So much has passed by itself, at most, between the two.
    passed = time.monotonic() - start
    (waited,) = pauses.seconds
    least = max(0, seconds * (1 - jitter) - passed)
    assert least - 1e-6 <= waited <= seconds * (1 + jitter) + 1e-6


def test_without_a_pace_nothing_is_waited_for() -> None:
    pauses, pace = Pauses(), Pace()
    pace._pause = pauses  # type: ignore[assignment]
    pace.wait()
    pace.wait()
    assert pauses.seconds == []
    pace.rest(3.5)
    assert pauses.seconds == [3.5]


def test_the_next_request_alone_rests_when_asked_to() -> None:
    pauses, pace = Pauses(), Pace()
    pace._pause = pauses  # type: ignore[assignment]
    pace.rest_before_next(1.5)
    assert pauses.seconds == []
    pace.wait()
    pace.wait()
    assert pauses.seconds == [1.5]
