"""The journal: bounded, counted per instance, waited on, and listened to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_mock.records import numbers
from megaapi_mock.records.delivery import Attempt, Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.journal import Journal
from megaapi_mock.records.log import HEADER, RECORD

from ..support import KEY, START, UNLINKED


def exchange(number: int, key: str | None = KEY, body: bytes = b"") -> Exchange:
    return Exchange(
        id=f"x{number}.{key}",
        time=START,
        instance=key,
        operation="instance_status",
        method="GET",
        path="/",
        request_headers=(),
        request_body=body,
    )


def delivery(number: int, key: str = KEY) -> Delivery:
    return Delivery(
        id=f"d{number}.{key}",
        time=START,
        instance=key,
        event="connected",
        message_type="connection_update",
        url="http://127.0.0.1:9/",
        body=b"{}",
        lane=key,
    )


def until(fact: Callable[[], Any], *, limit: float = 60) -> None:
    """Return once the fact holds; fail after `limit` seconds."""
    end, pause = time.monotonic() + limit, threading.Event()
    while not fact():
        assert time.monotonic() < end
        pause.wait(0.001)


# -- logs --------------------------------------------------------------------------------------


# -- the journal -------------------------------------------------------------------------------


def test_ids_are_counted_per_instance() -> None:
    journal = Journal()
    assert [journal.next_id("x", KEY) for _ in range(2)] == [f"x1.{KEY}", f"x2.{KEY}"]
    assert journal.next_id("x", UNLINKED) == f"x1.{UNLINKED}"
    assert journal.next_id("d", KEY) == f"d1.{KEY}"
    assert journal.next_id("x", None) == "x1"


def test_a_key_with_dots_counts_for_itself() -> None:
    journal = Journal()
    journal.next_id("x", "a.b")
    journal.next_id("x", "b")
    journal.forget("b")
    assert journal.next_id("x", "a.b") == "x2.a.b"
    assert journal.next_id("x", "b") == "x1.b"


def test_forgetting_one_leaves_the_others() -> None:
    journal = Journal()
    for key in (KEY, UNLINKED, None):
        journal.next_id("x", key)
        journal.add_exchange(exchange(1, key))
    journal.add_deliveries([delivery(1), delivery(1, UNLINKED)])
    journal.forget(KEY)
    assert [kept.instance for kept in journal.exchanges.after(None)] == [UNLINKED, None]
    assert [kept.instance for kept in journal.deliveries.after(None)] == [UNLINKED]
    assert journal.next_id("x", KEY) == f"x1.{KEY}"
    assert journal.next_id("x", UNLINKED) == f"x2.{UNLINKED}"
    journal.forget()
    assert list(journal.exchanges.after(None)) == list(journal.deliveries.after(None)) == []


def test_bodies_count_against_the_budget() -> None:
    journal = Journal(limit=100, budget=10_000)
    for number in range(10):
        journal.add_exchange(exchange(number, body=bytes(3_000 - RECORD)))
    assert [kept.id for kept in journal.exchanges.after(None)] == [
        f"x{number}.{KEY}" for number in (7, 8, 9)
    ]


@pytest.mark.parametrize("field", ["request_headers", "response_headers"])
def test_headers_count_against_the_budget(field: str) -> None:
    journal = Journal(limit=1_000, budget=1_000_000)
    for number in range(100):
        large = exchange(number)
        setattr(large, field, [("X-Padding", "x" * 50_000)])
        journal.add_exchange(large)
    assert 15 <= len(list(journal.exchanges.after(None))) <= 20


def test_many_small_headers_count_for_what_they_take() -> None:
    journal = Journal(limit=1_000, budget=1_000_000)
    for number in range(100):
        large = exchange(number)
        large.request_headers = [(f"X-{at}", "") for at in range(200)]
        journal.add_exchange(large)
    assert len(list(journal.exchanges.after(None))) <= 1_000_000 // (200 * HEADER)


def attempt(body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Attempt:
    return Attempt(START, 200, 1.0, None, headers, body, truncated=False)


@pytest.mark.parametrize(
    "answer",
    [attempt(bytes(60_000)), attempt(headers=(("X-Padding", "x" * 60_000),))],
    ids=["body", "headers"],
)
def test_answers_of_receivers_count_against_the_budget(answer: Attempt) -> None:
    journal = Journal(limit=1_000, budget=1_000_000)
    for number in range(100):
        owed = delivery(number)
        journal.add_deliveries([owed])
        owed.attempts.append(answer)
        journal.delivery_changed(owed)
    kept = list(journal.deliveries.after(None))
    assert [row.id for row in kept] == [f"d{number}.{KEY}" for number in range(84, 100)]


def test_answer_to_delivery_no_longer_in_journal_is_ignored() -> None:
    journal = Journal(limit=1, budget=1_000_000)
    gone = delivery(1)
    journal.add_deliveries([gone, delivery(2)])
    gone.attempts.append(attempt(bytes(60_000)))
    journal.delivery_changed(gone)
    assert [row.id for row in journal.deliveries.after(None)] == [f"d2.{KEY}"]
    assert journal.deliveries.size < 2 * RECORD


def test_counters_of_instances_that_are_gone_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "OWNERS_MOST", 100)
    journal = Journal()
    journal.next_id("x", KEY)
    for number in range(1_000):
        key = f"megacode-MADE{number:07d}"
        journal.next_id("x", key)
        journal.keep_count(key, {"message": 7, "inbound": 3})
        assert journal.next_id("x", KEY) == f"x{number + 2}.{KEY}"
    assert len(journal.last_numbers()) <= 300
    assert journal.last_numbers("megacode-MADE0000999") == {
        "inbound.megacode-MADE0000999": 3,
        "message.megacode-MADE0000999": 7,
        "x.megacode-MADE0000999": 1,
    }
    assert journal.last_numbers("megacode-MADE0000000") == {}


def test_resets_of_one_instance_after_the_other_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("megaapi_mock.records.journal.OWNERS_MOST", 100)
    journal = Journal()
    journal.forget()
    for number in range(1_000):
        journal.forget(f"megacode-MADE{number:07d}")
    assert len(journal._forgotten_counts) <= 100
    assert journal.epoch("megacode-MADE0000999") == 2
    assert journal.epoch(KEY) == 1


# -- waiting -----------------------------------------------------------------------------------


def waiting_for(journal: Journal, look: Callable[[], list[Any]]) -> Callable[[], list[Any]]:
    """Wait in a thread; the function returned gives what was found."""
    found: list[list[Any]] = []
    thread = threading.Thread(target=lambda: found.append(journal.wait_for(look, 60)), daemon=True)
    thread.start()
    until(lambda: journal.waiting)

    def result() -> list[Any]:
        thread.join(30)
        assert not thread.is_alive(), "nobody woke it"
        return found[0]

    return result


@pytest.mark.parametrize(
    "write",
    [
        lambda journal: journal.add_exchange(exchange(1)),
        lambda journal: journal.add_deliveries([delivery(1)]),
        lambda journal: journal.delivery_changed(delivery(1)),
        lambda journal: journal.messages_changed(KEY, [SimpleNamespace(id="TESTMESSAGE1")]),
        lambda journal: journal.instance_gone(KEY),
        lambda journal: journal.forget(),
    ],
    ids=["exchange", "delivery", "changed", "messages", "gone", "forget"],
)
def test_every_change_wakes_who_waits_for_anything(write: Callable[[Journal], None]) -> None:
    journal, there = Journal(), threading.Event()
    result = waiting_for(journal, lambda: ["it"] if there.is_set() else [])
    there.set()
    write(journal)
    assert result() == ["it"]
    assert journal.waiting == 0


def test_a_change_while_looking_is_not_missed() -> None:
    journal, looks = Journal(), []

    def look() -> list[str]:
        looks.append(1)
        if len(looks) == 1:
            journal.forget()  # between this look and the wait that follows
            return []
        return ["it"]

    begin = time.monotonic()
    assert journal.wait_for(look, 60) == ["it"]
    assert time.monotonic() - begin < 60


def test_looking_does_not_hold_the_journal() -> None:
    """A look may wait for an instance whose change is just being written here."""
    journal = Journal()

    def look() -> list[str]:
        writer = threading.Thread(target=journal.forget, daemon=True)
        writer.start()
        writer.join(60)
        return ["free"] if not writer.is_alive() else ["held"]

    assert journal.wait_for(look, 1) == ["free"]


def test_a_wait_without_time_looks_once() -> None:
    looks: list[int] = []
    assert Journal().wait_for(lambda: looks.append(1) or [], 0) == []
    assert len(looks) == 1


def test_a_wait_ends_in_time_although_others_write() -> None:
    journal, over = Journal(), threading.Event()

    def write() -> None:
        while not over.is_set():
            journal.forget()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    begin = time.monotonic()
    assert journal.wait_for(list, 0.1) == []
    assert 0.1 <= time.monotonic() - begin < 60
    over.set()
    writer.join(60)


def test_closing_lets_everyone_go_and_nobody_waits_again() -> None:
    journal = Journal()
    result = waiting_for(journal, list)
    journal.close()
    assert result() == []
    begin = time.monotonic()
    assert journal.wait_for(list, 60) == []
    assert time.monotonic() - begin < 60
