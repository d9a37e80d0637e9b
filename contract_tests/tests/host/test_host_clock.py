"""Whose clock is off: a host's times are judged by its own clock, and a wrong clock still shows."""

from __future__ import annotations

import json
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from megaapi_contract.host.host_clock import CLOSE, STANDS_STILL, HostClock, read_moment
from megaapi_contract.judging.results import Exchange

from ..made_up import exchange

NOW = 1_767_225_600.0
MINUTES, HOURS, ZONE = 330, -7200, 10_800
DIFFERENCES = (0, MINUTES, HOURS, ZONE, -ZONE, 14 * 3600)


def answered(
    at: float, moment: Any = None, date: float | None = None, status: int = 200
) -> Exchange:
    """The answer to a send, of this time of ours, with a message's time and a Date."""
    document = {} if moment is None else {"messageData": {"messageTimestamp": moment}}
    headers = () if date is None else (("Date", formatdate(date, usegmt=True)),)
    return exchange(
        time=at, seconds=1.0, status=status, headers=headers, body=json.dumps(document).encode()
    )


def judged(clock: HostClock, at: float, moment: Any, date: float | None = None) -> bool:
    """Whether the time in an answer is right, as a law asks it."""
    answer = answered(at, moment, date)
    clock.observe(answer)
    read = read_moment(moment)
    assert read is not None
    return clock.is_now(read, answer)


@pytest.mark.parametrize("apart", DIFFERENCES)
@pytest.mark.parametrize("dated", [True, False], ids=["with a Date", "without one"])
def test_a_difference_of_clocks_breaks_nothing(apart: int, dated: bool) -> None:
    clock = HostClock()
    for later in (0, 30, 400):
        here, there = NOW + later, NOW + later + apart
        assert judged(clock, here, str(int(there)), there if dated else None)
        assert clock.is_between(int(there), here - 1, here + 1)
    assert bool(clock.notes) is (apart != 0)


@pytest.mark.parametrize("apart", DIFFERENCES)
def test_a_proxy_may_write_the_date_of_its_own_clock(apart: int) -> None:
    clock = HostClock()
    for later in (0, 30, 400):
        assert judged(clock, NOW + later, int(NOW + later + apart), NOW + later)
    assert any("Date of its answers" in note for note in clock.notes) is (apart != 0)


@pytest.mark.parametrize("date", [NOW, NOW + ZONE, None])
@pytest.mark.parametrize("unit", [1000, 1_000_000])
def test_milliseconds_are_no_clock(unit: int, date: float | None) -> None:
    clock = HostClock()
    assert not judged(clock, NOW, str(int(NOW) * unit), date)
    # What it says later in seconds is right, and none of it tells a time.
    assert judged(clock, NOW + 5, int((date or NOW) + 5), date and date + 5)


@pytest.mark.parametrize("moment", [0, 1, -5, int(NOW) - 40 * 86_400])
def test_a_time_of_another_year_is_no_clock(moment: int) -> None:
    clock = HostClock()
    assert not judged(clock, NOW, moment, NOW)
    assert not judged(clock, NOW + 9, moment)


@pytest.mark.parametrize("apart", DIFFERENCES)
def test_a_clock_that_stands_still_is_wrong(apart: int) -> None:
    clock = HostClock()
    still = int(NOW) + apart
    assert judged(clock, NOW, still)
    assert judged(clock, NOW + STANDS_STILL - 2, still)
    assert not judged(clock, NOW + 1 + STANDS_STILL, still)
    # One that goes on is right, however often it has shown another second.
    assert judged(clock, NOW + STANDS_STILL, still + STANDS_STILL)


def test_slow_host_is_not_taken_for_one_with_a_frozen_clock() -> None:
    clock = HostClock()
    # Its time is that of its end, and the next message has the same second.
    first = replace(answered(NOW, int(NOW) + 25), seconds=25.0)
    clock.observe(first)
    assert clock.is_now(int(NOW) + 25, first)
    assert judged(clock, NOW + 25.5, int(NOW) + 25)


def test_the_same_answer_may_be_judged_again_and_much_later() -> None:
    clock, answer = HostClock(), answered(NOW, int(NOW))
    clock.observe(answer)
    clock.observe(answered(NOW + 600, int(NOW) + 600))
    assert clock.is_now(int(NOW), answer)


@pytest.mark.parametrize("jump", [CLOSE + 30, -CLOSE - 30, 3600, -ZONE])
def test_a_clock_that_jumps_is_wrong(jump: int) -> None:
    clock = HostClock()
    assert judged(clock, NOW, int(NOW) + MINUTES)
    assert not judged(clock, NOW + 10, int(NOW) + 10 + MINUTES + jump)
    assert judged(clock, NOW + 20, int(NOW) + 20 + MINUTES)


@pytest.mark.parametrize("zone", [ZONE, -ZONE, 19_800])
@pytest.mark.parametrize("date", [NOW, None])
def test_an_event_in_another_zone_than_the_messages_is_wrong(zone: int, date: float | None) -> None:
    clock = HostClock()
    assert judged(clock, NOW, int(NOW), date)
    assert not clock.is_between(int(NOW) + zone, NOW, NOW + 30)


def test_what_is_refused_or_unreadable_tells_no_time() -> None:
    clock = HostClock()
    clock.observe(answered(NOW, int(NOW) + HOURS, status=500))
    clock.observe(exchange(time=NOW, body=b"<h1>Wait</h1>", headers=(("Date", "yesterday"),)))
    clock.observe(exchange(time=NOW, headers=(("Date", "Mon, 32 Jan 99999 99:00:00 GMT"),)))
    assert clock.at(NOW) == NOW
    assert clock.notes == []


def test_a_host_that_is_asked_anew_may_have_another_clock() -> None:
    clock = HostClock()
    assert judged(clock, NOW, int(NOW) + HOURS)
    clock.forget()
    assert judged(clock, NOW, int(NOW))


def test_the_note_says_how_far_and_which_way() -> None:
    clock = HostClock()
    clock.observe(answered(NOW, date=NOW + 331))
    assert "5 min 30 s ahead of this machine" in clock.notes[0]
    clock.forget()
    clock.observe(answered(NOW, date=NOW - 10_799))
    assert "3 h behind this machine" in clock.notes[0]


@pytest.mark.parametrize(
    ("value", "moment"),
    [(7, 7), ("7", 7), ("", None), ("soon", None), (True, None), (None, None), (7.5, None),
     ("\u0667", None), ("1" * 400, None), ([7], None)],
)  # fmt: skip
def test_a_time_is_a_number_or_its_digits(value: Any, moment: int | None) -> None:
    assert read_moment(value) == moment
