"""What kept changes owe: claimed in order once it is released, dropped where there is no room."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.peer_messages import Envelope, PeerAck
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.outcome import Outcome
from megaapi_mock.store.owed import Capacity, OwedInMemory

ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"
ANA = Jid.parse("5511900000002")


def outcome(key: str = ONE, *, deliveries: int = 1, released: bool = True) -> Outcome:
    owed = [
        Delivery(f"d{n}.{key}", 1.0, key, "text-plain", "", "http://a", b"1234", key)
        for n in range(deliveries)
    ]
    return Outcome(key, deliveries=owed, is_released=released)


def envelope(sender: str = ONE, to: str = TWO) -> Envelope:
    return Envelope(sender, to, ANA, 1.0, PeerAck("ID", ANA))


@pytest.fixture
def room() -> Capacity:
    return Capacity(limit=2)


@pytest.fixture
def owed(room: Capacity) -> OwedInMemory:
    return OwedInMemory(room)


def test_outcomes_are_claimed_in_order_until_one_is_not_released(owed: OwedInMemory) -> None:
    first, second, third = outcome(), outcome(released=False), outcome()
    for each in (first, second, third):
        owed.keep(each)
    assert [*owed.claim_deliveries(ONE)] == [first]
    second.is_released = True
    assert [*owed.claim_deliveries(ONE)] == [second, third]
    assert [*owed.claim_deliveries(ONE)] == []


def test_each_instance_has_a_line_of_its_own(owed: OwedInMemory) -> None:
    waits, other = outcome(released=False), outcome(TWO)
    owed.keep(waits)
    owed.keep(other)
    assert [*owed.claim_deliveries(TWO)] == [other]
    assert [*owed.claim_deliveries("megacode-TESTKEY0003")] == []


def test_an_outcome_without_deliveries_holds_up_nobody(owed: OwedInMemory) -> None:
    owed.keep(outcome(deliveries=0, released=False))
    last = outcome()
    owed.keep(last)
    assert [*owed.claim_deliveries(ONE)] == [last]


def test_what_there_is_no_room_for_is_dropped_with_the_reason(
    owed: OwedInMemory, room: Capacity
) -> None:
    owed.keep(outcome(deliveries=3))
    assert room.count == 3
    refused = outcome()
    owed.keep(refused)
    [delivery] = refused.turned_away
    assert delivery.state == "dropped"
    assert delivery.reason == "3 deliveries wait already for answers before them to leave"
    [claimed] = owed.claim_deliveries(ONE)
    # It takes room until it is handed over.
    assert room.count == 3
    owed.free_room(claimed)
    assert (room.count, room.size) == (0, 0)
    owed.keep(later := outcome())
    assert [*owed.claim_deliveries(ONE)] == [later]


def test_what_cannot_be_counted_leaves_nothing_half_kept(
    owed: OwedInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    failed = outcome()
    failed.peer_messages = [first := envelope()]
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(Capacity, "add", broken)
        owed.keep(failed)
    assert [*owed.claim_deliveries(ONE)] == []
    # The change is kept, and so is what it told another instance.
    assert owed.claim_peer_message() is first


def test_messages_to_peers_are_claimed_in_order_and_may_be_returned(owed: OwedInMemory) -> None:
    first, second, third = envelope(), envelope(), envelope()
    owed.keep(Outcome(ONE, peer_messages=[first, second]))
    owed.keep_peer_message(third)
    assert owed.has_peer_messages
    assert owed.claim_peer_message() is first
    owed.return_peer_message(first)
    assert [owed.claim_peer_message() for _ in range(4)] == [first, second, third, None]
    assert not owed.has_peer_messages


def test_abandoning_an_instance_leaves_the_others(owed: OwedInMemory, room: Capacity) -> None:
    waits, other = outcome(released=False), outcome(TWO)
    for each in (waits, other):
        owed.keep(each)
    for each in (envelope(ONE, TWO), envelope(TWO, ONE), elsewhere := envelope(TWO, "THREE")):
        owed.keep_peer_message(each)
    assert owed.abandon(ONE) == [waits] and waits.is_released
    assert room.count == 1
    assert (owed.claim_peer_message(), owed.claim_peer_message()) == (elsewhere, None)
    assert [*owed.claim_deliveries(TWO)] == [other]


def test_everything_can_be_abandoned(owed: OwedInMemory, room: Capacity) -> None:
    for each in (outcome(), outcome(TWO, released=False)):
        owed.keep(each)
    owed.keep_peer_message(envelope())
    assert len(owed.abandon()) == 2
    assert (room.count, owed.has_peer_messages) == (0, False)
    assert [*owed.claim_deliveries(ONE)] == []
