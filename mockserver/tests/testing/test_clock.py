"""The clock of a mock as a test moves it."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest
from megaapi_mock.testing.base_mock import BaseMock
from megaapi_mock.testing.clock import Clock


class Mock:
    """In place of a mock: a clock behind a control API."""

    def __init__(self, *, own: bool = True) -> None:
        self.control_api, self.own = self, own
        self.now, self.frozen = 100.0, False
        self.moves: list[dict[str, Any]] = []

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        assert path == "/clock"
        if method == "POST":
            self.moves.append(body)
            self.frozen = body.get("freeze", self.frozen)
            self.now = body.get("set", self.now) + body.get("advance", 0)
        return {"now": self.now, "frozen": self.frozen}

    def require_own(self, what: str) -> None:
        if not self.own:
            raise AssertionError(f"{what} is everybody's")

    def __repr__(self) -> str:
        return "<a mock>"


@pytest.fixture
def mock() -> Mock:
    return Mock()


@pytest.fixture
def clock(mock: Mock) -> Clock:
    return Clock(cast(BaseMock, mock))


def test_a_move_is_one_call_and_gives_the_time_it_is(mock: Mock, clock: Clock) -> None:
    assert (clock.now, clock.freeze(), clock.advance(5), clock.set(7), clock.run()) == (
        100.0, 100.0, 105.0, 7.0, 7.0,
    )  # fmt: skip
    assert mock.moves == [{"freeze": True}, {"advance": 5}, {"set": 7}, {"freeze": False}]


def test_a_clock_that_stood_still_is_put_back_as_it_was(mock: Mock, clock: Clock) -> None:
    clock.freeze()
    before = clock.remember()
    clock.advance(1000)
    clock.run()
    clock.restore(before)
    assert (mock.now, mock.frozen) == (100.0, True)


def test_a_clock_that_ran_is_put_back_with_the_time_that_passed(
    mock: Mock, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = [50.0]
    monkeypatch.setattr(time, "time", lambda: real[0])
    before = clock.remember()
    clock.set(9999)
    clock.freeze()
    real[0] += 3
    clock.restore(before)
    assert (mock.now, mock.frozen) == (103.0, False)


def test_the_clock_of_a_shared_mock_is_not_moved() -> None:
    shared = Mock(own=False)
    clock = Clock(cast(BaseMock, shared))
    assert clock.now == 100.0
    with pytest.raises(AssertionError, match="the clock is everybody's"):
        clock.advance(5)
    assert shared.moves == [] and repr(clock) == "<Clock of <a mock>>"
