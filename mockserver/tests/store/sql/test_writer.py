"""Records on their way into the database: in order, bounded, forgotten with their owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.errors import StoreUnavailable
from megaapi_mock.records.delivery import STOPPED, Delivery, end
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.fault_hit import RecordedHit
from megaapi_mock.store.sql import waiting
from megaapi_mock.store.sql import writer as writer_module
from megaapi_mock.store.sql.batch import Row
from megaapi_mock.store.sql.record_rows import Record, record_of, row_of
from megaapi_mock.store.sql.schema import SQL
from megaapi_mock.store.sql.sqlite import SqliteDatabase
from megaapi_mock.store.sql.writer import RecordWriter

KEY, OTHER = "megacode-TESTKEY0001", "megacode-TESTKEY0002"


def nothing(*_: object) -> None:
    """Nobody needs to know."""


class Journal:
    """Which records a journal still has."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    def has(self, kind: str, record_id: str) -> bool:
        return record_id not in self.gone


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def writer(tmp_path: Path, journal: Journal) -> Iterator[RecordWriter]:
    writer = RecordWriter(
        SqliteDatabase(tmp_path / "mock.db"),
        keeps=journal.has,
        repair=nothing,
        on_recovery=nothing,
        also=nothing,
        note=nothing,
    )
    # Nothing is written but by the test.
    writer.pause()
    yield writer
    writer.close()


def exchange(number: int, key: str | None = KEY) -> Exchange:
    owner = f".{key}" if key else ""
    return Exchange(f"x{number}{owner}", 1.5, key, "send_text", "POST", "/a?b", [("A", "1")], b"{}")


def delivery(number: int, key: str = KEY) -> Delivery:
    return Delivery(
        f"d{number}.{key}", 2.5, key, "ack-server", "message.ack", "http://a", b"{}", key
    )


def rows(writer: RecordWriter) -> list[Record]:
    return [record_of(row) for row in writer.database.read(SQL.records)]


def ids(writer: RecordWriter) -> list[str]:
    return [record.id for record in rows(writer)]


def numbers(writer: RecordWriter) -> dict[str, int]:
    return {f"{kind}.{owner}": last for owner, kind, last in writer.database.read(SQL.numbers)}


def test_records_come_back_in_their_order_and_as_they_were(writer: RecordWriter) -> None:
    strange = exchange(2, None)
    strange.request_headers, strange.path = [("X", "caf\xe9 \udc80")], "/\udce9"
    strange.fault, strange.violations, strange.events = (None, "slow"), ("a: b",), ["text-plain"]
    hit = RecordedHit(f"s1.{KEY}", FaultHit(3.5, KEY, ("f1", "slow"), "send_text"))
    for record in (exchange(1), delivery(1), strange, hit, delivery(2, OTHER)):
        writer.record(record)
    writer.write()
    found = rows(writer)
    assert [each.id for each in found] == [
        f"x1.{KEY}", f"d1.{KEY}", "x2", f"s1.{KEY}", f"d2.{OTHER}"
    ]  # fmt: skip
    assert isinstance(found[2], Exchange) and found[2].as_json() == strange.as_json()
    assert isinstance(found[3], RecordedHit) and found[3] == hit
    assert numbers(writer) == {
        f"x.{KEY}": 1,
        f"d.{KEY}": 1,
        "x.": 2,
        f"s.{KEY}": 1,
        f"d.{OTHER}": 2,
    }


def test_a_delivery_is_owed_until_it_ends_and_a_stop_is_no_end(writer: RecordWriter) -> None:
    first, second = delivery(1), delivery(2)
    for each in (first, second):
        writer.record(each)
    writer.write()
    end(first, "delivered", None)
    end(second, "abandoned", STOPPED)
    for each in (first, second):
        writer.delivery_changed(each)
    writer.write()
    states = [each.state for each in rows(writer) if isinstance(each, Delivery)]
    assert states == ["delivered", "queued"]
    assert list(writer.owed) == [second]


def test_what_was_forgotten_is_not_changed_by_what_has_its_id_now(writer: RecordWriter) -> None:
    old, new = delivery(1), delivery(1)
    writer.record(old)
    writer.write()
    writer.forget(KEY)
    writer.record(new)
    writer.write()
    end(old, "failed", "too late")
    writer.delivery_changed(old)
    writer.write()
    (found,) = rows(writer)
    assert isinstance(found, Delivery) and (found.state, found.reason) == ("queued", None)
    assert list(writer.owed) == [new]


def test_forgetting_one_owner_leaves_the_others(writer: RecordWriter) -> None:
    for record in (exchange(1), exchange(1, OTHER), exchange(2, None)):
        writer.record(record)
    writer.count(KEY, {"message": 7})
    writer.forget(KEY)
    writer.write()
    assert ids(writer) == [f"x1.{OTHER}", "x2"]
    assert numbers(writer) == {f"x.{OTHER}": 1, "x.": 2}
    writer.forget(None)
    writer.record(exchange(1))
    writer.write()
    assert ids(writer) == [f"x1.{KEY}"]
    assert numbers(writer) == {f"x.{KEY}": 1}


@pytest.mark.parametrize("reset", [False, True])
def test_what_the_journal_lets_go_is_deleted(
    writer: RecordWriter, journal: Journal, monkeypatch: pytest.MonkeyPatch, reset: bool
) -> None:
    monkeypatch.setattr(writer_module, "TRIM_EVERY", 1)
    owed = delivery(1)
    for record in (owed, exchange(1), exchange(2), exchange(3)):
        writer.record(record)
    writer.write()
    journal.gone = {f"d1.{KEY}", f"x1.{KEY}", f"x2.{KEY}"}
    if reset:
        writer.forget(None)
        writer.record(exchange(4))
    writer.write()
    # What is owed stays whatever the journal keeps.
    assert ids(writer) == ([f"x4.{KEY}"] if reset else [f"d1.{KEY}", f"x3.{KEY}"])
    end(owed, "delivered", None)
    writer.delivery_changed(owed)
    writer.write()
    writer.write()
    assert ids(writer) == ([f"x4.{KEY}"] if reset else [f"x3.{KEY}"])


@pytest.mark.parametrize(("bound", "most"), [("WAITING_MOST", 3), ("WAITING_BYTES", 3_000)])
def test_too_much_that_waits_is_written_anew_instead(
    writer: RecordWriter, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(waiting, bound, most)
    for number in range(5):
        writer.record(exchange(number))
    assert writer.is_behind
    writer.rewrite(lambda batch: writer.add_record(exchange(9), batch))
    assert not writer.is_behind
    assert ids(writer) == [f"x9.{KEY}"]


def test_bodies_that_wait_for_a_database_stay_within_their_bytes(
    writer: RecordWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(statements: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(writer.database, "write", full)
    body = b"x" * (waiting.WAITING_BYTES // 4)
    for number in range(9):
        writer.record(replace(exchange(number), request_body=body))
        with suppress(StoreUnavailable):
            writer.write()
        assert writer._waiting._size <= waiting.WAITING_BYTES
        assert len(writer._waiting._adds) <= 4
    assert writer.is_behind
    monkeypatch.undo()


def test_delivery_that_ends_while_it_is_written_has_ended(
    writer: RecordWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends_meanwhile(record: Record, seq: int) -> Row:
        row = row_of(record, seq)
        assert isinstance(record, Delivery)
        end(record, "delivered", None)
        return row

    one = delivery(1)
    with monkeypatch.context() as patch:
        patch.setattr(writer_module, "row_of", ends_meanwhile)
        writer.record(one)
        writer.write()
    # Whoever ended it tells so.
    writer.delivery_changed(one)
    writer.write()
    (found,) = rows(writer)
    assert isinstance(found, Delivery) and found.state == "delivered"
    assert writer.owed == {}


def test_deliveries_that_ended_before_all_is_written_again_are_not_owed(
    writer: RecordWriter,
) -> None:
    ended, waits = delivery(1), delivery(2)
    for each in (ended, waits):
        writer.record(each)
    writer.write()
    end(ended, "delivered", None)
    writer.delivery_changed(ended)
    writer.rewrite(lambda batch: [writer.add_record(each, batch) for each in (ended, waits)])
    assert list(writer.owed) == [waits]
