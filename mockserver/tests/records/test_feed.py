"""The feed of event streams: in order, numbered, bounded, and asleep while nobody reads."""

from __future__ import annotations

import threading
from itertools import islice

import pytest
from megaapi_mock.records import feed as feed_module
from megaapi_mock.records.feed import BATCH_BYTES, ENTRIES_MOST, PATIENCE, Entry, Feed, StreamReader
from megaapi_mock.records.journal import Journal

from ..support import KEY
from .test_journal import delivery, exchange


def shown(reader: StreamReader, count: int) -> list[Entry]:
    """The next entries, without signs of life."""
    return list(islice((entry for entry in reader if entry is not None), count))


def records(reader: StreamReader, count: int) -> list[object]:
    return [entry.record for entry in shown(reader, count)]


def test_a_reader_gets_everything_from_then_on_in_order() -> None:
    journal = Journal()
    journal.add_exchange(exchange(1))
    reader = journal.feed.read()
    second, owed = exchange(2), delivery(1)
    journal.add_exchange(second)
    journal.add_deliveries([owed])
    journal.delivery_changed(owed)
    journal.forget(KEY)
    kinds = [(entry.kind, entry.record) for entry in shown(reader, 4)]
    assert kinds == [
        ("exchange", second),
        ("delivery", owed),
        ("delivery", owed),
        ("reset", {"reason": "reset", "instance": KEY}),
    ]
    journal.close()
    assert list(reader) == []
    assert list(journal.feed.read()) == []


def test_a_sign_of_life_comes_first_and_when_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_module, "HEARTBEAT", 0.001)
    assert list(islice(Feed(1000).read(), 3)) == [None] * 3


def test_a_beat_reaches_a_reader_who_waits() -> None:
    feed = Feed(1000)
    entries = iter(feed.read())
    assert next(entries) is None
    feed.beat()
    assert next(entries) is None


def test_a_reader_who_comes_back_misses_nothing() -> None:
    feed = Feed(100_000)
    first = feed.read()
    for number in range(5):
        feed.add("clock", None, number)
    seen = shown(first, 2)
    first.close()
    feed.add("clock", None, 5)
    assert records(feed.read(seen[-1].id), 4) == [2, 3, 4, 5]
    ids = [entry.id for entry in shown(feed.read(seen[-1].id), 4)]
    assert len(set(ids)) == 4


@pytest.mark.parametrize("since", ["", "1", "x-1", "another-start-1", "None", "-"])
def test_an_id_of_another_start_leads_to_a_reset(since: str) -> None:
    feed = Feed(100_000)
    reader = feed.read(since)
    feed.add("clock", None, 1)
    first = shown(reader, 1)[0]
    if not since:
        assert first.record == 1
    else:
        assert (first.kind, first.record) == ("reset", {"reason": "restart", "instance": None})
        assert records(feed.read(first.id), 1) == [1]


def test_an_id_of_the_future_leads_to_a_reset() -> None:
    feed = Feed(100_000)
    reader = feed.read()
    feed.add("clock", None, 1)
    start = shown(reader, 1)[0].id.partition("-")[0]
    assert shown(feed.read(f"{start}-99"), 1)[0].kind == "reset"


def test_a_reader_who_falls_behind_is_told_and_goes_on() -> None:
    feed = Feed(10**9)
    reader = feed.read()
    for number in range(ENTRIES_MOST + 1):
        feed.add("clock", None, number)
    assert shown(reader, 1)[0].record == {"reason": "behind", "instance": None}
    feed.add("clock", None, "newest")
    assert records(reader, 1) == ["newest"]


def test_what_is_kept_is_bounded_in_bytes() -> None:
    feed = Feed(10_000)
    reader = feed.read()
    for number in range(100):
        feed.add("clock", None, number, 1_000)
        assert feed.size <= 10_000
    assert shown(reader, 1)[0].kind == "reset"


def test_a_record_larger_than_the_budget_is_shown() -> None:
    feed = Feed(10_000)
    reader = feed.read()
    feed.add("clock", None, "large", 20_000)
    assert records(reader, 1) == ["large"]


def test_a_slow_reader_holds_only_a_batch() -> None:
    feed = Feed(10 * BATCH_BYTES)
    reader = feed.read()
    for number in range(8):
        feed.add("clock", None, number, BATCH_BYTES)
    entries = feed.entries_after(0)
    assert entries is not None and [entry.record for entry in entries] == [0]
    assert records(reader, 8) == list(range(8))


def test_a_reader_is_shown_only_what_it_asked_for() -> None:
    feed = Feed(100_000)
    reader = feed.read(kinds={"message"}, instance=KEY)
    feed.add("message", "another", 1)
    feed.add("exchange", KEY, 2)
    feed.add("message", KEY, 3)
    feed.add("reset", None, 4)
    feed.add("reset", "another", 5)
    feed.add("message", KEY, 6)
    assert records(reader, 3) == [3, 4, 6]


def test_nothing_is_kept_before_anyone_reads_and_long_after() -> None:
    now = [0.0]
    feed = Feed(100_000, now=lambda: now[0])
    feed.add("clock", None, 1)
    assert not feed.awake and feed.size == 0
    reader = feed.read()
    feed.add("clock", None, 2)
    seen = shown(reader, 1)[0]
    assert seen.record == 2
    reader.close()
    reader.close()
    assert feed.readers == 0
    now[0] = PATIENCE - 1
    feed.add("clock", None, 3)
    again = feed.read(seen.id)
    assert records(again, 1) == [3]
    again.close()
    assert feed.readers == 0
    now[0] = 3 * PATIENCE
    feed.add("clock", None, 4)
    assert not feed.awake and feed.size == 0
    assert shown(feed.read(seen.id), 1)[0].record["reason"] == "behind"


def test_a_reader_who_stays_keeps_the_feed_awake() -> None:
    now = [0.0]
    feed = Feed(100_000, now=lambda: now[0])
    reader = feed.read()
    now[0] = 100 * PATIENCE
    feed.add("clock", None, 1)
    assert records(reader, 1) == [1]


def test_reader_of_one_instance_is_woken_by_its_records_alone() -> None:
    feed = Feed(10**9)
    reader = feed.read(instance="one")
    for number in range(2 * ENTRIES_MOST):
        feed.add("message", "two", number)
    assert not reader.wake.is_set()
    feed.add("message", "one", "mine")
    assert reader.wake.is_set()
    assert records(reader, 1) == ["mine"]


def test_a_reader_of_some_kinds_is_not_woken_by_others() -> None:
    feed = Feed(10**9)
    reader = feed.read(kinds=("call",))
    feed.add("message", "one", "other")
    assert not reader.wake.is_set()
    feed.add("reset", "one", "always")
    assert records(reader, 1) == ["always"]


def test_what_is_of_no_instance_reaches_everybody() -> None:
    feed = Feed(10**9)
    readers = [feed.read(), feed.read(instance="one")]
    feed.add("clock", None, "all")
    assert [records(reader, 1) for reader in readers] == [["all"], ["all"]]


def test_what_happens_while_a_reader_reads_is_not_missed() -> None:
    """Writers and a reader at the same time: everything comes, once and in order."""
    feed = Feed(10**9)
    reader = feed.read(instance="one")
    count = 3_000

    def write() -> None:
        for number in range(count):
            feed.add("message", "two", number)
            feed.add("message", "one", number)

    thread = threading.Thread(target=write)
    thread.start()
    assert records(reader, count) == list(range(count))
    thread.join()


def test_what_nobody_asked_for_is_not_kept_and_who_asks_later_is_told() -> None:
    feed = Feed(10**9)
    first = feed.read(instance="one")
    feed.add("message", "one", "kept")
    feed.add("message", "two", "not kept")
    size, entry = feed.size, shown(first, 1)[0]
    assert size == entry.size
    later = [feed.read(entry.id, instance="two"), feed.read(entry.id)]
    feed.add("message", "two", "kept now")
    behind = {"reason": "behind", "instance": None}
    assert [records(reader, 2) for reader in later] == [[behind, "kept now"]] * 2


def test_many_instances_asked_for_are_kept_as_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "TOPICS_MOST", 2)
    feed = Feed(10**9)
    for instance in ("one", "two", "three"):
        feed.read(instance=instance).close()
    assert feed.keeps("three") and feed.keeps("four")


def test_a_reader_who_reads_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes wakes each reader once, however much there is to read."""
    # A second iteration begins with what the first one left, at the next sign of life.
    monkeypatch.setattr(feed_module, "HEARTBEAT", 0.01)
    told: list[int] = []
    real = StreamReader.announce
    monkeypatch.setattr(
        StreamReader, "announce", lambda self, number: (told.append(number), real(self, number))
    )
    feed = Feed(10**9)
    readers = [feed.read(kinds={kind}, instance="one") for kind in ("message", "call") * 20]
    for number in range(50):
        feed.add("message", "one", number)
    assert told == [1] * 20
    assert records(readers[0], 50) == list(range(50))
    feed.add("message", "one", "later")
    assert len(told) <= 21
    assert records(readers[0], 1) == ["later"]


def test_nothing_is_left_of_readers_who_have_gone() -> None:
    feed = Feed(10**9)
    for kind in ("message", "call", "clock"):
        reader = feed.read(kinds={kind}, instance="one")
        feed.add("message", "one", 1)
        reader.close()
        # One who is in the middle of reading while it is closed.
        feed.entries_for(reader)
    assert feed.readers == 0 and feed._idle == {}
