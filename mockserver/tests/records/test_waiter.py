"""Waits: each is shown the records it asked for, and woken by those it accepts alone."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from megaapi_mock.records.waiter import SHOWN_MOST, Waiter, Waiters

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"


@pytest.fixture
def waiters() -> Waiters:
    return Waiters()


def soon(waiter: Waiter, seconds: float = 10.0) -> bool:
    return waiter.wait(time.monotonic() + seconds)


def is_woken(waiter: Waiter) -> bool:
    """Whether it has something to look at already."""
    return waiter.wait(time.monotonic() + 0.01)


def test_a_wait_is_woken_by_what_it_accepts(waiters: Waiters) -> None:
    waiter = Waiter(accepts=lambda record: record == "mine")
    waiters.add(waiter)
    waiters.show("exchange", None, "other")
    assert not is_woken(waiter) and not waiter.over
    waiters.show("exchange", None, "mine")
    assert soon(waiter) and not is_woken(waiter)
    assert (waiter.examined_count, waiter.wake_count) == (2, 1)


def test_one_of_many_waits_that_ask_the_same_is_asked_for_all(waiters: Waiters) -> None:
    asked: list[Any] = []

    def accepts(record: Any) -> bool:
        asked.append(record)
        return record == "mine"

    same = [Waiter("exchange", ONE, accepts=accepts, question="a") for _ in range(40)]
    other = Waiter("exchange", ONE, accepts=accepts, question="b")
    for waiter in (*same, other):
        waiters.add(waiter)
    waiters.show("exchange", ONE, "other")
    waiters.remove(same.pop(0))
    waiters.show("exchange", ONE, "mine")
    assert asked == ["other", "other", "mine", "mine"]
    assert all(map(is_woken, (*same, other)))


def test_what_was_accepted_is_kept_for_the_second_look(waiters: Waiters) -> None:
    waiter = Waiter(accepts=lambda record: record != 2)
    waiters.add(waiter)
    waiters.show("exchange", None, 1)
    # Before its first look it may have missed anything.
    assert waiter.take_shown() is None
    assert waiter.take_shown() == []
    for record in (1, 2, 3):
        waiters.show("exchange", None, record)
    assert waiter.take_shown() == [1, 3] and waiter.take_shown() == []


@pytest.mark.parametrize("way", ["forgotten", "too many"])
def test_all_is_looked_through_again_when_records_may_be_missing(
    waiters: Waiters, way: str
) -> None:
    waiter = Waiter()
    waiters.add(waiter)
    waiter.take_shown()
    if way == "forgotten":
        waiters.wake(None)
    else:
        for number in range(SHOWN_MOST):
            waiters.show("exchange", None, number)
    assert waiter.take_shown() is None and waiter.take_shown() == []


def test_a_wait_whose_time_is_over_looks_through_nothing_again() -> None:
    waiter = Waiter()
    waiter.take_shown()
    waiter.let_go()
    assert waiter.take_shown() == []


def test_a_wait_that_is_let_go_is_over() -> None:
    waiter = Waiter()
    waiter.let_go()
    assert not soon(waiter) and waiter.over


def test_a_wait_in_another_thread_ends_when_it_is_let_go() -> None:
    waiter, results = Waiter(), list[bool]()
    thread = threading.Thread(target=lambda: results.append(soon(waiter)))
    thread.start()
    waiter.let_go()
    thread.join(60)
    assert results == [False]


def test_a_wait_ends_with_its_time_and_with_its_client(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_woken(Waiter())
    monkeypatch.setattr("megaapi_mock.records.waiter.CLIENT_LOOK", 0.01)
    looks = iter([False, True])
    waiter = Waiter(client_gone=lambda: next(looks))
    assert not soon(waiter) and waiter.over
    there = Waiter(client_gone=lambda: False)
    there.wake()
    assert soon(there)


def add(waiters: Waiters, *arguments: Any, **options: Any) -> Waiter:
    waiter = Waiter(*arguments, **options)
    waiters.add(waiter)
    return waiter


def test_a_record_is_shown_to_those_who_wait_for_its_kind_and_instance(waiters: Waiters) -> None:
    shown = [
        add(waiters, "exchange", ONE), add(waiters, "exchange"), add(waiters),
        add(waiters, "exchange", TWO), add(waiters, "delivery", ONE),
    ]  # fmt: skip
    waiters.show("exchange", ONE, "record")
    assert [waiter.examined_count for waiter in shown] == [1, 1, 1, 0, 0]
    assert len(waiters) == 5


@pytest.mark.parametrize(
    ("kind", "instance", "awaited"),
    [(None, None, True), ("message", None, True), ("message", ONE, True), ("message", TWO, False),
     ("fault-hit", ONE, False)],
)  # fmt: skip
def test_somebody_awaits_what_they_asked_for(
    waiters: Waiters, kind: Any, instance: str | None, awaited: bool
) -> None:
    add(waiters, kind, instance)
    assert waiters.awaits("message", ONE) == awaited


def test_nothing_is_left_of_a_wait_that_is_removed(waiters: Waiters) -> None:
    first, second = add(waiters, "exchange", ONE), add(waiters, "exchange", ONE)
    waiters.remove(first)
    waiters.show("exchange", ONE, "record")
    assert (first.examined_count, second.examined_count, len(waiters)) == (0, 1, 1)
    waiters.remove(second)
    assert waiters.topics == {} and not waiters.awaits("exchange", ONE)


@pytest.mark.parametrize(("instance", "woken"), [(ONE, [True, False, True]), (None, [True] * 3)])
def test_waits_are_woken_by_instance_or_all(
    waiters: Waiters, instance: str | None, woken: list[bool]
) -> None:
    waits = [add(waiters, "exchange", key) for key in (ONE, TWO, None)]
    waiters.wake(instance)
    assert [is_woken(waiter) for waiter in waits] == woken


def test_a_wait_that_cannot_judge_a_record_looks_for_it_instead(waiters: Waiters) -> None:
    def fail(_: Any) -> bool:
        raise KeyError

    broken, other = add(waiters, accepts=fail), add(waiters)
    waiters.show("exchange", ONE, "record")
    assert is_woken(broken) and is_woken(other)


def test_all_waits_can_be_let_go(waiters: Waiters) -> None:
    waits = [add(waiters, "exchange", ONE), add(waiters)]
    waiters.let_go()
    assert [waiter.over for waiter in waits] == [True, True]
