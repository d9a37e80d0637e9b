"""Lanes: who is next, and that nobody waits for ever."""

from __future__ import annotations

from megaapi_mock.records.delivery import Delivery
from megaapi_mock.webhooks.lanes import NEW_IN_A_ROW, SHARE, SLICE, TURNS, Lanes


def owed(lane: str) -> Delivery:
    return Delivery("d", 0.0, lane, "text-plain", "conversation", "http://hook.test/", b"", lane)


def waiting(*names: str) -> Lanes:
    lanes = Lanes()
    for name in names:
        assert lanes.queue(owed(name))
    return lanes


def test_new_lanes_go_before_those_that_had_a_turn() -> None:
    lanes = waiting("long", "other")
    lanes.give_back(lanes.take(0))
    lanes.queue(owed("new"))
    assert [lanes.take(0).name for _ in range(3)] == ["other", "new", "long"]
    assert lanes.ready == 0


def test_new_lanes_do_not_keep_the_others_out() -> None:
    lanes = waiting("long")
    lanes.give_back(lanes.take(0))
    lanes.take(0)
    lanes.give_back(lanes._lanes["long"])
    for number in range(3 * NEW_IN_A_ROW):
        lanes.queue(owed(f"new-{number}"))
    assert "long" in [lanes.take(0).name for _ in range(NEW_IN_A_ROW + 1)]
    assert lanes.take(0).name.startswith("new")


def test_a_turn_ends_after_some_deliveries_or_milliseconds() -> None:
    lane = waiting("one").take(100.0)
    assert not lane.is_over(100.0 + SLICE)
    assert lane.is_over(100.0 + 1.01 * SLICE)
    lane.turns -= TURNS - 1
    assert not lane.is_over(100.0)
    lane.turns -= 1
    assert lane.is_over(100.0)


def test_what_is_queued_for_a_lane_makes_no_second_one() -> None:
    lanes = waiting("one")
    assert not lanes.queue(owed("one"))
    lane = lanes.take(0)
    assert not lanes.queue(owed("one"))
    assert (len(lane.queue), lanes.ready) == (3, 0)
    lanes.close(lane)
    assert lanes.queue(owed("one"))


def test_lanes_beyond_the_share_of_their_owner_wait_for_its_others() -> None:
    lanes = waiting(*(f"one#{number}" for number in range(SHARE)))
    assert not lanes.queue(owed("one#last"))
    assert lanes.queue(owed("two"))
    taken = [lanes.take(0) for _ in range(SHARE + 1)]
    assert (lanes.ready, taken[-1].name) == (0, "two")
    lanes.close(taken[0])
    assert lanes.take(0).name == "one#last"
    for lane in taken[1:SHARE]:
        lanes.close(lane)
    assert lanes.queue(owed("one#again"))


def test_clear_hands_over_what_waited() -> None:
    lanes = waiting("one", "two")
    lanes.queue(owed("one"))
    assert [delivery.lane for delivery in lanes.leave()] == ["one", "one", "two"]
    assert lanes.ready == 0
    assert lanes.queue(owed("one"))
