"""Timers: what is due happens, in order, by the clock's jumps or by their own thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.errors import UnknownInstance
from megaapi_mock.runtime.timers import Timers
from megaapi_mock.store import Store

from ..conftest import MakeApp
from ..support import AUTH, KEY, START


class Agenda:
    """The part of a store that timers see: what is due, until someone is woken for it."""

    def __init__(self, *due: tuple[float, str]) -> None:
        self.due = sorted(due)

    def next_due(self) -> tuple[float, str] | None:
        return self.due[0] if self.due else None


class Awake:
    """Who was woken; `enough` is set by the count asked for."""

    def __init__(self, agenda: Agenda, count: int = 1) -> None:
        self.keys: list[str] = []
        self.enough = threading.Event()
        self._agenda, self._count = agenda, count

    def __call__(self, key: str, now: float) -> None:
        assert self._agenda.due[0] == (now, key)
        self._agenda.due.pop(0)
        self.keys.append(key)
        if len(self.keys) >= self._count:
            self.enough.set()


@pytest.fixture
def made() -> Iterator[list[Timers]]:
    """Timers to stop at the end."""
    timers: list[Timers] = []
    yield timers
    for each in timers:
        each.stop()


def timers_of(agenda: Agenda, clock: Clock, awake: Awake, made: list[Timers]) -> Timers:
    store: Store = agenda  # type: ignore[assignment]
    made.append(Timers(clock=clock, store=store, wake=awake))
    return made[-1]


def test_a_jump_does_what_became_due_in_order_before_it_returns(made: list[Timers]) -> None:
    agenda, clock = Agenda((START + 3, "c"), (START + 1, "a"), (START + 2, "b")), Clock(START)
    awake = Awake(agenda)
    timers_of(agenda, clock, awake, made)
    clock.advance(2)
    assert awake.keys == ["a", "b"]
    clock.advance(0.5)
    assert awake.keys == ["a", "b"]
    clock.set(START + 3)
    assert awake.keys == ["a", "b", "c"]


class Other(Agenda):
    """A second agenda, which wakes into the same list."""

    def __init__(self, woken: list[str], *due: tuple[float, str]) -> None:
        super().__init__(*due)
        self._woken = woken

    def wake(self, key: str, now: float) -> None:
        assert self.due[0] == (now, key)
        self.due.pop(0)
        self._woken.append(key)


def test_two_agendas_are_done_as_one_by_time(made: list[Timers]) -> None:
    agenda, clock = Agenda((START + 1, "a"), (START + 3, "c")), Clock(START)
    awake = Awake(agenda)
    other = Other(awake.keys, (START + 2, "b"), (START + 3, "d"), (START + 4, "e"))
    store: Store = agenda  # type: ignore[assignment]
    made.append(Timers(clock=clock, store=store, wake=awake, others=[other]))
    clock.advance(3)
    assert awake.keys == ["a", "b", "c", "d"]
    clock.advance(1)
    assert awake.keys == ["a", "b", "c", "d", "e"]


def test_while_time_stands_still_no_thread_is_needed(made: list[Timers]) -> None:
    agenda, clock = Agenda((START + 1, "a")), Clock(START)
    timers = timers_of(agenda, clock, Awake(agenda), made)
    before = threading.active_count()
    timers.due_earlier()
    clock.advance(0.5)
    assert threading.active_count() == before


def test_running_time_does_it_by_itself(made: list[Timers]) -> None:
    clock = Clock()
    agenda = Agenda((clock.now() + 0.01, "a"), (clock.now() + 0.02, "b"))
    awake = Awake(agenda, 2)
    timers_of(agenda, clock, awake, made).start()
    assert awake.enough.wait(60)
    assert awake.keys == ["a", "b"]


def test_what_is_due_earlier_is_done_earlier(made: list[Timers]) -> None:
    clock = Clock()
    agenda = Agenda((clock.now() + 3000, "late"))
    awake = Awake(agenda)
    timers = timers_of(agenda, clock, awake, made)
    timers.start()
    agenda.due.insert(0, (clock.now() + 0.01, "soon"))
    timers.due_earlier()
    assert awake.enough.wait(60)
    assert awake.keys == ["soon"]


def test_thawing_starts_what_waited(made: list[Timers]) -> None:
    agenda, clock = Agenda((START + 0.01, "a")), Clock(START)
    awake = Awake(agenda)
    timers_of(agenda, clock, awake, made)
    clock.freeze(False)
    assert awake.enough.wait(60)


def test_a_stopped_watch_stays_stopped(made: list[Timers]) -> None:
    clock = Clock()
    agenda = Agenda()
    timers = timers_of(agenda, clock, Awake(agenda), made)
    timers.start()
    timers.start()
    timers.stop()
    timers.start()
    assert "timers" not in {thread.name for thread in threading.enumerate()}


def test_who_is_gone_or_broken_does_not_stop_the_others(
    made: list[Timers], caplog: pytest.LogCaptureFixture
) -> None:
    agenda, clock = Agenda((1, "gone"), (2, "broken"), (3, "fine")), Clock(0)
    woken = []

    def wake(key: str, now: float) -> None:
        agenda.due.pop(0)
        woken.append(key)
        if key == "gone":
            raise UnknownInstance("gone")
        if key == "broken":
            raise RuntimeError("made-up bug")

    store: Store = agenda  # type: ignore[assignment]
    made.append(Timers(clock=clock, store=store, wake=wake))
    with caplog.at_level(logging.ERROR):
        clock.set(10)
    assert woken == ["gone", "broken", "fine"]
    assert [record.args for record in caplog.records] == [("broken",)]


def test_what_always_fails_is_no_endless_loop(
    made: list[Timers], caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock(0)
    store: Store = Agenda((1, "broken"))  # type: ignore[assignment]

    def wake(key: str, now: float) -> None:
        raise RuntimeError("made-up bug")

    made.append(Timers(clock=clock, store=store, wake=wake))
    with caplog.at_level(logging.ERROR):
        clock.set(10)
        clock.set(11)
    assert len(caplog.records) == 2


def test_an_agenda_that_fails_does_not_end_the_thread(
    made: list[Timers], caplog: pytest.LogCaptureFixture
) -> None:
    agenda, clock = Agenda((1, "late")), Clock()
    awake = Awake(agenda)
    failures = iter([RuntimeError("made-up bug")] * 2)
    real = agenda.next_due

    def next_due() -> tuple[float, str] | None:
        for failure in failures:
            raise failure
        return real()

    agenda.next_due = next_due  # type: ignore[method-assign]
    timers = timers_of(agenda, clock, awake, made)
    with caplog.at_level(logging.ERROR):
        timers.start()
        assert awake.enough.wait(60)
    assert awake.keys == ["late"]
    assert "made-up bug" in caplog.text


def test_acknowledgements_come_by_themselves_while_time_runs(make_app: MakeApp) -> None:
    app = make_app(clock=Clock(), switches={"ack_delays": "0.01,0.02,0.03"})
    app.test_client().post(
        f"/rest/sendMessage/{KEY}/text",
        json={"messageData": {"to": "5511900000002", "text": "oi"}},
        headers=AUTH,
    ).get_data()
    reply = app.test_client().get("/_mock/messages?status=read&wait=60")
    assert [item["state"] for item in reply.get_json()["items"]] == ["read"]
