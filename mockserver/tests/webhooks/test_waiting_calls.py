"""Calls that wait while nobody holds their instance, and learn that it started over."""

from __future__ import annotations

import pytest
from megaapi_mock.errors import Overloaded
from megaapi_mock.webhooks.waiting_calls import WaitingCalls

KEY, OTHER = "megacode-TESTKEY0001", "megacode-TESTKEY0002"


@pytest.fixture
def calls() -> WaitingCalls:
    return WaitingCalls()


def wait(calls: WaitingCalls, *ended: str | None) -> None:
    """A call to KEY that waits for 3 seconds, while these instances end, one after the other."""

    def end_meanwhile(seconds: float) -> None:
        assert seconds == 3.0
        for key in ended:
            calls.end(key)

    calls.wait(KEY, end_meanwhile, 3.0)


@pytest.mark.parametrize("ended", [(), (OTHER,)])
def test_a_call_goes_on_if_its_instance_is_the_same(
    calls: WaitingCalls, ended: tuple[str, ...]
) -> None:
    wait(calls, *ended)


@pytest.mark.parametrize("ended", [(KEY,), (None,), (KEY, OTHER), (OTHER, KEY)])
def test_a_call_is_turned_away_if_its_instance_or_all_began_anew(
    calls: WaitingCalls, ended: tuple[str | None, ...]
) -> None:
    with pytest.raises(Overloaded, match=f"{KEY} was reset, replaced or deleted"):
        wait(calls, *ended)


def test_what_began_anew_before_a_call_came_does_not_concern_it(calls: WaitingCalls) -> None:
    calls.end(KEY)
    with pytest.raises(Overloaded):
        wait(calls, KEY)
    wait(calls)


def test_all_who_wait_for_an_instance_are_turned_away(calls: WaitingCalls) -> None:
    def wait_inside(seconds: float) -> None:
        with pytest.raises(Overloaded):
            wait(calls, KEY)

    with pytest.raises(Overloaded):
        calls.wait(KEY, wait_inside, 3.0)


def test_a_wait_that_fails_is_forgotten_and_fails_as_it_did(calls: WaitingCalls) -> None:
    def fail(seconds: float) -> None:
        calls.end(KEY)
        raise TimeoutError("the time is up")

    with pytest.raises(TimeoutError, match="the time is up"):
        calls.wait(KEY, fail, 3.0)
    assert calls._waiting == set()
