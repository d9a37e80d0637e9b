"""Streams rest while calls come, and are not held up while none does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from megaapi_mock.web.control import reader_turns
from megaapi_mock.web.control.reader_turns import REST, REST_MOST, WRITE, ReaderTurns


class Machine:
    """A clock that goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        # Of the thread, by its own work alone.
        self.worked = 0.0
        self.looks = 0

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.worked

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.looks += 1


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(reader_turns, "time", machine)
    return machine


def never() -> bool:
    return False


def seconds_of(machine: Machine, rest: Callable[[], object]) -> float:
    before = machine.now
    rest()
    return machine.now - before


def test_one_stream_reads_at_once_what_happens_after_a_silence(machine: Machine) -> None:
    stream = ReaderTurns(count().__next__).reader(never)
    assert seconds_of(machine, stream.rest) == 0.0
    machine.now += 10
    assert seconds_of(machine, stream.rest) == 0.0


def test_while_calls_come_a_stream_rests_for_what_it_has_worked(machine: Machine) -> None:
    stream = ReaderTurns(count().__next__).reader(never)
    rested = 0.0
    for _ in range(20):
        machine.worked += 0.01
        rested += seconds_of(machine, stream.rest)
    assert rested == pytest.approx(19 * REST * (0.01 + WRITE), rel=0.1)


def test_streams_take_turns(machine: Machine) -> None:
    """Forty that are woken by the same record do not read it all at once."""
    turns_of_readers = ReaderTurns(count().__next__)
    turns = [turns_of_readers.take_turn(0.0) for _ in range(40)]
    assert turns[-1] - turns[0] == pytest.approx(39 * REST * WRITE)
    for _ in range(40):
        turns_of_readers.reader(never).rest()
    # Looking whether its turn has come wakes a thread too.
    assert machine.now >= turns[-1] + 39 * REST * WRITE
    assert machine.looks <= 3 * 40


@pytest.mark.parametrize("worked", [0.0, 60.0])
def test_nobody_rests_while_no_call_comes(machine: Machine, worked: float) -> None:
    stream = ReaderTurns(lambda: 5).reader(never)
    for _ in range(50):
        machine.worked += worked
        assert seconds_of(machine, stream.rest) == 0.0


def test_a_rest_ends_with_the_calls(machine: Machine) -> None:
    calls = [0]
    stream = ReaderTurns(lambda: calls[0]).reader(never)
    calls[0] += 1
    stream.rest()
    machine.worked += 60.0
    calls[0] += 1
    assert seconds_of(machine, stream.rest) <= 2 * reader_turns.BUSY


def test_no_rest_is_endless(machine: Machine) -> None:
    stream = ReaderTurns(count().__next__).reader(never)
    stream.rest()
    machine.worked += 3600.0
    stream.rest()
    machine.worked += 3600.0
    assert seconds_of(machine, stream.rest) <= REST_MOST + reader_turns.LOOK_MOST


def test_a_stream_that_is_over_rests_no_longer(machine: Machine) -> None:
    over, turns_of_readers = iter([False, False, True]), ReaderTurns(count().__next__)
    turns_of_readers.take_turn(60.0)
    turns_of_readers.reader(lambda: next(over)).rest()
    assert machine.looks == 2
