"""The rows that a change writes: applied to a database they are what memory holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import LID, Jid
from megaapi_mock.domain.rules import Rules
from megaapi_mock.store.serialize import Forms
from megaapi_mock.store.snapshot import DOCUMENTS, save_instance
from megaapi_mock.store.sql.batch import Batch, loads
from megaapi_mock.store.sql.schema import INSTANCE, SQL, STATE_ROW
from megaapi_mock.store.sql.state_rows import AGENDA, StateRows
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateTable

from ...domain.conftest import FRIEND, add_message, make_instance

ANA, BIA = Jid.parse(FRIEND), Jid.parse("5511900000003")


class Kept:
    """An instance, and a database that is written with each of its changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection, self.rows = connection, StateRows()
        self.write_whole(make_instance(connected=True))

    def write_whole(self, instance: Instance) -> None:
        """Have this instance in the database from now on."""
        self.instance = instance
        batch = Batch()
        self.rows.add_whole(self.instance, 1, batch)
        self.write(batch)

    def write(self, batch: Batch) -> list[str]:
        """Execute the batch; its statements."""
        for sql, rows in batch.finish():
            self.connection.executemany(sql, rows)
        return [sql for sql, _ in batch.statements]

    def begin(self) -> Instance:
        self.instance.begin()
        return self.instance

    def keep(self) -> list[str]:
        """Write the change and keep it; the database holds what memory does."""
        batch = Batch()
        self.rows.add_change(self.instance, batch)
        statements = self.write(batch)
        self.instance.commit()
        assert texts(self.stored()) == texts(save_instance(self.instance, FORMS))
        return statements

    def stored(self) -> dict[str, Any]:
        [(_, _, fields)] = self.connection.execute(SQL.instances).fetchall()
        document = self.rows.document(loads(fields))
        for _, field, key, text in self.connection.execute(SQL.rows).fetchall():
            self.rows.add_to(document, field, key, text)
        document[AGENDA].sort()
        return document


FORMS = Forms(documents=DOCUMENTS)


def texts(document: dict[str, Any]) -> dict[str, str]:
    """Each field as text: the order of its rows counts."""
    return {
        name: str([*value.items()] if isinstance(value, dict) and name != "webhook" else value)
        for name, value in sorted(json.loads(json.dumps(document)).items())
    }


@pytest.fixture
def kept() -> Iterator[Kept]:
    connection = sqlite3.connect(":memory:")
    for table in (INSTANCE, STATE_ROW):
        connection.execute(str(CreateTable(table).compile(dialect=dialect())))
    yield Kept(connection)
    connection.close()


def test_a_change_writes_the_rows_it_wrote_and_no_more(kept: Kept) -> None:
    instance = kept.begin()
    add_message(instance, "ONE")
    assert kept.keep() == [SQL.put_row]
    kept.begin()
    assert kept.keep() == []


def test_a_message_that_came_further_keeps_its_place(kept: Kept) -> None:
    for message_id in ("ONE", "TWO"):
        add_message(kept.begin(), message_id)
        kept.keep()
    instance = kept.begin()
    message = instance.messages["ONE"]
    instance.messages.put("ONE", message.with_state("read"))
    assert kept.keep() == [SQL.put_row]
    # Another number: the key of its row is another one, its place is not.
    instance = kept.begin()
    instance.messages.put("ONE", replace(message, arrival=instance.tick()))
    assert kept.keep() == [SQL.set_row]


def test_what_went_and_came_again_stands_at_the_end(kept: Kept) -> None:
    instance = kept.begin()
    for person in (ANA, BIA):
        instance.chats.block(person, shut_out=True)
    kept.keep()
    instance = kept.begin()
    instance.chats.block(ANA, shut_out=False)
    assert kept.keep() == [SQL.drop_row]
    instance = kept.begin()
    instance.chats.block(BIA, shut_out=False)
    instance.chats.block(ANA, shut_out=True)
    instance.chats.block(BIA, shut_out=True)
    kept.keep()
    assert list(kept.stored()["blocked"]) == [str(ANA), str(BIA)]


def test_keys_that_are_no_unicode_come_back(kept: Kept) -> None:
    instance = kept.begin()
    for name in ("\udc80", "é", '"', "\0"):
        instance.chats.block(Jid(name, LID), shut_out=True)
        add_message(instance, f"ID {name}")
    kept.keep()
    # PostgreSQL takes no NUL in a text.
    assert not [row for row in kept.connection.execute(SQL.rows) if "\0" in "".join(row)]


def test_values_are_written_when_they_are_others(kept: Kept) -> None:
    kept.begin().name = "Outra"
    assert kept.keep() == [SQL.set_fields]
    kept.begin().name = "Outra"
    assert kept.keep() == []


def test_with_a_message_beyond_the_bounds_goes_what_waits_for_it(kept: Kept) -> None:
    kept.write_whole(make_instance(connected=True, rules=Rules(messages_kept=1)))
    instance = kept.begin()
    add_message(instance, "ONE")
    instance.state.moving.put("ONE", True)
    instance.reachability.hold("ONE", ("ONE", "read"))
    kept.keep()
    add_message(kept.begin(), "TWO")
    kept.keep()
    assert list(kept.stored()["messages"]) == ["TWO"]
    assert kept.stored()["moving"] == kept.stored()["held_acks"] == {}


def test_plans_are_rows_until_they_are_done(kept: Kept) -> None:
    instance = kept.begin()
    instance.schedule(5.0, "ack", ("ONE", "read"))
    instance.schedule(9.0, "ack", ("TWO", "read"))
    kept.keep()
    instance = kept.begin()
    assert instance.agenda.take_due(instance.now + 5.0) is not None
    kept.keep()
    assert [due[4] for due in kept.stored()[AGENDA]] == [["TWO", "read"]]


def test_an_agenda_that_was_thinned_out_is_written_whole(kept: Kept) -> None:
    instance = kept.begin()
    for seconds in (5.0, 9.0):
        instance.schedule(seconds, "ack", ("GONE", "read"))
    kept.keep()
    # As thinning out does: another list.
    instance = kept.begin()
    instance.state.agenda = instance.state.agenda[1:]
    instance.schedule(1.0, "qr")
    assert SQL.drop_field in kept.keep()
    kept.rows.watch(instance)
    kept.begin()
    assert kept.keep() == []


def test_nothing_of_an_instance_stays_when_it_is_removed(kept: Kept) -> None:
    add_message(kept.begin(), "ONE")
    kept.keep()
    batch = Batch()
    kept.rows.add_removal(kept.instance.key, batch)
    kept.write(batch)
    assert kept.connection.execute(SQL.instances).fetchall() == []
    assert kept.connection.execute(SQL.rows).fetchall() == []
