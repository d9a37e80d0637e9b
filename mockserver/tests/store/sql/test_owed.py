"""What is owed stays in the database until it has arrived, or never will."""

from __future__ import annotations

from typing import cast

import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.peer_messages import Envelope, PeerAck
from megaapi_mock.records.outcome import Outcome
from megaapi_mock.store.owed import Capacity
from megaapi_mock.store.sql.batch import Batch
from megaapi_mock.store.sql.owed import OwedInDatabase
from megaapi_mock.store.sql.waiting import Add
from megaapi_mock.store.sql.writer import RecordWriter

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"
ANA = Jid.parse("5511900000002")


class Written:
    """Notes what a writer is told."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, object]] = []
        self.peer_rows: dict[int, int] = {}

    def forget_peer_message(self, envelope: Envelope) -> None:
        self.notes.append(("forgotten", envelope))

    def soon(self, add: Add) -> None:
        add(Batch())

    def add_peer_message(self, envelope: Envelope, _: Batch) -> None:
        self.notes.append(("added", envelope))


def envelope(sender: str = ONE, to: str = TWO) -> Envelope:
    return Envelope(sender, to, ANA, 1.0, PeerAck("ID", ANA))


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def owed(written: Written) -> OwedInDatabase:
    owed = OwedInDatabase(Capacity(limit=0))
    owed.writer = cast(RecordWriter, written)
    return owed


def test_a_claimed_message_is_written_off_when_the_next_is_claimed(
    owed: OwedInDatabase, written: Written
) -> None:
    first, second = envelope(), envelope()
    owed.keep(Outcome(ONE, peer_messages=[first, second]))
    # They stand in the rows of their change.
    assert written.notes == []
    assert owed.claim_peer_message() is first and written.notes == []
    assert owed.claim_peer_message() is second
    assert written.notes == [("forgotten", first)]
    assert owed.claim_peer_message() is None
    assert written.notes == [("forgotten", first), ("forgotten", second)]
    owed.claim_peer_message()
    assert len(written.notes) == 2


def test_a_message_that_was_returned_stays_written(owed: OwedInDatabase, written: Written) -> None:
    first = envelope()
    owed.keep(Outcome(ONE, peer_messages=[first]))
    assert owed.claim_peer_message() is first
    owed.return_peer_message(first)
    assert owed.claim_peer_message() is first
    assert written.notes == []


def test_a_message_of_no_change_is_written_down(owed: OwedInDatabase, written: Written) -> None:
    first = envelope()
    owed.keep_peer_message(first)
    assert written.notes == [("added", first)] and owed.peer_messages() == [first]


def test_what_is_abandoned_is_written_off(owed: OwedInDatabase, written: Written) -> None:
    mine, other = envelope(), envelope("A", "B")
    owed.keep(Outcome(ONE, peer_messages=[mine, other]))
    owed.abandon(ONE)
    assert written.notes == [("forgotten", mine)] and owed.peer_messages() == [other]


def test_what_is_resumed_stands_in_its_row_already(owed: OwedInDatabase, written: Written) -> None:
    first, second = envelope(), envelope()
    owed.resume([(7, first), (9, second)], cast(RecordWriter, written))
    assert written.peer_rows == {id(first): 7, id(second): 9} and written.notes == []
    assert owed.claim_peer_message() is first


def test_without_a_writer_it_is_as_in_memory() -> None:
    owed = OwedInDatabase(Capacity())
    owed.keep_peer_message(first := envelope())
    assert [owed.claim_peer_message(), owed.claim_peer_message()] == [first, None]
    owed.keep(Outcome(ONE, deliveries=[]))
    assert owed.abandon() == []
