"""What the instances of one gateway may take in memory, all together."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock.domain.undo_table import Part, SharedRoom

sizes = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 500)), max_size=60)


@given(asked=sizes)
def test_instances_that_keep_to_their_bound_take_little_more_than_all_may(
    asked: list[tuple[int, int]],
) -> None:
    room = SharedRoom(1_000, instances=10)
    parts = [Part(room) for _ in range(10)]
    for part in parts:
        part.take(0)
    for number, size in asked:
        part = parts[number]
        part.resize(min(size, part.most))
        assert room.size == sum(each.size for each in parts) <= room.budget + 10 * room.share
        # Whoever has filled the room leaves each other its share.
        assert all(each.most >= room.share for each in parts)


def test_only_instances_that_are_kept_count() -> None:
    room = SharedRoom(1_000)
    part = Part(room)
    part.resize(300)
    assert (room.size, part.most) == (0, 1_000)
    part.take(300)
    part.take(500)
    assert (room.size, part.most) == (300, 1_000)
    other = Part(room)
    other.take(100)
    assert other.most == 700
    part.give_back()
    part.resize(400)
    assert (room.size, other.most) == (100, 1_000)


def test_room_that_many_threads_change_adds_up() -> None:
    room = SharedRoom(10**9, lock=threading.Lock())

    def grow() -> None:
        part = Part(room)
        part.take(1)
        for size in range(2, 2_000):
            part.resize(size)

    threads = [threading.Thread(target=grow) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.size == 8 * 1_999
