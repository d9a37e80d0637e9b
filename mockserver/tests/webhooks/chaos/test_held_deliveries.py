"""Deliveries that are held back, counted in one room that all instances share."""

from __future__ import annotations

from megaapi_mock.records.delivery import Delivery
from megaapi_mock.store.owed import Capacity
from megaapi_mock.webhooks.chaos.held_deliveries import HeldDeliveries

HOOK = "http://127.0.0.1:9000/hook"


def delivery(name: str, body: bytes = b"12345") -> Delivery:
    return Delivery(name, 0.0, "megacode-TESTKEY0001", "text-plain", "conversation", HOOK, body, "")


def test_room_is_over_beyond_its_limit_and_not_at_it() -> None:
    room = Capacity(limit=2, budget=1_000)
    for name in ("d1", "d2"):
        room.add(delivery(name))
    assert not room.is_over
    room.add(delivery("d3"))
    assert room.is_over


def test_one_delivery_fits_however_large_and_two_do_not() -> None:
    room = Capacity(limit=10, budget=8)
    room.add(delivery("d1", b"x" * 100))
    assert not room.is_over
    room.add(delivery("d2", b""))
    assert room.is_over


def test_held_deliveries_count_once_in_the_order_they_came() -> None:
    room = Capacity()
    held, first, second = HeldDeliveries(room), delivery("d1"), delivery("d2", b"1")
    held.add(first)
    held.add(second)
    assert (list(held), len(held), room.count, room.size) == ([first, second], 2, 2, 6)
    held.discard(first)
    held.discard(first)
    assert first not in held and (room.count, room.size) == (1, 1)


def test_restore_replaces_what_was_held() -> None:
    room = Capacity()
    held = HeldDeliveries(room)
    held.add(delivery("d1"))
    newer = [delivery("d2", b"12"), delivery("d3", b"")]
    held.restore(newer)
    assert list(held) == newer and (room.count, room.size) == (2, 2)
    held.clear()
    assert (len(held), room.count, room.size) == (0, 0, 0)


def test_move_counts_in_the_new_room_alone() -> None:
    old, new = Capacity(), Capacity()
    mine, neighbours = HeldDeliveries(old), HeldDeliveries(old)
    mine.add(delivery("d1"))
    neighbours.add(delivery("d2", b"1"))
    mine.move_to(new)
    assert (old.count, old.size, new.count, new.size) == (1, 1, 1, 5)
    mine.clear()
    assert (old.count, new.count) == (1, 0)
