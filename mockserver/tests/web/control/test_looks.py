"""Looks through many records rest between their slices, one at a time, and end early."""

from __future__ import annotations

import threading
from itertools import count

import pytest
from megaapi_mock.web.control import looks
from megaapi_mock.web.control.looks import Looks


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long looks have rested, which takes no time; each row is a slice."""
    seconds: list[float] = []
    monkeypatch.setattr(looks, "SLICE", 0.0)
    monkeypatch.setattr(looks.time, "sleep", seconds.append)
    return seconds


def test_short_look_goes_through_everything_without_a_rest(
    rests: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "SLICE", 60.0)
    with Looks(lambda: 0).begin() as look:
        assert [*look.paced(range(1000))] == [*range(1000)]
    assert rests == []


def test_while_calls_come_a_look_rests_longer_than_it_works(
    rests: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = iter(count(0.0, 0.001))
    monkeypatch.setattr(looks.time, "perf_counter", lambda: next(worked))
    with Looks(count().__next__).begin() as look:
        assert [*look.paced("abc")] == ["a", "b", "c"]
    # Three readings of the clock for each row: its time is two milliseconds.
    assert rests == pytest.approx([0.002 * looks.REST] * 3)


def test_a_look_beside_no_calls_hardly_rests(
    rests: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Looks(lambda: 5).begin() as look:
        assert len([*look.paced(range(50))]) == 50
    assert rests == [0.0] * 50


def test_no_rest_is_endless(rests: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(count(0.0, 1000.0))
    monkeypatch.setattr(looks.time, "perf_counter", lambda: next(times))
    with Looks(count().__next__).begin() as look:
        assert [*look.paced("a")] == ["a"]
    assert rests == [looks.REST_MOST]


def test_a_look_that_nobody_waits_for_ends(rests: list[float]) -> None:
    left = iter([False, False, True])
    with Looks(lambda: 0).begin(lambda: next(left)) as look:
        assert [*look.paced(range(50))] == [0, 1, 2]


def test_one_look_at_a_time_goes_on(rests: list[float]) -> None:
    several, second_done = Looks(lambda: 0), threading.Event()
    seen: list[int] = []

    def second() -> None:
        with several.begin() as look:
            seen.extend(look.paced([1, 2, 3]))
        second_done.set()

    with several.begin() as first:
        mine = first.paced([1, 2])
        assert [next(mine), next(mine)] == [1, 2]
        thread = threading.Thread(target=second, daemon=True)
        thread.start()
        assert not second_done.wait(0.05)
    assert second_done.wait(60) and seen == [1, 2, 3]
    thread.join(60)


def test_a_look_that_fails_gives_its_turn_away(rests: list[float]) -> None:
    several = Looks(lambda: 0)
    with pytest.raises(RuntimeError), several.begin() as look:
        for _ in look.paced(range(3)):
            if rests:
                raise RuntimeError("a made-up bug")
    with several.begin() as look:
        assert [*look.paced("ab")] == ["a", "b"]
