"""The one clock: frozen, moved, running, and telling who listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from megaapi_mock.clock import Clock, ClockState, OutOfRange

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
        thread.join(60)
    assert clock.now() == 2000


def test_ticks_rise_whatever_the_time_does() -> None:
    clock = Clock(frozen_at=START)
    first = clock.tick()
    clock.set(0)
    assert first < clock.tick() < clock.tick()


def moves(clock: Clock) -> dict[str, Callable[[], None]]:
    return {
        "thaw": lambda: clock.freeze(False),
        "freeze": clock.freeze,
        "set": lambda: clock.set(START + 50),
        "advance": lambda: clock.advance(50),
        "restore": lambda: clock.restore(ClockState(None, START + 50 - time.time(), 0)),
    }


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("move", sorted(moves(Clock())))
def test_time_read_in_the_middle_of_a_move_is_one_before_or_after(
    monkeypatch: pytest.MonkeyPatch, move: str, frozen: bool
) -> None:
    """Whoever moves the clock asks the machine for its time meanwhile: look just then."""
    clock = Clock(frozen_at=START)
    if not frozen:
        clock.freeze(False)
    machine, seen = time.time, []

    def asked() -> float:
        monkeypatch.setattr("megaapi_mock.clock.time.time", machine)
        seen.append(clock.now())
        return machine()

    act = moves(clock)[move]
    monkeypatch.setattr("megaapi_mock.clock.time.time", asked)
    act()
    monkeypatch.undo()
    assert all(START - 1 <= moment <= START + 60 for moment in [*seen, clock.now()])


def test_several_moves_at_once_are_one_jump() -> None:
    clock = Clock(frozen_at=START)
    heard: list[tuple[float, bool]] = []
    clock.listen(lambda: heard.append(clock.read()))
    clock.move(freeze=True, to=1000, by=25)
    assert heard == [(1025, True)]
    with pytest.raises(OutOfRange):
        clock.move(freeze=False, to=2000, by=10, latest=2009)
    assert clock.read() == (1025, True) and len(heard) == 1


def test_steps_of_several_threads_never_pass_the_latest_moment() -> None:
    clock = Clock(frozen_at=0)

    def step() -> None:
        for _ in range(100):
            with suppress(OutOfRange):
                clock.move(by=1, latest=150)

    threads = [threading.Thread(target=step) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert clock.now() == 150
