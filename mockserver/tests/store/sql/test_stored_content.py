"""What a database holds: read whole, or refused as damaged."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, cast

import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.peer_messages import Envelope, PeerAck
from megaapi_mock.errors import SetupError
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.store.serialize import Forms
from megaapi_mock.store.snapshot import DOCUMENTS
from megaapi_mock.store.sql.database import Database, damage_text
from megaapi_mock.store.sql.record_rows import row_of
from megaapi_mock.store.sql.schema import SQL
from megaapi_mock.store.sql.stored_content import PARTS, StoredContent, load

KEY = "megacode-TESTKEY0001"
IDS = [7, 0, {}, {}]
ENVELOPE = Envelope(KEY, "megacode-TESTKEY0002", Jid.parse("5511900000002"), 1.0, PeerAck(
    "ID", Jid.parse("5511900000002")
))  # fmt: skip


def delivery(number: int, state: Any) -> Delivery:
    id_ = f"d{number}.{KEY}"
    return Delivery(id_, 1.0, KEY, "text-plain", "", "http://a", b"{}", KEY, state=state)


class Rows:
    """A database that holds these rows."""

    def damage_text(self, why: str) -> str:
        return damage_text("mock.db", why, "another file")

    def __init__(self) -> None:
        parts = {**{name: {} for name in PARTS}, "ids": IDS}
        envelope = Forms(documents=DOCUMENTS).of(Envelope).written(ENVELOPE)
        due = [5.0, 3, "ack", 0, ["ONE", "read"]]
        self.rows: dict[str, list[tuple[Any, ...]]] = {
            SQL.parts: [(name, json.dumps(value)) for name, value in parts.items()],
            SQL.instances: [(KEY, 4, '{"name": "Loja"}')],
            SQL.rows: [
                (KEY, "agenda", "3", json.dumps(due)),
                (KEY, "agenda", "2", json.dumps([1.0, 2, "qr", 0, []])),
                (KEY, "messages", "000000000001 ONE", '{"id": "ONE"}'),
                (KEY, "blocked", "5511900000002@s.whatsapp.net", "true"),
            ],
            SQL.records: [
                row_of(delivery(1, "delivered"), 5),
                row_of(delivery(2, "queued"), 6),
            ],
            SQL.peer_messages: [(8, json.dumps(envelope))],
            SQL.numbers: [(KEY, "d", 2)],
            SQL.blobs: [(sha256(b"bytes").digest(), 9, b"bytes")],
        }

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        return self.rows[sql]

    def load(self) -> StoredContent | None:
        return load(cast(Database, self))


@pytest.fixture
def rows() -> Rows:
    return Rows()


def test_a_database_in_which_nothing_was_kept_holds_nothing(rows: Rows) -> None:
    rows.rows[SQL.parts] = []
    assert rows.load() is None


def test_everything_is_read_and_in_order(rows: Rows) -> None:
    stored = rows.load()
    assert stored is not None
    [instance] = stored.instances
    assert (instance["name"], instance["blocked"]) == (
        "Loja",
        {"5511900000002@s.whatsapp.net": True},
    )
    assert instance["messages"] == {"ONE": {"id": "ONE"}}
    assert [due[1] for due in instance["agenda"]] == [2, 3]
    assert (stored.positions, stored.media) == ({KEY: 4}, [b"bytes"])
    assert [(seq, record.id) for seq, record in stored.records] == [
        (5, f"d1.{KEY}"),
        (6, f"d2.{KEY}"),
    ]
    assert [each.id for each in stored.owed] == [f"d2.{KEY}"]
    assert stored.peer_messages == [(8, ENVELOPE)]
    assert stored.numbers == {f"d.{KEY}": 2}


@pytest.mark.parametrize(
    ("sql", "left", "last"),
    [(SQL.blobs, [], 8), (SQL.peer_messages, [], 9), (SQL.instances, [], 9)],
)
def test_the_highest_number_is_that_of_any_row(
    rows: Rows, sql: str, left: list[Any], last: int
) -> None:
    rows.rows[sql] = left
    if sql == SQL.instances:
        rows.rows[SQL.rows] = []
    stored = rows.load()
    assert stored is not None and stored.last == last


def test_a_state_file_has_the_same_without_chaos_at_work(rows: Rows) -> None:
    stored = rows.load()
    assert stored is not None
    state = stored.as_state()
    assert (state["instance"], state["seed"], state["chaos"]) == (None, 7, [])
    assert state["media"] == ["Ynl0ZXM="] and state["numbers"] == {f"d.{KEY}": 2}
    assert {"profile", "clock", "world", "start", "faults", "instances"} <= state.keys()


def test_a_part_that_is_missing_is_named(rows: Rows) -> None:
    rows.rows[SQL.parts] = [("ids", "[]"), ("clock", "{}")]
    with pytest.raises(SetupError, match="chaos, faults, profile, start, world is missing"):
        rows.load()


@pytest.mark.parametrize(
    ("sql", "row", "words"),
    [
        (SQL.parts, ("ids", "[1]"), "ids: must hold 5 values, not 1"),
        (SQL.rows, ("megacode-TESTKEY0009", "agenda", "1", "[]"), "a row cannot be read"),
        (SQL.rows, (KEY, "nothing", "1", "[]"), "a row cannot be read"),
        (SQL.rows, (KEY, "messages", "1 ONE", "{"), "a row cannot be read"),
        (SQL.peer_messages, (10, '{"sender": 5}'), "must be a string|is missing"),
        (SQL.records, (10, "delivery", "d3", KEY, "queued", "[]", b"", None), "a row cannot be"),
        (SQL.blobs, (sha256(b"bytes").digest(), 10, b"other"), "the bytes of a file are not"),
        (SQL.blobs, (sha256(b"bytes").digest(), 10, 7), "the bytes of a file are not"),
    ],
)
def test_what_cannot_be_read_is_damage(
    rows: Rows, sql: str, row: tuple[Any, ...], words: str
) -> None:
    rows.rows[sql].append(row)
    with pytest.raises(SetupError, match=words) as refusal:
        rows.load()
    assert "mock.db" in str(refusal.value)
