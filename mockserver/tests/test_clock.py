"""The one clock: frozen, moved, running, and telling who listens."""

from __future__ import annotations

import threading
import time

import pytest
from megaapi_mock.clock import Clock

from .support import START


def test_frozen_time_stands_still_until_it_is_moved() -> None:
    clock = Clock(frozen_at=START)
    assert clock.frozen and clock.now() == clock.now() == START
    clock.advance(0.25)
    assert clock.now() == START + 0.25
    clock.set(5)
    assert clock.frozen and clock.now() == 5


def test_running_time_is_this_machines() -> None:
    clock = Clock()
    before = time.time()
    assert not clock.frozen and before <= clock.now() <= time.time()


def test_running_time_is_moved_and_runs_on() -> None:
    clock = Clock()
    clock.set(1000)
    first = clock.now()
    clock.advance(50)
    second = clock.now()
    assert 1000 <= first < 1010 and 1050 <= second < 1060
    assert clock.now() >= second and not clock.frozen


def test_freezing_and_thawing_lose_no_time() -> None:
    clock = Clock(frozen_at=1000)
    clock.freeze(False)
    assert not clock.frozen and 1000 <= clock.now() < 1010
    clock.freeze()
    stopped = clock.now()
    assert clock.frozen and 1000 <= stopped < 1010 and clock.now() == stopped


@pytest.mark.parametrize("jump", ["freeze", "thaw", "advance", "set"])
def test_who_listens_hears_of_every_jump_when_it_is_done(jump: str) -> None:
    clock = Clock(frozen_at=START)
    heard: list[float] = []
    clock.listen(lambda: heard.append(clock.now()))
    if jump == "advance":
        clock.advance(7)
    elif jump == "set":
        clock.set(START + 7)
    else:
        clock.freeze(jump == "freeze")
    assert len(heard) == 1
    if jump in ("advance", "set"):
        assert heard == [START + 7]


def test_no_step_forward_is_lost_when_many_take_one() -> None:
    clock = Clock(frozen_at=0)
    threads = [
        threading.Thread(target=lambda: [clock.advance(1) for _ in range(500)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert clock.now() == 2000


def test_ticks_rise_whatever_the_time_does() -> None:
    clock = Clock(frozen_at=START)
    first = clock.tick()
    clock.set(0)
    assert first < clock.tick() < clock.tick()
